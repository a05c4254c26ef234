/** How the store reads what runs beside functions: few calls, nothing lost by one list that fails, and no loops. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { App, Container } from '../../../src/domain/app.ts';
import { ModalError } from '../../../src/domain/errors.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import type { ListedEndpoint } from '../../../src/domain/managedEndpoint.ts';
import type { Sandbox } from '../../../src/domain/sandbox.ts';
import type { ControlPlane } from '../../../src/modal/controlPlane.ts';
import type { SandboxScope } from '../../../src/modal/runningPlane.ts';
import { AppStore } from '../../../src/store/appStore.ts';
import { EndpointInfos } from '../../../src/store/endpointInfos.ts';
import { endpointOfManaged, findEndpoint } from '../../../src/store/findEndpoint.ts';
import { wakeCost } from '../../../src/features/requests/ui/wakeCost.ts';
import { datedRates } from '../../../src/domain/cost.ts';
import { emptySnapshot } from '../../../src/store/snapshot.ts';
import { appOf } from '../support/apps.ts';
import { endpointInfoOf, managedOf, sandboxOf } from '../support/running.ts';

const server = {
  environments: ['main'],
  apps: [] as App[],
  containers: [] as Container[],
  sandboxes: [] as Sandbox[],
  endpoints: [] as ListedEndpoint[],
  fails: new Map<string, ModalError>(),
  asked: [] as string[],
};
const values = new Map<string, unknown>();
let store: AppStore;

/** Answers with copies, as a server does. */
function answer<T>(call: string, value: T): Promise<T> {
  server.asked.push(call);
  const error = server.fails.get(call);
  return error ? Promise.reject(error) : Promise.resolve(structuredClone(value));
}
const within = <T extends { environment: string }>(all: readonly T[], name: string) =>
  all.filter(({ environment }) => environment === name);

const plane = {
  whoAmI: () => Promise.resolve({ workspace: 'me' }),
  listEnvironments: () =>
    answer(
      'environments',
      server.environments.map((name) => ({ name, isDefault: false })),
    ),
  listApps: (name: string) => answer(`apps ${name}`, within(server.apps, name)),
  listContainers: (name: string) => answer(`containers ${name}`, server.containers),
  containerGpu: (id: string) => answer(`gpu ${id}`, 'T4'),
  describeApp: (appId: string) => answer(`describe ${appId}`, { appId, functions: [] }),
  listSandboxes: ({ environment, appId }: SandboxScope, pages: number) =>
    answer(`sandboxes ${appId ?? environment} ${pages}`, {
      sandboxes: within(server.sandboxes, environment).filter((each) => !appId || each.appId === appId),
      more: pages === 10,
    }),
  listEndpoints: (name: string) => answer(`endpoints ${name}`, within(server.endpoints, name)),
  endpointInfo: (id: string) => answer(`info ${id}`, endpointInfoOf()),
} as unknown as ControlPlane;
const planes = { get: () => Promise.resolve(plane), cacheKey: () => Promise.resolve('one') };
const cache = {
  get: (key: string) => values.get(key),
  update: (key: string, value: unknown) => Promise.resolve(void values.set(key, value)),
};
const newStore = () => new AppStore(planes, cache, silentLogger);
const asked = (start: string) => server.asked.filter((each) => each.startsWith(start));
const running = appOf({ name: 'boxes', runningContainers: 2 });
const listed: ListedEndpoint = managedOf();

beforeEach(() => {
  Object.assign(server, {
    ...{ environments: ['main'], apps: [running], asked: [], fails: new Map(), containers: [] },
    ...{ sandboxes: [sandboxOf()], endpoints: [listed] },
  });
  values.clear();
  store = newStore();
});

