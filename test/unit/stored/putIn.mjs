/** What a user of an earlier version has entered, with invented names and credentials. */

export const account = 'https://api.modal.com|mañana';

const app = (id, name, environment = 'main') => ({
  id,
  name,
  environment,
  state: 'deployed',
  createdAt: 1_760_000_000_000,
  runningContainers: 1,
  version: 3,
  deployedAt: 1_763_000_000_000,
});
const endpoint = (name, url, requiresProxyAuth = false) => ({
  functionId: `fu-${name}`,
  name,
  url,
  requiresProxyAuth,
});
const draft = (changes) => ({
  method: 'GET',
  path: '/',
  pathValues: {},
  query: [],
  headers: [],
  body: { kind: 'none' },
  ...changes,
});

export const sessions = [
  {
    target: {
      app: app('ap-1', 'übersetzer-日本'),
      endpoint: endpoint('web', 'https://acme--web.modal.run'),
    },
    auth: { kind: 'bearer', header: '' },
    last: 'operation:post_items',
    entries: {
      hand: draft({ path: '/größe/{id}', pathValues: { id: 'ß 1' } }),
      'operation:post_items': draft({
        method: 'POST',
        path: '/items',
        query: [{ name: 'q', value: '🚀 & =', on: false }],
        headers: [{ name: 'X-Trace', value: 'é', on: true }],
        body: {
          kind: 'text',
          type: 'application/json',
          text: '{"n": 12345678901234567890, "page": "<page.png as base64>"}',
          files: [
            {
              uri: 'file:///home/ana/page.png',
              name: 'page.png',
              type: 'image/png',
              note: '<page.png as base64>',
              encoding: 'base64',
            },
          ],
        },
        otherBodies: [{ kind: 'form', fields: [{ name: 'a', value: '1', on: true }] }],
      }),
    },
  },
  {
    target: {
      app: app('ap-2', 'vllm', 'prod'),
      endpoint: endpoint('serve', 'https://acme-prod--serve.modal.run', true),
    },
    auth: { kind: 'proxy', header: '' },
    last: 'hand',
    entries: {
      hand: draft({
        method: 'PUT',
        path: '/v1?api_key=sk-invented-0123456789abcdef&n=1',
        headers: [{ name: 'Authorization', value: 'Bearer invented-0123456789-token', on: true }],
        authChoice: { kind: 'none', header: '' },
        body: {
          kind: 'multipart',
          parts: [
            { name: 'text', on: true, text: 'naïve' },
            {
              name: 'file',
              on: true,
              file: { uri: 'file:///tmp/ä.pdf', name: 'ä.pdf', type: 'application/pdf' },
            },
          ],
        },
      }),
    },
  },
];

const at = 1_763_600_000_000;
const timing = { dns: 1, connect: 2, tls: 3, request: 1, firstByte: 40, download: 5, total: 52 };
const owner = {
  id: 'ap-1',
  name: 'übersetzer-日本',
  environment: 'main',
  version: 3,
  endpoint: 'web',
  usdPerHour: 1.1,
};
const answer = (body, changes = {}) => ({
  status: 200,
  statusText: 'OK',
  headers: { 'content-type': 'application/json' },
  body,
  size: Buffer.byteLength(body),
  timing,
  callId: 'fc-1',
  ...changes,
});

export const history = [
  ...Array.from({ length: 110 }, (_, n) => ({
    sent: {
      spec: { method: 'GET', url: `https://acme--web.modal.run/lauf/${n}?q=%E2%9C%93`, headers: {} },
      at: at + n,
      result: answer(`{"zahl":${n},"wort":"größe 🚀"}`),
    },
    app: owner,
  })),
  {
    sent: {
      spec: {
        method: 'POST',
        url: 'https://acme--web.modal.run/items',
        headers: { 'Content-Type': 'application/json' },
        auth: { secretRef: 'endpointKey/main/llm', header: 'Authorization', scheme: 'Bearer' },
        body: '{"name":"日本"}',
      },
      at: at + 500,
      result: answer('x'.repeat(70_000), { cut: { kind: 'time', text: 'Cut after 10 s' } }),
    },
    app: owner,
  },
  {
    sent: {
      spec: {
        method: 'POST',
        url: 'https://other.example/up',
        headers: {},
        body: { parts: [{ name: 'text', text: 'naïve' }] },
      },
      at: at + 501,
      error: new Error('The server closed the connection.'),
    },
  },
  {
    sent: {
      spec: {
        method: 'POST',
        url: 'https://other.example/key',
        headers: {},
        body: '{"password":"invented-pw"}',
      },
      at: at + 502,
      result: answer('no', { status: 401, statusText: 'Unauthorized' }),
    },
  },
];

export const startedAt = 1_763_700_000_000;
export const deploys = [
  {
    id: 'd1',
    account: 'snapshot:https://api.modal.com:mañana:0123456789ab',
    title: 'Übersetzer',
    appName: 'übersetzer-日本',
    environment: 'main',
    startedAt,
    versionBefore: 2,
    pid: 4242,
    appId: 'ap-1',
  },
  {
    id: 'd2',
    account: 'snapshot:https://api.modal.com:mañana:0123456789ab',
    title: 'script.py',
    appName: '',
    environment: 'prod',
    startedAt: startedAt + 1000,
  },
];

const plan = (appName, environment, gpu, values) => ({
  target: { kind: 'bundled' },
  appName,
  environment,
  ...(gpu ? { gpu: { name: gpu } } : {}),
  values,
});
export const plans = [
  plan('finbert', 'main', undefined, { APP_LANG: 'de' }),
  plan('vllm', 'prod', 'H100', { MODEL: 'größe/模型', SCALE: '2' }),
];

export const arrangement = {
  filter: {
    text: 'größe',
    states: ['running'],
    gpus: ['H100', 'CPU'],
    environments: ['prod'],
    mine: true,
  },
  groupBy: 'gpu',
  sortBy: 'deployed',
};

export const workspaceMemory = {
  'loadTest.plan': {
    amount: { kind: 'seconds', seconds: 45 },
    concurrency: 7,
    limitSeconds: 45,
    costLimitUsd: 2.5,
  },
  cpuConfirmed: ['main/größe.py', 'prod/vllm'],
  'modalGpu.run/größe.py::main': { steps: '3', name: '日本' },
  'http.environment': 'prüfung',
  'choice.profile': 'mañana',
  'choice.environment': 'prod',
};

export const globalMemory = {
  'logs.look': {
    time: 'utc',
    stream: false,
    source: true,
    function: true,
    container: false,
    call: true,
    wrap: true,
  },
};

export const snapshotKey = 'snapshot:https://api.modal.com:mañana:0123456789ab';
export const snapshot = {
  environments: [{ name: 'main', isDefault: true }],
  apps: [app('ap-1', 'übersetzer-日本'), app('ap-2', 'vllm', 'prod')],
  details: new Map(),
  containers: [],
  readAt: startedAt,
};

export const keys = [
  { environment: 'main', of: 'llm', value: 'invented-key-of-secret' },
  { environment: 'prod', of: 'vllm', value: 'invented-key-of-app' },
  { environment: '', of: 'other.example:8443', value: 'invented-key-of-an-address' },
];
