/**
 * Every value that the control plane reads from the server, each replaced by what a hostile, broken or newer server may
 * send. Which values those are is found by watching the reads, so that a new field is tried without being listed here.
 */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { isModalError } from '../../../src/domain/errors.ts';
import type { LogBatch } from '../../../src/domain/log.ts';
import type { Logger } from '../../../src/shared/logger.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import type { Connection } from '../../../src/modal/connection.ts';
import type { ControlPlane } from '../../../src/modal/controlPlane.ts';
import { createControlPlane } from '../../../src/modal/sdk.ts';
import { answers } from './wireAnswers.ts';

type Answers = Record<string, unknown>;

/** What the fake server answers with; only the transport is fake, its answers have the forms of the SDK. */
let served: Answers = answers;
/** Paths of the values that were read. */
const reads = new Set<string>();

vi.mock('modal', () => ({
  ModalClient: class {
    readonly cpClient = new Proxy({}, { get: (_client, call: string) => () => answerTo(call) });
    readonly close = () => undefined;
  },
}));

function answerTo(call: string): unknown {
  const answer = watched(served[call], call);
  if (call !== 'appGetLogs') return Promise.resolve(answer);
  return (async function* () {
    yield await Promise.resolve(answer);
  })();
}

function watched(value: unknown, path: string): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date) {
    reads.add(path);
    return value;
  }
  return new Proxy(value, {
    get: (target, key) => {
      const inner: unknown = Reflect.get(target, key);
      return typeof key === 'symbol' || typeof inner === 'function' || key === 'length'
        ? inner
        : watched(inner, `${path}/${key}`);
    },
  });
}

const connection: Connection = {
  ...{ profile: 'default', serverUrl: 'https://api.modal.com:443', tokenId: 'ak-1', tokenSecret: 'as-1' },
  ...{ environment: '', overriding: [], ignored: [], configPath: '' },
  sources: { profile: 'file', server: 'file', tokenId: 'file', tokenSecret: 'file', environment: 'file' },
};
const app = 'ap-0123456789012345678901';
const range = { since: Date.UTC(2026, 0), until: Date.UTC(2026, 1) };

/** Every method of the plane; what it does not read answers from is `undefined`. */
const methods: {
  readonly [Name in keyof ControlPlane]: ((plane: ControlPlane) => Promise<unknown>) | undefined;
} = {
  whoAmI: (plane) => plane.whoAmI(),
  listEnvironments: (plane) => plane.listEnvironments(),
  listApps: (plane) => plane.listApps('main'),
  listContainers: (plane) => plane.listContainers('main'),
  containerGpu: (plane) => plane.containerGpu('ta-1'),
  describeApp: (plane) => plane.describeApp(app),
  findDeployedApp: (plane) => plane.findDeployedApp('demo', 'main'),
  createProxyToken: (plane) => plane.createProxyToken('demo'),
  rates: (plane) => plane.rates(),
  history: (plane) => plane.history(app),
  rollback: (plane) => plane.rollback(app, 1),
  rollover: (plane) => plane.rollover(app),
  containerInfo: (plane) => plane.containerInfo('ta-1'),
  autoscaler: (plane) => plane.autoscaler('fu-1'),
  functionStats: (plane) => plane.functionStats('fu-1'),
  answersOnLogs: undefined, // what the server answers is not looked at
  streamLogs: async (plane) => {
    const batches: LogBatch[] = [];
    for await (const batch of plane.streamLogs({ appId: app }, '', 1)) batches.push(batch);
    return batches;
  },
  fetchLogs: (plane) => plane.fetchLogs({ appId: app }, range, 10),
  countLogs: (plane) => plane.countLogs({ appId: app }, range, 60),
  listSandboxes: (plane) => plane.listSandboxes({ environment: 'main' }, 10),
  sandboxContainer: (plane) => plane.sandboxContainer('sb-1'),
  listEndpoints: (plane) => plane.listEndpoints('main'),
  endpointInfo: (plane) => plane.endpointInfo('ep-1'),
  serverInfo: (plane) => plane.serverInfo('fu-1'),
  serverContainers: (plane) => plane.serverContainers('fu-1'),
  serverStats: (plane) => plane.serverStats('fu-1', range),
  stopSandbox: undefined,
  stopEndpoint: undefined,
  stopApp: undefined,
  disconnectApp: undefined,
  hasSecret: undefined,
  objectNames: async (plane) => [
    await plane.objectNames('secret', 'main', 2),
    await plane.objectNames('volume', 'main', 2),
    await plane.objectNames('dict', 'main', 2),
    await plane.objectNames('queue', 'main', 2),
  ],
  createSecret: undefined,
  stopContainer: undefined,
  updateAutoscaler: undefined,
  dashboardUrl: undefined,
  reconnect: undefined,
  close: undefined,
};
const reading = Object.entries(methods).flatMap(([name, call]) => (call ? [[name, call] as const] : []));

