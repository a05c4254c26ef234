/** What the rest of the extension uses of apps; all else is its own. */
export { appStateLook } from './ui/appStateLook.ts';
export { appsCommands } from './ui/appsCommands.ts';
export { AppsView } from './ui/appsView.ts';
export { ArrangementStore } from './ui/arrangementStore.ts';
export { gpuLines, nameOf } from './ui/costWords.ts';
export { appFacts } from './ui/lifecycle/appFacts.ts';
export { lifecycleCommands } from './ui/lifecycle/lifecycleCommands.ts';
export { LifecycleRows } from './ui/lifecycleRows.ts';
export type { AppsNeeds } from './ui/needs.ts';
export { openDashboard } from './ui/openDashboard.ts';
export { endpointsOf, pickApp } from './ui/pickApp.ts';
export { resolveEndpoint } from './ui/resolveApp.ts';
