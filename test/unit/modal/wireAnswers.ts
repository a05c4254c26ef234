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

const sandbox = {
  id: id('sb', 1),
  createdAt: at,
  appId: id('ap', 1),
  name: 'held',
  imageId: '',
  tags: [{ tagName: 'team', tagValue: 'x' }],
  taskInfo: {
    id: id('ta', 2),
    enqueuedAt: at,
    startedAt: at + 1,
    finishedAt: 0,
    result: undefined,
    gpuType: 'A10',
    gpuConfig: { type: 0, count: 2, gpuType: 'A10' },
  },
  resourceInfo: {
    memoryMb: { value: 2048, isDefault: false },
    milliCpu: { value: 500, isDefault: false },
    gpuType: 'A10',
  },
  regions: [],
  timeoutSecs: 300,
  idleTimeoutSecs: 60,
  tunnels: [
    {
      host: 'abc.r5.modal.host',
      port: 443,
      unencryptedHost: 'r5.modal.host',
      unencryptedPort: 4711,
      containerPort: 8000,
    },
  ],
};

const percentiles = [5000, 9500].map((percentileBasisPoints) => ({ percentileBasisPoints, value: 0.25 }));

export const answers = {
  sandboxListV2: {
    sandboxes: [
      sandbox,
      { ...sandbox, id: id('sb', 2), tunnels: [], taskInfo: { ...sandbox.taskInfo, gpuConfig: undefined } },
      { ...sandbox, id: id('sb', 3), tunnels: [], taskInfo: undefined },
    ],
  },
  sandboxGetTaskIdV2: { taskId: id('ta', 2) },
  endpointList: {
    items: [
      {
        endpointId: id('ep', 1),
        name: 'chat',
        updatedAt: at,
        metadata: { creationInfo: { createdAt: at, createdBy: 'alice' } },
        appState: 3,
        status: 'Live',
        servingMode: 1,
      },
    ],
  },
  endpointGetInfo: {
    info: {
      name: 'chat',
      repoId: 'Qwen/Qwen3-4B',
      serviceUrl: 'https://me--chat.modal.run',
      requiresProxyAuth: true,
      servingMode: 1,
      status: 2,
      modelName: 'Qwen/Qwen3-4B',
    },
    metadata: { appId: id('ap', 1), serverId: 'fu-2' },
  },
  functionGetById: {
    function: {
      isSessioned: true,
      httpConfig: { port: 8000, proxyRegions: ['us-west'], unauthenticated: false },
      rankedFunctions: [
        { rank: 1, function: undefined },
        { rank: 0, function: { resources: { milliCpu: 2000, memoryMb: 2048 } } },
      ],
    },
  },
  flashContainerList: { containers: [{ taskId: id('ta', 1), host: '', port: 0 }] },
  serverGetTimeRangeStats: {
    requestCount: 3,
    requestCountByStatusCode: [{ statusCode: 200, count: 3 }],
    requestPercentileStats: { 'Request latency (s)': { unit: 'seconds', percentiles } },
    containerTotalCount: 1,
  },
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
  secretList: { items: [{ label: 'demo', createdAt: at }] },
  volumeList: { items: [{ label: 'demo', createdAt: at }] },
  dictList: { dicts: [{ name: 'demo', createdAt: at }] },
  queueList: { queues: [{ name: 'demo', createdAt: at }] },
  appGetByDeploymentName: { appId: id('ap', 1), lifecycle },
  webhookTokenCreate: { tokenId: id('wk', 1), tokenSecret: id('ws', 2) },
  workspaceBillingRates: { rates: { gpu_hour_cost_a10g: '1.1', cpu_hour_cost: '0.0473' } },
  appGetInfo: {
    info: { lifecycle, servers: { web: 'fu-1' } },
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
