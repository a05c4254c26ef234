/** Every method of the control plane, with what its answers or changes are compared with. */
import type { ControlPlane } from '../../src/modal/controlPlane.ts';
import * as apps from './oracles/apps.ts';
import * as lifecycle from './oracles/lifecycle.ts';
import * as logs from './oracles/logs.ts';
import * as running from './oracles/running.ts';
import * as workspace from './oracles/workspace.ts';
import type { Comparison } from './witness.ts';
import { nobody } from './witness.ts';

export type Oracle = readonly Comparison[] | { readonly why: string };

/** A new method fails the type check until it has an oracle here, or words why nobody can tell. */
export const oracles: { readonly [Method in keyof ControlPlane]: Oracle } = {
  whoAmI: [workspace.whoAmI],
  listEnvironments: [workspace.environments],
  listApps: [apps.apps],
  listContainers: [apps.containers, apps.containersOfApp],
  containerGpu: [apps.containerGpus],
  containerInfo: [apps.containerInfos],
  describeApp: [apps.details, apps.functions, apps.endpoints, apps.asWritten],
  findDeployedApp: [apps.deployedApps],
  dashboardUrl: [apps.pages],
  rates: [workspace.prices, workspace.pricesOrigin],
  hasSecret: [workspace.secretsThere],
  objectNames: [workspace.objectNames],
  streamLogs: [logs.followedEntries, logs.followedStates, logs.resumed],
  fetchLogs: [logs.past, logs.pastAsWhole],
  countLogs: [logs.counts],
  history: [lifecycle.versions, lifecycle.commits],
  autoscaler: [lifecycle.autoscalers, lifecycle.scalingAsWritten],
  functionStats: [lifecycle.stats],
  listSandboxes: [running.sandboxes, running.sandboxLists],
  sandboxContainer: [running.sandboxContainers],
  listEndpoints: [running.managedEndpoints],
  endpointInfo: [running.managedInfos, running.managedAsLoaded],
  serverInfo: [running.serverInfos],
  serverContainers: [running.serverContainers],
  serverStats: [running.serverStats, running.requestsMade],
  answersOnLogs: [workspace.answers],
  // From here on things change, so what is read above must be read before.
  createSecret: [workspace.secretMade],
  createProxyToken: [workspace.proxyToken],
  updateAutoscaler: [lifecycle.scalingChanged],
  rollover: [lifecycle.rolledOver],
  rollback: [lifecycle.rolledBack],
  stopContainer: [lifecycle.containerStopped],
  disconnectApp: [lifecycle.runDisconnected],
  stopApp: [lifecycle.appStopped],
  stopSandbox: [running.sandboxesStopped],
  stopEndpoint: [running.endpointStopped],
  reconnect: nobody('It makes our own connections anew, and neither reads nor changes anything at Modal.'),
  close: nobody('It ends our own connection, and neither reads nor changes anything at Modal.'),
};
