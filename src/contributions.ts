import type { Target, TargetKind } from './domain/target.ts';

/** Every id that the manifest and the code share. A host test compares this file with `package.json`. */

export const views = {
  apps: 'modalGpu.apps',
  catalogue: 'modalGpu.catalogue',
  scripts: 'modalGpu.scripts',
  logs: 'modalGpu.logs',
} as const;

export const webviewPanels = {
  request: 'modalGpu.request',
  loadTest: 'modalGpu.loadTest',
} as const;

export const commands = {
  refresh: 'modalGpu.refresh',
  deploy: 'modalGpu.deploy',
  cancelDeploy: 'modalGpu.cancelDeploy',
  showDeployLog: 'modalGpu.showDeployLog',
  followLogs: 'modalGpu.followLogs',
  clearLogs: 'modalGpu.clearLogs',
  openLogsAsDocument: 'modalGpu.openLogsAsDocument',
  mergeLogs: 'modalGpu.mergeLogs',
  copyLogLines: 'modalGpu.copyLogLines',
  copyLogLinesAsJson: 'modalGpu.copyLogLinesAsJson',
  showOnlyLogFunction: 'modalGpu.showOnlyLogFunction',
  showOnlyLogContainer: 'modalGpu.showOnlyLogContainer',
  showOnlyLogCall: 'modalGpu.showOnlyLogCall',
  showLogRequest: 'modalGpu.showLogRequest',
  showLogRange: 'modalGpu.showLogRange',
  downloadLogs: 'modalGpu.downloadLogs',
  sendRequest: 'modalGpu.sendRequest',
  openRequest: 'modalGpu.openRequest',
  sendFile: 'modalGpu.sendFile',
  loadTest: 'modalGpu.loadTest',
  checkHealth: 'modalGpu.checkHealth',
  setEndpointKey: 'modalGpu.setEndpointKey',
  copyEndpointKey: 'modalGpu.copyEndpointKey',
  copyEndpointUrl: 'modalGpu.copyEndpointUrl',
  stopApp: 'modalGpu.stopApp',
  openDashboard: 'modalGpu.openDashboard',
  showHistory: 'modalGpu.showHistory',
  compareWithWorkspace: 'modalGpu.compareWithWorkspace',
  compareVersions: 'modalGpu.compareVersions',
  rollBack: 'modalGpu.rollBack',
  rollOver: 'modalGpu.rollOver',
  stopContainer: 'modalGpu.stopContainer',
  openShell: 'modalGpu.openShell',
  stopSandbox: 'modalGpu.stopSandbox',
  stopManagedEndpoint: 'modalGpu.stopManagedEndpoint',
  stopServerContainers: 'modalGpu.stopServerContainers',
  openAddress: 'modalGpu.openAddress',
  copyAddress: 'modalGpu.copyAddress',
  changeAutoscaling: 'modalGpu.changeAutoscaling',
  signIn: 'modalGpu.signIn',
  installCli: 'modalGpu.installCli',
  openProfileFile: 'modalGpu.openProfileFile',
  showAppFiles: 'modalGpu.showAppFiles',
  copyToWorkspace: 'modalGpu.copyToWorkspace',
  fixOutdatedCode: 'modalGpu.fixOutdatedCode',
  showOutput: 'modalGpu.showOutput',
  openWalkthrough: 'modalGpu.openWalkthrough',
  filterApps: 'modalGpu.filterApps',
  changeFilter: 'modalGpu.changeFilter',
  clearFilter: 'modalGpu.clearFilter',
  groupApps: 'modalGpu.groupApps',
  sortApps: 'modalGpu.sortApps',
  showMoreApps: 'modalGpu.showMoreApps',
  retryApp: 'modalGpu.retryApp',
  copyId: 'modalGpu.copyId',
  serveScript: 'modalGpu.serveScript',
  runFunction: 'modalGpu.runFunction',
  stopRun: 'modalGpu.stopRun',
  showRunLog: 'modalGpu.showRunLog',
  openServedUrl: 'modalGpu.openServedUrl',
  copyServedUrl: 'modalGpu.copyServedUrl',
  openScript: 'modalGpu.openScript',
  refreshScripts: 'modalGpu.refreshScripts',
  switchAccount: 'modalGpu.switchAccount',
  switchProfile: 'modalGpu.switchProfile',
  switchEnvironment: 'modalGpu.switchEnvironment',
  showRequestHistory: 'modalGpu.showRequestHistory',
  clearRequestHistory: 'modalGpu.clearRequestHistory',
  saveRequest: 'modalGpu.saveRequest',
  openSavedRequest: 'modalGpu.openSavedRequest',
  copyRequestAs: 'modalGpu.copyRequestAs',
  compareAnswers: 'modalGpu.compareAnswers',
  sendFromFile: 'modalGpu.sendFromFile',
  selectHttpEnvironment: 'modalGpu.selectHttpEnvironment',
} as const;

