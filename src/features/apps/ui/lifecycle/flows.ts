/** What commands on deployed apps do; a bundle of its own, loaded by the first of them. */
export { changeAutoscaling, resolveFunction } from './changeAutoscaling.ts';
export { compareWithWorkspace } from './compareVersions.ts';
export { openShell, resolveContainer, resolveShellTarget, stopContainer } from './containers.ts';
export {
  resolveManaged,
  resolveSandbox,
  resolveServer,
  stopManaged,
  stopSandbox,
  stopServerContainers,
} from './running.ts';
export { rollBack, rollOver } from './redeploy.ts';
export { compareWithOther, resolveVersion, showHistory } from './showHistory.ts';
export { stopApp } from './stopApp.ts';
