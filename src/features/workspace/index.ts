/** What the rest of the extension uses of workspace; all else is its own. */
export { DeployedApps } from './ui/deployedApps.ts';
export type { WorkspaceNeeds } from './ui/needs.ts';
export { lookAtOtherWindows } from './ui/otherWindows.ts';
export { ScriptCodeLenses } from './ui/scriptCodeLenses.ts';
export { scriptCommands } from './ui/scriptCommands.ts';
export { ScriptFinder } from './ui/scriptFinder.ts';
export { ScriptReader } from './ui/scriptReader.ts';
export type { ScriptOrFile } from './ui/scriptReference.ts';
export { ScriptRuns, isLiveRun } from './ui/scriptRuns.ts';
export { ScriptTasks } from './ui/scriptTasks.ts';
export { ScriptsView } from './ui/scriptsView.ts';
export { sourceFiles } from './ui/sourceFiles.ts';
export { sourceFolders } from './ui/sourceFolders.ts';
export { workspaceFiles } from './ui/workspaceFiles.ts';