export type CommandId = (typeof commands)[keyof typeof commands];

/** Rows that are of one app or below it. */
const ofApp = [
  'app',
  'function',
  'endpoint',
  'sample',
  'saved',
  'container',
  'server',
  'sandbox',
  'tunnel',
  'managed',
  'versions',
  'version',
] as const;
const ofScript = ['script', 'files'] as const;
const ofCatalogue = ['catalogApp', 'catalogSample'] as const;

/** What each command can be about. One that is not here takes nothing; anything else counts as nothing, so it asks. */
export const targetKinds = {
  [commands.deploy]: [...ofCatalogue, ...ofScript, 'codeOfApp', 'codeOfBundled'],
  [commands.cancelDeploy]: [...ofCatalogue, ...ofScript],
  [commands.showDeployLog]: [...ofCatalogue, ...ofScript],
  [commands.showAppFiles]: ofCatalogue,
  [commands.copyToWorkspace]: ofCatalogue,
  [commands.followLogs]: ofApp,
  [commands.downloadLogs]: ofApp,
  [commands.showOnlyLogFunction]: ['logLine'],
  [commands.showOnlyLogContainer]: ['logLine'],
  [commands.showOnlyLogCall]: ['logLine'],
  [commands.showLogRequest]: ['logLine'],
  [commands.sendRequest]: [...ofApp, ...ofCatalogue, 'deployedFunction'],
  [commands.openRequest]: ofApp,
  [commands.sendFile]: ['files'],
  [commands.loadTest]: [...ofApp, 'request'],
  [commands.checkHealth]: ofApp,
  [commands.setEndpointKey]: ofApp,
  [commands.copyEndpointKey]: ofApp,
  [commands.copyEndpointUrl]: ofApp,
  [commands.openDashboard]: ofApp,
  [commands.showHistory]: ofApp,
  [commands.compareWithWorkspace]: ofApp,
  [commands.compareVersions]: ofApp,
  [commands.rollBack]: ofApp,
  [commands.rollOver]: ofApp,
  [commands.stopApp]: ofApp,
  [commands.stopContainer]: ofApp,
  [commands.openShell]: ofApp,
  [commands.stopSandbox]: ofApp,
  [commands.stopManagedEndpoint]: ofApp,
  [commands.stopServerContainers]: ofApp,
  [commands.changeAutoscaling]: ofApp,
  [commands.openAddress]: ofApp,
  [commands.copyAddress]: ofApp,
  [commands.copyId]: ofApp,
  [commands.retryApp]: ofApp,
  [commands.showMoreApps]: ['moreRows', 'moreSandboxes'],
  [commands.signIn]: ['anotherAccount'],
  [commands.sendFromFile]: ['httpRequest'],
  [commands.serveScript]: ofScript,
  [commands.runFunction]: ofScript,
  [commands.stopRun]: ofScript,
  [commands.showRunLog]: ofScript,
  [commands.openServedUrl]: ofScript,
  [commands.copyServedUrl]: ofScript,
  [commands.openScript]: ofScript,
} as const satisfies Partial<Record<CommandId, readonly TargetKind[]>>;

/** Of each kind, what a target of it is. */
type ByKind = { readonly [Kind in TargetKind]: Extract<Target, { kind: Kind }> };

/** What a command gets; `undefined` when it was called about nothing. */
export type TargetOf<Id extends CommandId> = Id extends keyof typeof targetKinds
  ? ByKind[(typeof targetKinds)[Id][number]]
  : never;

export const contextKeys = {
  /** What the Apps view can show: see `ConnectionState` in `store/appStore.ts`. */
  connection: 'modalGpu.connection',
  /** True when nothing is deployed in any environment. */
  empty: 'modalGpu.empty',
  /** A filter of the Apps view is on; and no app matches it. */
  filtered: 'modalGpu.filtered',
  filterEmpty: 'modalGpu.filterEmpty',
  deploying: 'modalGpu.deploying',
  cliFound: 'modalGpu.cliFound',
  /** The active editor holds a Python file that imports modal. */
  modalScript: 'modalGpu.modalScript',
  /** The workspace was read, and no file of it defines an app. */
  noScripts: 'modalGpu.noScripts',
  /** Something of a script is served or run in this window. */
  running: 'modalGpu.running',
  /** The log viewer has the focus. The editor's own key for the focused view is not set by what is inside a webview. */
  logsFocused: 'modalGpu.logsFocused',
} as const;

export type ContextKey = (typeof contextKeys)[keyof typeof contextKeys];

export const walkthrough = 'gpu-apps.modal-gpu-apps#start';

/** Default of the setting `doctor.hintsExclude`. */
export const hintsExclude = ['**/test/**', '**/tests/**', '**/test_*.py', '**/*_test.py', '**/conftest.py'];
