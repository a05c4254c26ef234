/** Loaded with the first request that is sent, or the first `.http` file. */
export { MemoryFlows } from './ui/flows.ts';
