/** What commands on deployed apps do: loaded by the first of them. */
export { changeAutoscaling, resolveFunction } from './ui/lifecycle/changeAutoscaling.ts';
export { compareWithWorkspace } from './ui/lifecycle/compareVersions.ts';
export { openShell, resolveContainer, resolveShellTarget, stopContainer } from './ui/lifecycle/containers.ts';
export {
  resolveManaged,
  resolveSandbox,
  resolveServer,
  stopManaged,
  stopSandbox,
  stopServerContainers,
} from './ui/lifecycle/running.ts';
export { rollBack, rollOver } from './ui/lifecycle/redeploy.ts';
export { compareWithOther, resolveVersion, showHistory } from './ui/lifecycle/showHistory.ts';
export { stopApp } from './ui/lifecycle/stopApp.ts';