describe('sandboxes', () => {
  it('take the place of their containers, of which nothing is asked', async () => {
    server.containers = [
      { id: 'ta-9', appId: 'ap-1', startedAt: 1 },
      { id: 'ta-1', appId: 'ap-1', startedAt: 1 },
    ];
    await store.refresh();
    expect(store.state.snapshot.containers).toEqual([{ id: 'ta-1', appId: 'ap-1', startedAt: 1, gpu: 'T4' }]);
    expect(asked('gpu')).toEqual(['gpu ta-1']);
  });

  it('without news are the very same objects, so that nothing is painted', async () => {
    server.sandboxes = [sandboxOf({ tags: ['a=b'], tunnels: [{ port: 1, url: 'https://a.b', socket: '' }] })];
    await store.refresh();
    const before = store.state.snapshot;
    await store.refresh();
    expect(store.state.snapshot.sandboxes).toBe(before.sandboxes);
    expect(store.state.snapshot.endpoints).toBe(before.endpoints);
    server.sandboxes = [sandboxOf({ tags: ['a=c'], tunnels: [{ port: 1, url: 'https://a.b', socket: '' }] })];
    await store.refresh();
    expect(store.state.snapshot.sandboxes).not.toBe(before.sandboxes);
  });

  it('are read in more pages on demand', async () => {
    await store.refresh();
    expect(store.state.snapshot.moreSandboxes).toEqual(['main']);
    store.readMoreSandboxes('main');
    await store.refresh();
    expect(asked('sandboxes')).toEqual(['sandboxes main 10', 'sandboxes main 20']);
    expect(store.state.snapshot.moreSandboxes).toEqual([]);
  });

  it('are asked for app by app by a server that refuses lists of a whole environment, which is tried once', async () => {
    server.fails.set('sandboxes main 10', new ModalError('invalid', 'app_id is required'));
    server.apps = [
      running,
      appOf({ id: 'ap-2', runningContainers: 0 }),
      appOf({ id: 'ap-3', state: 'stopped' }),
    ];
    await store.refresh();
    await store.refresh();
    expect(asked('sandboxes')).toEqual(['sandboxes main 10', 'sandboxes ap-1 10', 'sandboxes ap-1 10']);
    expect(store.state.snapshot.sandboxes).toHaveLength(1);
  });
});

describe('a list that fails', () => {
  it.each(['timeout', 'offline', 'unexpected', 'forbidden', 'limit'] as const)(
    'with %s leaves the others, and what was in it before',
    async (kind) => {
      await store.refresh();
      server.fails.set('sandboxes main 10', new ModalError(kind, 'no'));
      await store.refresh();
      expect(store.state).toMatchObject({
        connection: 'ready',
        listProblems: [{ environment: 'main', of: 'sandboxes', error: { kind } }],
      });
      expect(store.state.snapshot).toMatchObject({
        sandboxes: [{ id: 'sb-1' }],
        endpoints: [{ id: 'ep-1' }],
      });
      server.fails.clear();
      await store.refresh();
      expect(store.state.listProblems).toEqual([]);
    },
  );

  it('since the server is older is empty, and no problem', async () => {
    for (const call of ['sandboxes main 10', 'endpoints main'])
      server.fails.set(call, new ModalError('unsupported', 'no'));
    await store.refresh();
    expect(store.state.listProblems).toEqual([]);
    expect(store.state.snapshot).toMatchObject({ apps: [{ id: 'ap-1' }], sandboxes: [], endpoints: [] });
  });

  it('since the token is refused fails the whole read', async () => {
    const kind = 'unauthenticated';
    server.fails.set('endpoints main', new ModalError(kind, 'no'));
    await store.refresh();
    expect(store.state).toMatchObject({ connection: kind, error: { kind } });
  });

  it('with the whole line is read again as soon as the line is back', async () => {
    server.fails.set('endpoints main', new ModalError('offline', 'no'));
    await store.refresh();
    server.fails.set('apps main', new ModalError('offline', 'no'));
    await store.refresh(undefined, { whole: false });
    expect(store.state.connection).toBe('offline');
    server.fails.clear();
    await store.refresh(undefined, { whole: false });
    expect(store.state).toMatchObject({ connection: 'ready', listProblems: [] });
  });
});

describe('an environment that is deleted while it is shown', () => {
  it.each(['apps dev', 'sandboxes dev 10', 'endpoints dev'])(
    'and of which %s is not found is left out',
    async (call) => {
      server.environments = ['main', 'dev'];
      server.apps = [running, appOf({ id: 'ap-2', environment: 'dev' })];
      server.sandboxes = [sandboxOf(), sandboxOf({ id: 'sb-2', environment: 'dev' })];
      server.endpoints = [listed, { ...listed, id: 'ep-2', environment: 'dev' }];
      await store.refresh();
      expect(store.state.snapshot.sandboxes).toHaveLength(2);
      server.fails.set(call, new ModalError('notFound', 'no such environment'));
      await store.refresh();
      const { apps, sandboxes, endpoints, moreSandboxes } = store.state.snapshot;
      expect([apps, sandboxes, endpoints].map((all) => all.map(({ id }) => id))).toEqual([
        ['ap-1'],
        ['sb-1'],
        ['ep-1'],
      ]);
      expect(moreSandboxes).toEqual(['main']);
      expect(store.state).toMatchObject({ connection: 'ready', listProblems: [] });
    },
  );
});