async function ask(
  call: (plane: ControlPlane) => Promise<unknown>,
  logger: Logger = silentLogger,
): Promise<unknown> {
  return call(createControlPlane(connection, logger));
}

/** The answers with one value replaced. */
function withValue(path: string, value: unknown): Answers {
  const copy = structuredClone(answers) as Answers;
  const keys = path.split('/');
  const last = keys.pop()!;
  let place = copy as Record<string, unknown>;
  for (const key of keys) place = place[key] as Record<string, unknown>;
  place[last] = value;
  return copy;
}

function valueAt(path: string): unknown {
  return path.split('/').reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], answers);
}

const option = '--output=/tmp/x';
const hostile = {
  string: [
    ...[
      option,
      '-x',
      '',
      ' ',
      '..',
      '../../etc/passwd',
      'ap-1\n',
      'ta-1; rm -rf ~',
      'ta-',
      'xx-123',
      'HEAD',
      '-1',
      '0x10',
    ],
    ...[
      'a\u0000b',
      'a\r\nb',
      '\u001b[2J',
      '\u202egnp.exe',
      '\u2028',
      '\ud800',
      '[a](command:b)',
      '<script>',
      '$(id)',
      '`id`',
    ],
    ...[
      'http://example.com',
      'https://user:pw@example.com',
      'https://a.b\\@example.com',
      'javascript:alert(1)',
      'file:///etc',
    ],
    ...[
      'command:x',
      '//example.com',
      'https://',
      'NaN',
      'Infinity',
      '1e999',
      '-0',
      '__proto__',
      'x'.repeat(10_000_000),
    ],
  ],
  number: [
    NaN,
    Infinity,
    -Infinity,
    -1,
    -0.5,
    0,
    0.5,
    1e300,
    2 ** 53,
    2 ** 53 + 2,
    253_402_300_799,
    4_294_967_295,
    999,
  ],
  boolean: [true, false],
  object: [new Date(NaN), new Date(-1), new Date(8.64e15)],
} as const;

/** What is only ever shown, in one line, and so may say anything. */
const shownOnly =
  /\.(workspace|user|name|deployedBy|clientVersion|tag|branch|author|by|result|schedule|description|createdBy|status|model|repository|region)$|\.tags\.\d+$|\.warnings\.\d+$|\.names\.\d+$|\.text$/;
const opaque = /\.(entryId|stamp)$/;

