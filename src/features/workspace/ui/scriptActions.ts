/** What is loaded when scripts are first listed, deployed, served or run. */
export { resolveRunnable, resolveScript } from './scriptArgument.ts';
export { ScriptFlow } from './scriptFlow.ts';
export { buildScriptRows } from './scriptRows.ts';