describe('managed endpoints', () => {
  it('are asked for once each, and again when the list says that one has changed', async () => {
    await store.refresh();
    await store.refresh();
    expect(asked('info')).toEqual(['info ep-1']);
    expect(store.state.snapshot.endpoints).toEqual([{ ...listed, info: endpointInfoOf() }]);
    server.endpoints = [{ ...listed, stamp: '2' }];
    await store.refresh();
    expect(asked('info')).toEqual(['info ep-1', 'info ep-1']);
  });

  it('that are being made are asked for twice a minute, and at once when somebody asks', async () => {
    let now = 0;
    const infos = new EndpointInfos(silentLogger, () => now);
    const made = {
      ...plane,
      endpointInfo: () => answer('info ep-1', endpointInfoOf({ state: 'provisioning' })),
    };
    const signal = new AbortController().signal;
    for (; now < 60_000; now += 10_000) await infos.read(made, [listed], signal);
    expect(asked('info')).toHaveLength(2);
    infos.retry();
    await infos.read(made, [listed], signal);
    expect(asked('info')).toHaveLength(3);
  });

  it('keep what is known of them while that cannot be read again', async () => {
    await store.refresh();
    server.fails.set('info ep-1', new ModalError('timeout', 'late'));
    server.endpoints = [{ ...listed, stamp: '2' }];
    await store.refresh();
    expect(store.state).toMatchObject({ connection: 'ready' });
    expect(store.state.snapshot.endpoints[0]?.info?.model).toBe('Qwen/Qwen3-4B');
    server.fails.clear();
    await store.refresh();
    await store.refresh();
    expect(asked('info')).toHaveLength(3);
  });

  it('that cannot be read are not asked for at each refresh, but when somebody asks', async () => {
    server.fails.set('info ep-1', new ModalError('unexpected', 'no'));
    await store.refresh();
    for (let at = 0; at < 5; at++) await store.refresh(undefined, { whole: false, environment: 'main' });
    expect(asked('info')).toHaveLength(1);
    server.fails.clear();
    await store.refresh();
    expect(asked('info')).toHaveLength(2);
    expect(store.state.snapshot.endpoints[0]?.info).toBeDefined();
  });

  it('are there at once in the next window, and are not asked for again', async () => {
    await store.refresh();
    const next = newStore();
    const first = new Promise((resolve) =>
      next.onDidChange((state) => state.snapshot.readAt > 0 && resolve(state.snapshot)),
    );
    await next.refresh();
    expect(await first).toMatchObject({
      endpoints: [{ name: 'chat', info: { model: 'Qwen/Qwen3-4B' } }],
      sandboxes: [],
    });
    expect(asked('info')).toHaveLength(1);
  });
});

describe('the address of a managed endpoint', () => {
  const managed = managedOf({ info: endpointInfoOf() });
  const snapshot = { ...emptySnapshot, apps: [running], endpoints: [managed] };

  it('belongs to the app behind it, or to none that has an id', () => {
    const url = 'https://me--chat.modal.run/v1/chat/completions';
    expect(findEndpoint(url, snapshot)).toMatchObject({
      app: { id: '', name: 'chat', environment: 'main' },
      endpoint: { functionId: 'fu-8', requiresProxyAuth: true },
    });
    const apps = [appOf({ id: 'ap-8', name: 'behind' })];
    expect(findEndpoint(url, { ...snapshot, apps })?.app.name).toBe('behind');
    expect(endpointOfManaged(managedOf(), apps)).toBeUndefined();
  });

  it('starts a GPU when it is asked, unless something runs or all share', () => {
    const cost = (changes = {}, apps: App[] = []) => {
      const endpoints = [managedOf({ info: endpointInfoOf(), ...changes })];
      return wakeCost(endpointOfManaged(endpoints[0]!, apps)!, { ...snapshot, apps, endpoints }, datedRates);
    };
    expect(cost()).toBe('L40S, $1.95/h');
    expect(cost({ info: endpointInfoOf({ gpus: undefined }) })).toBe('unknown GPU');
    expect(cost({ shared: true })).toBe('');
    expect(cost({}, [appOf({ id: 'ap-8', runningContainers: 1 })])).toBe('');
    expect(cost({}, [appOf({ id: 'ap-8', runningContainers: undefined })])).toBe('L40S, $1.95/h');
  });
});
