/** Questions and tooltips about sandboxes, servers and managed endpoints, and when facts of servers are read. */
import { describe, expect, it } from 'vitest';
import type { App, Container, ModalFunction } from '../../../../src/domain/app.ts';
import { datedRates } from '../../../../src/domain/cost.ts';
import { ModalError } from '../../../../src/domain/errors.ts';
import { silentLogger } from '../../../../src/shared/logger.ts';
import type { ServerStats } from '../../../../src/domain/server.ts';
import type { ControlPlane } from '../../../../src/modal/controlPlane.ts';
import { AppStore } from '../../../../src/store/appStore.ts';
import {
  stopContainersLines,
  stopEndpointLines,
  stopSandboxLines,
} from '../../../../src/features/apps/ui/lifecycle/runningWords.ts';
import { serverStatsLine } from '../../../../src/features/apps/ui/lifecycle/serverWords.ts';
import { LifecycleRows } from '../../../../src/features/apps/ui/lifecycleRows.ts';
import { appOf } from '../../support/apps.ts';
import { endpointInfoOf, managedOf, sandboxOf } from '../../support/running.ts';

const now = 10 * 86_400_000;
const fn: ModalFunction = { id: 'fu-1', tag: 'Chat', kind: 'server', gpus: ['L4'], endpoints: [] };
const app = appOf({ name: 'agents', runningContainers: 1, version: 1 });

describe('the question before a stop', () => {
  it('of a sandbox names app, environment, GPU and price', () => {
    const sandbox = sandboxOf({ startedAt: now - 3_600_000 });
    expect(stopSandboxLines(sandbox, app, datedRates, now).slice(0, 4)).toEqual([
      'App: agents',
      'Environment: main',
      'GPU: A10, from $1.17/h (price of 2026-10-04, before credits)',
      'Since 1 hour ago',
    ]);
  });

  it.each([
    [{ gpu: undefined }, 'GPU: unknown, price unknown'],
    [{ gpu: '' }, 'GPU: none, from $0.0207/h (price of 2026-10-04, before credits)'],
  ])('says of a sandbox what is not known: %j', (changes, line) => {
    expect(stopSandboxLines(sandboxOf(changes), undefined, datedRates, now)).toContain(line);
    expect(stopSandboxLines(sandboxOf({ appId: '' }), undefined, datedRates, now)).toContain('App: unknown');
    expect(stopSandboxLines(sandboxOf(), undefined, datedRates, now)).toContain('App: ap-1');
  });

  it('of a managed endpoint names model, app, environment, GPU, price and address', () => {
    expect(stopEndpointLines(managedOf({ info: endpointInfoOf() }), app, datedRates).slice(0, 5)).toEqual([
      'Model: Qwen/Qwen3-4B',
      'App: agents',
      'Environment: main',
      'GPU: L40S, from $1.95/h per container (price of 2026-10-04, before credits)',
      'No longer reachable: me--chat.modal.run',
    ]);
    expect(stopEndpointLines(managedOf(), undefined, datedRates).slice(0, 4)).toEqual([
      ...['Model: unknown', 'App: unknown', 'Environment: main', 'GPU: unknown, price unknown'],
    ]);
    expect(stopEndpointLines(managedOf({ shared: true }), undefined, datedRates)).toContain(
      'Runs on shared capacity, billed by token.',
    );
  });

  it('of the containers of a server names app, environment, GPU, price and how many end', () => {
    const lines = stopContainersLines({ app, fn, info: undefined }, 2, datedRates);
    expect(lines.slice(0, 4)).toEqual([
      'App: agents',
      'Environment: main',
      'GPU: L4, from $0.80/h per container (price of 2026-10-04, before credits)',
      '2 containers will stop, along with any requests in progress.',
    ]);
  });
});

