/** Every id that the manifest and the code share. A host test compares this file with `package.json`. */

export const views = {
  apps: 'modalGpu.apps',
  catalogue: 'modalGpu.catalogue',
  logs: 'modalGpu.logs',
} as const;

export const webviewPanels = {
  request: 'modalGpu.request',
} as const;

export const commands = {
  refresh: 'modalGpu.refresh',
  deploy: 'modalGpu.deploy',
  cancelDeploy: 'modalGpu.cancelDeploy',
  showDeployLog: 'modalGpu.showDeployLog',
  followLogs: 'modalGpu.followLogs',
  clearLogs: 'modalGpu.clearLogs',
  openLogsAsDocument: 'modalGpu.openLogsAsDocument',
  sendRequest: 'modalGpu.sendRequest',
  setEndpointKey: 'modalGpu.setEndpointKey',
  copyEndpointUrl: 'modalGpu.copyEndpointUrl',
  stopApp: 'modalGpu.stopApp',
  openDashboard: 'modalGpu.openDashboard',
  signIn: 'modalGpu.signIn',
  installCli: 'modalGpu.installCli',
  openProfileFile: 'modalGpu.openProfileFile',
  showAppFiles: 'modalGpu.showAppFiles',
  copyToWorkspace: 'modalGpu.copyToWorkspace',
  showOutput: 'modalGpu.showOutput',
  openWalkthrough: 'modalGpu.openWalkthrough',
  switchAccount: 'modalGpu.switchAccount',
  switchProfile: 'modalGpu.switchProfile',
  switchEnvironment: 'modalGpu.switchEnvironment',
} as const;

export type CommandId = (typeof commands)[keyof typeof commands];

export const contextKeys = {
  /** What the Apps view can show: see `ConnectionState` in `store/appStore.ts`. */
  connection: 'modalGpu.connection',
  /** True when nothing is deployed in any environment. */
  empty: 'modalGpu.empty',
  deploying: 'modalGpu.deploying',
  cliFound: 'modalGpu.cliFound',
  /** The active editor holds a Python file that imports modal. */
  modalScript: 'modalGpu.modalScript',
} as const;

export type ContextKey = (typeof contextKeys)[keyof typeof contextKeys];

export const walkthrough = 'gpu-apps.modal-gpu-apps#start';
