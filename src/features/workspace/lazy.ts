/** Loaded when scripts are first listed, deployed, served or run. */
export { taskCommand, taskName, taskSchema } from './core/running/taskArguments.ts';
export { resolveRunnable, resolveScript } from './ui/scriptArgument.ts';
export { ScriptFlow } from './ui/scriptFlow.ts';
export { buildScriptRows } from './ui/scriptRows.ts';
