/** Good answers of a server, with every field that any reader looks at, in the forms that the SDK decodes them to. */
const at = 1_790_000_000.25;
const id = (prefix: string, number: number) => `${prefix}-${number}`;

const commitInfo = {
  vcs: 'git',
  branch: 'main',
  commitHash: 'a1b2c3d4'.repeat(5),
  commitTimestamp: at,
  dirty: true,
  authorName: 'Alice',
  authorEmail: 'alice@example.com',
  repoUrl: 'https://example.com/me/repo.git',
};

const version = {
  appId: id('ap', 1),
  version: 2,
  clientVersion: '1.6.4',
  deployedAt: at,
  deployedBy: 'alice',
  deployedByAvatarUrl: '',
  tag: 'first',
  rollbackVersion: 1,
  rollbackAllowed: true,
  commitInfo,
  deploymentType: 2,
};

const lifecycle = { deployedAt: at, version: 3, deployedBy: 'alice' };

const listed = {
  appId: id('ap', 1),
  name: 'demo',
  description: 'demo',
  state: 3,
  createdAt: at,
  stoppedAt: at,
  nRunningTasks: 1,
  metadata: { lifecycle },
};

const handle = {
  webUrl: 'https://me--web.modal.run',
  ExperimentalFlashUrls: ['https://me--flash.modal.host/path'],
  methodHandleMetadata: { predict: { webUrl: 'https://me--model-predict.modal.run' } },
};

const summary = {
  gpuConfig: [{ type: 0, count: 2, gpuType: 'A100-80GB' }],
  schedule: { cron: { cronString: '5 4 * * *', timezone: 'Europe/Berlin' }, period: undefined },
  webFunction: true,
  requiresProxyAuth: true,
  isSessioned: false,
};
const period = { years: 0, months: 0, weeks: 0, days: 0, hours: 6, minutes: 30, seconds: 0 };

const entry = {
  data: 'one\n',
  taskState: 0,
  timestamp: at,
  fileDescriptor: 2,
  taskProgress: undefined,
  functionCallId: id('fc', 1),
  inputId: '',
  timestampNs: '1790000000250000000',
  containerId: id('ta', 1),
  containerName: '',
};
const batch = {
  taskId: id('ta', 1),
  items: [
    entry,
    { ...entry, timestampNs: '0', containerId: '', taskState: 4 },
    { ...entry, taskProgress: { len: 10, pos: 5, progressType: 0, description: 'uploading' } },
    { ...entry, data: '' },
  ],
  entryId: '1790000000250-0',
  appDone: false,
  functionId: id('fu', 2),
  imageId: '',
  rootFunctionId: id('fu', 1),
  ttlDays: 30,
};

export const answers = {
  tokenInfoGet: {
    workspaceName: 'team',
    userIdentity: { username: 'alice' },
    serviceUserIdentity: { serviceUserName: 'robot' },
  },
  environmentList: {
    items: ['main', 'dev'].map((name) => ({
      name,
      default: name === 'main',
      currentConcurrentTasks: 3,
      currentConcurrentGpus: 2,
      effectiveCycleSpendLimit: 100,
      currentCycleUsage: 12.5,
    })),
  },
  appList: { apps: [listed, { ...listed, appId: id('ap', 2), name: 'second' }] },
  taskList: { tasks: [{ taskId: id('ta', 1), appId: id('ap', 1), startedAt: at, enqueuedAt: at - 1 }] },
  appGetByDeploymentName: { appId: id('ap', 1), lifecycle },
  webhookTokenCreate: { tokenId: id('wk', 1), tokenSecret: id('ws', 2) },
  workspaceBillingRates: { rates: { gpu_hour_cost_a10g: '1.1', cpu_hour_cost: '0.0473' } },
  appGetInfo: {
    info: { lifecycle },
    functionInfoSummaries: {
      'fu-1': { ...summary, gpuConfig: [], schedule: { cron: undefined, period } },
      'fu-2': summary,
    },
  },
  appGetLayout: {
    appLayout: {
      functionIds: { web: 'fu-1', 'Model.*': 'fu-2' },
      objects: [
        { objectId: 'fu-1', functionHandleMetadata: handle },
        { objectId: 'fu-2', functionHandleMetadata: handle },
      ],
    },
  },
  appDeploymentHistory: {
    appDeploymentHistories: [version, { ...version, version: 1, deploymentType: 1, rollbackVersion: 0 }],
    productionAppVersion: 2,
  },
  appRollback: { deployedAt: at, serverWarnings: [{ message: 'Old client' }] },
  appRollover: { deployedAt: at, serverWarnings: [] },
  taskGetInfo: {
    info: {
      id: id('ta', 1),
      startedAt: at,
      finishedAt: at + 5,
      result: { status: 2, exception: 'ValueError: no' },
      enqueuedAt: at - 1,
      gpuType: 'A10',
      gpuConfig: { type: 0, count: 2, gpuType: 'A10' },
    },
  },
  functionGetSchedulingParams: {
    autoscalerConfiguration: {
      settings: { minContainers: 2, maxContainers: 5, bufferContainers: 1, scaledownWindow: 60 },
      defaultSettings: { minContainers: 0, scaledownWindow: 60 },
      staticSettings: { maxContainers: 5 },
      overrideSettings: {},
      overrideEvents: {
        min_containers: { userId: 'us-1', serviceUserId: '', timestamp: at, requestedBy: 'alice' },
      },
    },
  },
  functionGetCurrentStats: { backlog: 1, numTotalTasks: 2, numRunningInputs: 3 },
  appGetLogs: batch,
  appFetchLogs: { batches: [batch] },
  appCountLogs: {
    buckets: [{ bucketStartAt: new Date(Date.UTC(2026, 0, 2)), stdoutLogs: 1, stderrLogs: 2, systemLogs: 3 }],
  },
};