/** @throws when anything in a result could be more than it seems */
function assertPlain(value: unknown, path: string): void {
  if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) assertPlain(inner, `${path}.${key}`);
    return;
  }
  if (typeof value === 'number') {
    expect(Number.isFinite(value) && value >= 0 && value <= 5e12, `${path} is ${value}`).toBe(true);
    return;
  }
  if (typeof value !== 'string' || path.endsWith('.text')) return;
  expect(value.length, `length of ${path}`).toBeLessThanOrEqual(2100);
  if (opaque.test(path)) return;
  expect(value, path).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
  if (!shownOnly.test(path)) expect(value, path).toMatch(/^[A-Za-z0-9][\w.:/ ,~@+-]*$|^Model\.\*$|^$/);
  if (path.endsWith('.url')) expect(value, path).toMatch(/^https:\/\/[\w.-]+(?::\d+)?(?:[/?#]|$)|^$/);
  if (path.endsWith('.hash')) expect(value, path).toMatch(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);
  if (/\.(?:id|appId|functionId|containerId|callId)$/.test(path))
    expect(value, path).toMatch(/^(?:[a-z]{2}-[A-Za-z0-9]{1,64})?$/);
}

/** Whatever is served, the plane answers with plain values or says in its own words that it cannot. */
async function tryWith(
  name: string,
  call: (plane: ControlPlane) => Promise<unknown>,
  path: string,
  value: unknown,
) {
  served = withValue(path, value);
  try {
    assertPlain(await ask(call), name);
  } catch (error) {
    if (!isModalError(error)) throw error;
    expect(error.message).toMatch(/in a form that cannot be used|does not tell/);
  } finally {
    served = answers;
  }
}

async function readBy(call: (plane: ControlPlane) => Promise<unknown>): Promise<string[]> {
  reads.clear();
  await ask(call);
  return [...reads];
}

it('finds nothing wrong with good answers', async () => {
  for (const [name, call] of reading) {
    const said: string[] = [];
    const logger = { ...silentLogger, warn: (message: string) => void said.push(message) };
    await ask(call, logger);
    expect(said, name).toEqual([]);
  }
});

describe.each(reading)('%s', (name, call) => {
  it('takes no hostile value of any field that it reads', async () => {
    const paths = await readBy(call);
    expect(paths.length).toBeGreaterThan(0);
    let tried = 0;
    for (const path of paths) {
      const kind = typeof valueAt(path) as keyof typeof hostile | 'undefined';
      if (kind === 'undefined') continue; // an optional field; one that is set is in another answer
      for (const value of hostile[kind]) {
        await tryWith(name, call, path, value);
        tried++;
      }
    }
    expect(tried).toBeGreaterThan(0);
  });

  it('takes no random value either', async () => {
    for (const path of await readBy(call)) {
      const known = valueAt(path);
      const any =
        typeof known === 'string'
          ? fc.string({ unit: 'binary', maxLength: 80 })
          : typeof known === 'number'
            ? fc.double()
            : undefined;
      if (any)
        await fc.assert(
          fc.asyncProperty(any, (value) => tryWith(name, call, path, value)),
          { numRuns: 25 },
        );
    }
  });
});

it('finds what is said of a function under its id, or under its tag where a server files it so', async () => {
  const { functionInfoSummaries: byId, info } = answers.appGetInfo;
  const byTag = { web: byId['fu-1'], 'Model.*': byId['fu-2'] };
  for (const functionInfoSummaries of [byId, byTag]) {
    served = { ...answers, appGetInfo: { info, functionInfoSummaries } };
    expect(await ask((plane) => plane.describeApp(app))).toMatchObject({
      functions: [
        { tag: 'Model.*', gpus: ['A100-80GB:2'] },
        { tag: 'web', schedule: 'every 6 hours 30 minutes' },
      ],
    });
  }
  served = answers;
});

it('says once for each field what it cannot use, without quoting it', async () => {
  const said: string[] = [];
  const plane = createControlPlane(connection, {
    ...silentLogger,
    warn: (message) => void said.push(message),
  });
  served = withValue('appDeploymentHistory/appDeploymentHistories/0/commitInfo/commitHash', option);
  const [version] = await plane.history(app);
  await plane.history(app);
  served = answers;
  expect(version).toMatchObject({ number: 2, unusableCommit: true });
  expect(version).not.toHaveProperty('commit');
  expect(said).toEqual([
    'Modal sent the commit of a version in a form that cannot be used (a text of 15 characters), so it counts as unknown.',
  ]);
});

it('leaves out one record that cannot be used, and keeps the others', async () => {
  served = withValue('appList/apps/0/appId', option);
  expect(await ask((plane) => plane.listApps('main'))).toMatchObject([{ name: 'second' }]);
  served = withValue('environmentList/items/0/name', '--help');
  expect(await ask((plane) => plane.listEnvironments())).toMatchObject([{ name: 'dev' }]);
  served = answers;
});

it('has no price under a name that is none', async () => {
  const keys = ['Gpu', 'gpu cost', '9a', '-', '', 'a\n', 'a'.repeat(101), 'gpu_ok'];
  served = withValue('workspaceBillingRates/rates', Object.fromEntries(keys.map((key) => [key, '1'])));
  expect(await ask((plane) => plane.rates())).toMatchObject({ usdPerHour: { gpu_ok: 1 } });
  const { usdPerHour } = (await ask((plane) => plane.rates())) as { usdPerHour: object };
  expect(Object.keys(usdPerHour)).toEqual(['gpu_ok']);
  served = answers;
});

it('takes no word for the mark of the default environment', async () => {
  for (const value of ['yes', 1, {}, 'false', null]) {
    served = withValue('environmentList/items/0/default', value);
    expect(await ask((plane) => plane.listEnvironments()), JSON.stringify(value)).toMatchObject([
      { isDefault: undefined },
      {},
    ]);
  }
  served = answers;
});

it('gives no deployed app the name that its description has', async () => {
  served = withValue('appList/apps/0/name', '[x](command:y)');
  const [first] = (await ask((plane) => plane.listApps('main'))) as {
    id: string;
    name: string;
    state: string;
  }[];
  expect(first).toMatchObject({ state: 'deployed', name: first?.id });
  served = answers;
});

it('keeps maps apart from what their keys may do', async () => {
  const keys = ['__proto__', 'constructor', option, 'a\u0000b', 'x'.repeat(100_000)];
  served = withValue('workspaceBillingRates/rates', Object.fromEntries(keys.map((key) => [key, '1'])));
  expect(await ask((plane) => plane.rates())).toMatchObject({ usdPerHour: { constructor: 1 } });
  served = withValue(
    'appGetLayout/appLayout/functionIds',
    JSON.parse('{"__proto__":"fu-1","f":"--x","g":"fu-2"}'),
  );
  const details = (await ask((plane) => plane.describeApp(app))) as {
    functions: { tag: string; id: string }[];
  };
  expect(details.functions.map(({ tag, id }) => [tag, id])).toEqual([
    ['__proto__', 'fu-1'],
    ['g', 'fu-2'],
  ]);
  served = answers;
});

it('reads unknown as unknown: neither 0, nor none, nor free', async () => {
  const sandboxes = (plane: ControlPlane) => plane.listSandboxes({ environment: 'main' }, 10);
  const stats = (plane: ControlPlane) => plane.serverStats('fu-1', range);
  const cases: readonly (readonly [string, unknown, (plane: ControlPlane) => Promise<unknown>, object])[] = [
    [
      'appList/apps/0/nRunningTasks',
      -1,
      (plane) => plane.listApps('main'),
      [{ runningContainers: undefined }, {}],
    ],
    ['appList/apps/0/createdAt', 1e12, (plane) => plane.listApps('main'), [{ createdAt: undefined }, {}]],
    ['appList/apps/0/state', 99, (plane) => plane.listApps('main'), [{ state: 'unknown' }, {}]],
    [
      'appDeploymentHistory/appDeploymentHistories/0/deploymentType',
      99,
      (plane) => plane.history(app),
      [{ kind: 'unknown' }, {}],
    ],
    [
      'workspaceBillingRates/rates/gpu_hour_cost_a10g',
      '',
      (plane) => plane.rates(),
      { usdPerHour: { cpu_hour_cost: 0.0473 } },
    ],
    ['taskGetInfo/info/gpuConfig/count', 2 ** 32, (plane) => plane.containerInfo('ta-1'), { gpu: undefined }],
    [
      'sandboxListV2/sandboxes/0/taskInfo/gpuConfig/count',
      2 ** 32,
      sandboxes,
      { sandboxes: [{ gpu: undefined }, {}, {}] },
    ],
    [
      'sandboxListV2/sandboxes/0/taskInfo/startedAt',
      NaN,
      sandboxes,
      { sandboxes: [{ state: 'running' }, {}, { state: 'starting', gpu: 'A10' }] },
    ],
    [
      'sandboxListV2/sandboxes/0/resourceInfo/milliCpu/value',
      -1,
      sandboxes,
      { sandboxes: [{ cores: undefined, memoryGib: 2 }, {}, {}] },
    ],
    [
      'sandboxListV2/sandboxes/0/resourceInfo',
      undefined,
      sandboxes,
      { sandboxes: [{ cores: undefined }, {}, {}] },
    ],
    ['endpointList/items/0/servingMode', 99, (plane) => plane.listEndpoints('main'), [{ shared: undefined }]],
    ['endpointGetInfo/info/status', 99, (plane) => plane.endpointInfo('ep-1'), { state: 'unknown' }],
    ['serverGetTimeRangeStats/requestCount', -1, stats, { requests: undefined, containers: 1 }],
    [
      'functionGetById/function/httpConfig',
      undefined,
      (plane) => plane.serverInfo('fu-1'),
      { port: undefined, cores: 2 },
    ],
    ['taskGetInfo/info/startedAt', NaN, (plane) => plane.containerInfo('ta-1'), { state: 'unknown' }],
  ];
  for (const [path, value, call, expected] of cases) {
    served = withValue(path, value);
    if (path === 'taskGetInfo/info/startedAt')
      served = { ...served, taskGetInfo: { info: { ...infoOf(served), finishedAt: 0 } } };
    expect(await ask(call), path).toMatchObject(expected);
  }
  served = withValue('workspaceBillingRates/rates/gpu_hour_cost_a10g', '');
  expect((await ask((plane) => plane.rates())) as object).not.toHaveProperty('usdPerHour.gpu_hour_cost_a10g');
  served = withValue('appGetInfo/functionInfoSummaries/fu-2/gpuConfig/0/gpuType', option);
  expect(await ask((plane) => plane.describeApp(app))).toMatchObject({
    functions: [{ tag: 'Model.*', gpus: undefined }, {}],
  });
  served = answers;
});

function infoOf(from: Answers): object {
  return (from['taskGetInfo'] as { info: object }).info;
}

it('shows a server without what only newer servers tell', async () => {
  served = withValue('functionGetById/function/httpConfig', undefined);
  expect(await ask((plane) => plane.serverInfo('fu-1'))).not.toHaveProperty('requiresProxyAuth');
  served = withValue('appGetInfo/info/servers', undefined);
  expect(await ask((plane) => plane.describeApp(app))).toMatchObject({
    functions: [{}, { kind: 'function' }],
  });
  served = withValue('appGetLayout/appLayout/functionIds', { 'Model.*': 'fu-2' });
  expect(await ask((plane) => plane.describeApp(app))).toMatchObject({
    functions: [{ kind: 'class' }, { tag: 'web', kind: 'server' }],
  });
  served = answers;
});

it('ends with a list of a million records', async () => {
  const apps = Array.from({ length: 1_000_000 }, () => answers.appList.apps[0]);
  served = { ...answers, appList: { apps } };
  expect(await ask((plane) => plane.listApps('main'))).toHaveLength(20_000);
  served = answers;
});
