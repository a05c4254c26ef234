/** What the rest of the extension uses of deploy; all else is its own. */
export { watchOtherWindows } from './ui/cutOffWork.ts';
export { DeployProblems } from './ui/deployProblems.ts';
export type { DeployStatus } from './ui/deployTracker.ts';
export { DeployTracker } from './ui/deployTracker.ts';
export type { DeployNeeds } from './ui/needs.ts';
