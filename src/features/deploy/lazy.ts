/** Loaded by the first deploy. */
export { DeployFlow } from './ui/deployFlow.ts';