describe('the statistics of a server', () => {
  it.each<readonly [ServerStats, string]>([
    [
      { requests: 12, byStatus: { 200: 11, 500: 1 }, latency: { p50: 20.4, p95: 1500 }, containers: 1 },
      'Last hour: 12 requests (11 × 2xx, 1 × 5xx), half within 20 ms, 95% within 1.5 s, 1 container',
    ],
    [{ requests: 0, byStatus: {}, containers: 0 }, 'Last hour: 0 requests, 0 containers'],
    [{ byStatus: {} }, 'Last hour: unknown number of requests, unknown number of containers'],
  ])('%j read as %s', (stats, words) => {
    expect(serverStatsLine(stats, 1)).toBe(words);
  });
});

describe('facts of a server', () => {
  function world() {
    const asked: string[] = [];
    const server = {
      apps: [app] as App[],
      containers: [] as Container[],
      serving: ['ta-1'],
      error: undefined as ModalError | undefined,
    };
    const reply = <T>(call: string, value: T): Promise<T> => {
      asked.push(call);
      return server.error ? Promise.reject(server.error) : Promise.resolve(value);
    };
    const plane = {
      whoAmI: () => Promise.resolve({ workspace: 'me' }),
      listEnvironments: () => Promise.resolve([{ name: 'main', isDefault: true }]),
      listApps: () => Promise.resolve(server.apps),
      listContainers: () => Promise.resolve(server.containers),
      containerGpu: () => Promise.resolve('L4'),
      listSandboxes: () => Promise.resolve({ sandboxes: [], more: false }),
      listEndpoints: () => Promise.resolve([]),
      describeApp: () => Promise.resolve({ appId: 'ap-1', functions: [fn] }),
      autoscaler: () => Promise.reject(new ModalError('unsupported', 'no')),
      serverInfo: () => reply('info', { region: '', sessioned: false, cores: 1, memoryGib: 1 }),
      serverContainers: () => reply('containers', server.serving),
      serverStats: () => reply('stats', { requests: 1, byStatus: { 200: 1 }, containers: 1 }),
    } as unknown as ControlPlane;
    const planes = { get: () => Promise.resolve(plane), cacheKey: () => Promise.resolve('one') };
    const store = new AppStore(
      planes,
      { get: () => undefined, update: () => Promise.resolve() },
      silentLogger,
    );
    return { asked, server, store, rows: new LifecycleRows(planes, store) };
  }

  it('are read when its app is opened, and its containers again when one starts or ends', async () => {
    const { asked, server, store, rows } = world();
    await store.refresh();
    expect(asked).toEqual([]);
    rows.expanded({ kind: 'app', app });
    await expect.poll(() => rows.serverFacts(fn)).toMatchObject({ running: 1, info: { cores: 1 } });
    await store.refresh();
    expect(asked.sort()).toEqual(['containers', 'info']);
    server.containers = [{ id: 'ta-2', appId: 'ap-1', startedAt: 1 }];
    server.serving = ['ta-1', 'ta-2'];
    await store.refresh();
    await expect.poll(() => rows.serverFacts(fn).running).toBe(2);
    expect(asked.filter((call) => call === 'info')).toHaveLength(1);
  });

  it('that cannot be read are unknown, and the tooltip says what it knows', async () => {
    const { server, store, rows } = world();
    server.error = new ModalError('unsupported', 'no');
    await store.refresh();
    rows.expanded({ kind: 'app', app });
    await expect.poll(() => rows.stamp(app, { appId: 'ap-1', functions: [fn] }, now)).toMatch(/2\|2\|2$/);
    expect(rows.serverFacts(fn)).toEqual({ running: undefined, info: undefined, others: [] });
    expect(await rows.tooltip({ kind: 'server', app, fn })).toEqual(['Statistics unknown']);
    server.error = undefined;
    expect(await rows.tooltip({ kind: 'server', app, fn })).toEqual([
      'Last hour: 1 request (1 × 2xx), 1 container',
    ]);
  });
});
