/** Loaded by the first health check. */
export { checkHealth } from './ui/healthFlow.ts';
