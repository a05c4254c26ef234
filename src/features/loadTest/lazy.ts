/** Loaded by the first load test. */
export { loadTest } from './ui/loadFlow.ts';
