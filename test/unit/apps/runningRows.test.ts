/** Rows of what runs beside functions: what they say, where they stand, and what they do not know. */
import { describe, expect, it } from 'vitest';
import type { App, AppDetails } from '../../../src/domain/app.ts';
import { noAppFilter } from '../../../src/features/apps/core/appFilter.ts';
import type { AppFilter } from '../../../src/features/apps/core/appFilter.ts';
import { defaultArrangement } from '../../../src/features/apps/core/arrangement.ts';
import { datedRates } from '../../../src/domain/cost.ts';
import { ModalError } from '../../../src/domain/errors.ts';
import type { EndpointInfo, ManagedEndpoint } from '../../../src/domain/managedEndpoint.ts';
import type { Sandbox } from '../../../src/domain/sandbox.ts';
import type { Snapshot } from '../../../src/store/snapshot.ts';
import { emptySnapshot } from '../../../src/store/snapshot.ts';
import { runningBadge } from '../../../src/features/apps/ui/appBadge.ts';
import type { AppRowOptions } from '../../../src/features/apps/ui/appRows.ts';
import { AppRowsBuilder, pageSize } from '../../../src/features/apps/ui/appRows.ts';
import type { ServerFacts } from '../../../src/features/apps/ui/runningRowParts.ts';
import { appOf, endpointOf } from '../support/apps.ts';
import { endpointInfoOf, managedOf, sandboxOf } from '../support/running.ts';

const now = 100 * 60_000;
const minutes = (count: number) => now - count * 60_000;
const environment = (name: string) => ({
  name,
  isDefault: name === 'main',
  runningContainers: 0,
  runningGpus: 0,
});
const boxes = appOf({ name: 'boxes' });
const sandbox = (changes: Partial<Sandbox> = {}) =>
  sandboxOf({ createdAt: minutes(6), startedAt: minutes(5), ...changes });
const managed = (changes: Partial<ManagedEndpoint> = {}) => managedOf({ createdAt: minutes(90), ...changes });
const info = (changes: Partial<EndpointInfo> = {}) => endpointInfoOf(changes);

const build = (changes: Partial<Snapshot>, options: Partial<AppRowOptions> = {}) =>
  new AppRowsBuilder().build(
    { ...emptySnapshot, environments: [environment('main')], apps: [boxes], ...changes },
    { now, showStopped: false, ...options },
  );
const lifecycleWith = (facts: ServerFacts) => ({
  stamp: () => '',
  below: () => [],
  functionFacts: () => [],
  serverFacts: () => facts,
});

describe('sandboxes', () => {
  it('stand below their app, with state, GPU, price and age', () => {
    const { rows, targets } = build({
      sandboxes: [sandbox(), sandbox({ id: 'sb-2', name: 'held', gpu: '' })],
    });
    expect(rows.get('app/ap-1')?.childIds).toContain('sandboxes/ap-1');
    expect(rows.get('sandboxes/ap-1')).toMatchObject({
      description: '2 running · $1.19/h',
      childIds: ['sandbox/sb-1', 'sandbox/sb-2'],
      collapsible: 'collapsed',
    });
    expect(rows.get('sandbox/sb-1')).toMatchObject({
      label: '…sb-1',
      description: 'running · A10 · $1.17/h · 5m ago',
      spoken: 'Sandbox sb-1, running, A10, from $1.17 per hour, since 5 minutes ago',
      context: 'sandbox running logged',
    });
    // One for which nothing was asked pays the least: 0.125 × $0.1419 + 0.125 × $0.024.
    expect(rows.get('sandbox/sb-2')).toMatchObject({
      label: 'held',
      description: 'running · CPU · $0.0207/h · 5m ago',
    });
    expect(targets.get('sandbox/sb-2')).toMatchObject({
      kind: 'sandbox',
      app: boxes,
      sandbox: { name: 'held' },
    });
  });

  it.each([
    [{ gpu: undefined }, 'running · GPU unknown · price unknown · 5m ago'],
    [{ gpu: 'Z9' }, 'running · Z9 · price unknown · 5m ago'],
    [{ cores: undefined }, 'running · A10 · price unknown · 5m ago'],
    [{ startedAt: undefined, createdAt: undefined }, 'running · A10 · $1.17/h · time unknown'],
    [{ state: 'starting', startedAt: undefined }, 'starting · A10 · $1.17/h · 6m ago'],
  ] as const)('say what is not known: %j', (changes, description) => {
    expect(build({ sandboxes: [sandbox(changes)] }).rows.get('sandbox/sb-1')?.description).toBe(description);
  });

  it('have no price where the rates of sandboxes are not told', () => {
    const rates = { ...datedRates, usdPerHour: { gpu_hour_cost_a10g: 1.1 } };
    const { rows } = build({ sandboxes: [sandbox()] }, { rates });
    expect(rows.get('sandbox/sb-1')?.description).toContain('price unknown');
    expect(rows.get('sandboxes/ap-1')?.description).toBe('1 running · price unknown');
  });

  it('make their app run, and count in its environment with their price', () => {
    const { rows } = build({ sandboxes: [sandbox(), sandbox({ id: 'sb-2', gpu: 'Z9' })] });
    expect(rows.get('app/ap-1')?.description).toContain('2 running · 2 sandboxes');
    expect(rows.get('environment/main')).toMatchObject({
      description: '1 app · 2 running · more than $1.17/h',
      spoken: 'Environment main, 1 app, 2 running, more than $1.17 per hour',
    });
  });

  it('have their tunnels below them, as addresses', () => {
    const tunnels = [
      { port: 8000, url: 'https://abc.r5.modal.host', socket: '' },
      { port: 22, url: '', socket: 'r5.modal.host:4711' },
    ];
    const { rows, targets } = build({ sandboxes: [sandbox({ tunnels })] });
    expect(rows.get('sandbox/sb-1')?.childIds).toEqual(['tunnel/sb-1/8000', 'tunnel/sb-1/22']);
    expect(rows.get('tunnel/sb-1/8000')).toMatchObject({
      ...{ label: 'port 8000', description: 'abc.r5.modal.host', context: 'tunnel address web' },
    });
    expect(rows.get('tunnel/sb-1/22')).toMatchObject({
      description: 'r5.modal.host:4711',
      context: 'tunnel address',
    });
    expect(targets.get('tunnel/sb-1/22')).toMatchObject({ kind: 'tunnel', tunnel: { port: 22 } });
  });

  it.each([
    ['in no list', [] as App[]],
    ['stopped', [{ ...boxes, state: 'stopped' }] as App[]],
  ])('whose app is %s stand in their environment', (_title, apps) => {
    const { rows, total, besides } = build({ apps, sandboxes: [sandbox()] });
    expect(rows.get('environment/main')?.childIds).toEqual(['otherSandboxes/environment/main']);
    expect(rows.get('otherSandboxes/environment/main')).toMatchObject({
      ...{ label: 'Other sandboxes', description: '1 running · $1.17/h', childIds: ['sandbox/sb-1'] },
    });
    expect(rows.get('environment/main')?.description).toContain('1 running · $1.17/h');
    expect([total, besides.total]).toEqual([0, 1]);
  });

  it('in their thousands come in pages, with their count', () => {
    const sandboxes = Array.from({ length: 10_000 }, (_, at) => sandbox({ id: `sb-${at}`, gpu: '' }));
    const pages = new Map<string, number>();
    const builder = new AppRowsBuilder();
    const snapshot = { ...emptySnapshot, environments: [environment('main')], apps: [boxes], sandboxes };
    const { rows } = builder.build(snapshot, { now, showStopped: false, pages });
    expect(rows.get('sandboxes/ap-1')?.description).toBe('10000 running · $207.37/h');
    expect(rows.get('sandboxes/ap-1')?.childIds).toHaveLength(pageSize + 1);
    expect(rows.get('more/sandboxes/ap-1')?.description).toBe('9000 not shown');
    expect(builder.build({ ...snapshot }, { now, showStopped: false, pages }).changed).toEqual([]);
    pages.set('sandboxes/ap-1', 2 * pageSize);
    expect(builder.build({ ...snapshot }, { now, showStopped: false, pages }).changed).toEqual([
      'more/sandboxes/ap-1',
      'sandboxes/ap-1',
    ]);
    expect(
      builder
        .build({ ...snapshot, sandboxes: [] }, { now, showStopped: false, pages })
        .rows.has('sandbox/sb-1'),
    ).toBe(false);
  });

  it('of which only the newest were read say so, with the way to the others', () => {
    const { rows, targets } = build({ sandboxes: [sandbox()], moreSandboxes: ['main'] });
    expect(rows.get('sandboxes/ap-1')).toMatchObject({
      description: '1+ running · $1.17/h',
      spoken: 'Sandboxes, 1 or more running, $1.17 per hour',
    });
    expect(rows.get('moreSandboxes/main')).toMatchObject({
      ...{ label: 'Show more sandboxes', description: 'only the newest 1 are loaded' },
      command: { id: 'modalGpu.showMoreApps' },
    });
    expect(targets.get('moreSandboxes/main')).toMatchObject({ kind: 'moreSandboxes', environment: 'main' });
  });

  it('change only their own row when they age, and leave with their tunnels when they end', () => {
    const tunnels = [{ port: 80, url: 'https://abc.modal.host', socket: '' }];
    const snapshot = {
      ...emptySnapshot,
      environments: [environment('main')],
      apps: [boxes],
      sandboxes: [sandbox({ tunnels })],
    };
    const builder = new AppRowsBuilder();
    builder.build(snapshot, { now, showStopped: false });
    const later = builder.build(snapshot, { now: now + 60_000, showStopped: false });
    expect(later.changed).toContain('sandbox/sb-1');
    expect(later.changed).not.toContain('sandboxes/ap-1');
    const { rows, targets } = builder.build({ ...snapshot, sandboxes: [] }, { now, showStopped: false });
    expect([...rows.keys()].filter((id) => /sandbox|tunnel/.test(id))).toEqual([]);
    expect([...targets.keys()].filter((id) => /sandbox|tunnel/.test(id))).toEqual([]);
  });
});

describe('servers', () => {
  const details = (changes: Partial<AppDetails['functions'][number]> = {}): Map<string, AppDetails> =>
    new Map([
      [
        'ap-1',
        {
          appId: 'ap-1',
          functions: [
            {
              id: 'fu-1',
              tag: 'Chat',
              kind: 'server',
              gpus: ['L4'],
              endpoints: [endpointOf({ name: 'Chat' })],
              ...changes,
            },
            { id: 'fu-2', tag: 'other', kind: 'function', gpus: [], endpoints: [] },
          ],
        },
      ],
    ]);
  const server = (facts: Partial<ServerFacts>, changes = {}) =>
    build(
      { details: details(changes) },
      { lifecycle: lifecycleWith({ running: undefined, info: undefined, others: [], ...facts }) },
    ).rows.get('server/ap-1/Chat');

  it('are rows of their own kind, with their address below them', () => {
    const { rows, targets } = build({ details: details() });
    expect(rows.get('app/ap-1')?.childIds).toEqual(['server/ap-1/Chat', 'function/ap-1/other']);
    expect(rows.get('server/ap-1/Chat')).toMatchObject({
      ...{ kind: 'server', icon: 'server', childIds: ['endpoint/ap-1/Chat'], collapsible: 'expanded' },
      context: 'server running address web',
    });
    expect(rows.get('endpoint/ap-1/Chat')).toMatchObject({
      parentId: 'server/ap-1/Chat',
      context: 'endpoint',
    });
    expect(targets.get('server/ap-1/Chat')).toMatchObject({ kind: 'server', fn: { id: 'fu-1' } });
  });

  it.each([
    [{ running: 2 }, '2 running · L4 · $1.60/h'],
    [{ running: 0 }, 'idle · L4 · $0.80/h per container'],
    [{}, 'containers unknown · L4 · $0.80/h per container'],
    [{ running: 1, others: ['min 1'] }, '1 running · L4 · $0.80/h · min 1'],
    [
      { running: 1, info: { region: '', sessioned: false, cores: 2, memoryGib: 4 } },
      '1 running · L4 · $0.93/h',
    ],
  ] as const)('say what %j is known of them', (facts, description) => {
    expect(server(facts)?.description).toBe(description);
  });

  it('without a GPU are priced by cores and memory, once these are known', () => {
    const known = { region: '', sessioned: false, cores: 1, memoryGib: 1 };
    expect(server({ running: 1 }, { gpus: [] })?.description).toBe('1 running · CPU · price unknown');
    expect(server({ running: 1, info: known }, { gpus: [] })?.description).toBe(
      '1 running · CPU · $0.0553/h',
    );
    expect(server({ running: 1, info: known }, { gpus: undefined })?.description).toBe(
      '1 running · GPU unknown · price unknown',
    );
  });

  it('offer no stop while nothing runs, and no request without an address', () => {
    expect(server({ running: 0 })?.context).toBe('server address web');
    expect(server({ running: 0 }, { endpoints: [] })).toMatchObject({
      context: 'server',
      collapsible: 'none',
    });
  });

  it('run as many containers as their app, where it has nothing else', () => {
    const only = new Map([
      ['ap-1', { appId: 'ap-1', functions: details().get('ap-1')!.functions.slice(0, 1) }],
    ]);
    const containers = [
      { id: 'ta-1', appId: 'ap-1', startedAt: now },
      { id: 'ta-2', appId: 'ap-1' },
    ];
    const { rows } = build({ details: only, containers });
    expect(rows.get('server/ap-1/Chat')?.description).toBe('1 running · L4 · $0.80/h');
  });
});

describe('managed endpoints', () => {
  it('stand before the apps of their environment, with state, GPU, price, model and age', () => {
    const { rows, targets } = build({ endpoints: [managed({ info: info() })] });
    expect(rows.get('environment/main')?.childIds).toEqual(['managedEndpoints/environment/main', 'app/ap-1']);
    expect(rows.get('managedEndpoints/environment/main')).toMatchObject({ description: '1 live' });
    expect(rows.get('managed/ep-1')).toMatchObject({
      ...{ label: 'chat', description: 'live · L40S · $1.95/h per container · Qwen/Qwen3-4B · 1h ago' },
      ...{ context: 'managed address web logged', icon: 'sparkle' },
      spoken:
        'Managed endpoint chat, live, model Qwen/Qwen3-4B, L40S, from $1.95 per hour per container, made 1 hour ago',
    });
    expect(targets.get('managed/ep-1')).toMatchObject({ kind: 'managed', managed: { id: 'ep-1' } });
  });

  it('know how many containers run, where the app behind them is listed', () => {
    const of = (running: number) =>
      build({
        apps: [{ ...boxes, runningContainers: running }],
        endpoints: [managed({ info: info({ appId: 'ap-1' }) })],
      }).rows.get('managed/ep-1')?.description;
    expect(of(2)).toMatch(/^live · 2 running · L40S · \$3\.90\/h · /);
    expect(of(0)).toMatch(/^live · idle · L40S · \$1\.95\/h per container · /);
  });

  it.each([
    [{}, 'live · GPU unknown · price unknown · model unknown · 1h ago', 'managed'],
    [
      { info: info({ gpus: undefined, url: '', appId: undefined }) },
      'live · GPU unknown · price unknown · Qwen/Qwen3-4B · 1h ago',
      'managed',
    ],
    [
      { shared: true, info: info() },
      'live · shared, billed by token · Qwen/Qwen3-4B · 1h ago',
      'managed address web',
    ],
    [
      { status: 'Hibernating', info: info({ state: 'unknown' }) },
      'unknown state · L40S · $1.95/h per container · Qwen/Qwen3-4B · 1h ago',
      'managed address web logged',
    ],
    [
      { createdAt: undefined, info: info({ model: '', repository: '' }) },
      'live · L40S · $1.95/h per container · model unknown · time unknown',
      'managed address web logged',
    ],
  ])('say what is not known: %j', (changes, description, context) => {
    expect(build({ endpoints: [managed(changes)] }).rows.get('managed/ep-1')).toMatchObject({
      description,
      context,
    });
  });

  it('are shown where nothing else is, so that the welcome does not hide them', () => {
    const { rows, besides } = build({ apps: [], endpoints: [managed()] });
    expect(rows.get('')?.childIds).toEqual(['environment/main']);
    expect(besides).toEqual({ shown: 1, total: 1 });
  });

  it('of several environments name theirs where no row above does', () => {
    const environments = [environment('main'), environment('dev')];
    const { rows } = build(
      { environments, endpoints: [managed({ environment: 'dev' })] },
      { arrangement: { ...defaultArrangement, groupBy: 'none' } },
    );
    expect(rows.get('')?.childIds).toEqual(['managedEndpoints/', 'app/ap-1']);
    expect(rows.get('managed/ep-1')?.description).toContain(' · dev · ');
  });
});

describe('lists that cannot be read', () => {
  it('say so in their environment, with the way to try again', () => {
    const error = new ModalError('timeout', 'Modal did not answer in time. Try again.');
    const { rows } = build({}, { listProblems: [{ environment: 'main', of: 'sandboxes', error }] });
    expect(rows.get('environment/main')?.childIds).toEqual(['app/ap-1', 'problem/sandboxes/main']);
    expect(rows.get('problem/sandboxes/main')).toMatchObject({
      ...{
        label: 'Retry',
        description: "Couldn't load sandboxes: Modal did not answer in time. Try again.",
      },
      command: { id: 'modalGpu.refresh' },
    });
  });
});

describe('the filter', () => {
  const all = {
    apps: [boxes, appOf({ id: 'ap-2', name: 'quiet' })],
    sandboxes: [
      sandbox({ name: 'builder' }),
      sandbox({ id: 'sb-2', appId: 'ap-9', name: 'lost', environment: 'dev' }),
    ],
    endpoints: [managed({ info: info() })],
    environments: [environment('main'), environment('dev')],
  };
  const shown = (filter: Partial<AppFilter>) => {
    const { rows } = build(all, {
      arrangement: { ...defaultArrangement, filter: { ...noAppFilter, ...filter } },
    });
    return [...rows.keys()].filter((id) => /^(app|sandbox|managed)\//.test(id)).sort();
  };

  it.each([
    [{ text: 'builder' }, ['app/ap-1', 'sandbox/sb-1']],
    [{ text: 'lost' }, ['sandbox/sb-2']],
    [{ text: 'qwen3' }, ['managed/ep-1']],
    [{ gpus: ['A10'] }, ['app/ap-1', 'sandbox/sb-1', 'sandbox/sb-2']],
    [{ gpus: ['L40S'] }, ['managed/ep-1']],
    [{ states: ['running'] }, ['app/ap-1', 'managed/ep-1', 'sandbox/sb-1', 'sandbox/sb-2']],
    [{ states: ['stopped'] }, []],
    [{ environments: ['dev'] }, ['sandbox/sb-2']],
    [{ mine: true }, []],
  ] as const)('%j finds them too', (filter, ids) => {
    expect(shown(filter)).toEqual(ids);
  });
});

describe('the badge', () => {
  const badge = (changes: Partial<Snapshot>) =>
    runningBadge({ ...emptySnapshot, apps: [{ ...boxes, runningContainers: 1 }], ...changes }, datedRates);

  it('counts sandboxes with their price, also where the server does not count them', () => {
    const containers = [{ id: 'ta-1', appId: 'ap-1', startedAt: 1, gpu: 'A10' }];
    expect(badge({ containers })).toEqual({
      value: 1,
      tooltip: '1 container running, 1 with GPU: about $1.10/h',
    });
    expect(badge({ containers, sandboxes: [sandbox()] })).toEqual({
      value: 2,
      tooltip: '2 containers running, 1 of them a sandbox, 2 with GPU: about $2.27/h',
    });
    expect(badge({ sandboxes: [sandbox(), sandbox({ id: 'sb-2', appId: '', gpu: '' })] })).toEqual({
      value: 2,
      tooltip: '2 containers running, 2 of them sandboxes, 1 with GPU: about $1.19/h',
    });
  });

  it('says that a price is not known, and that there are more', () => {
    expect(badge({ sandboxes: [sandbox({ gpu: 'Z9' })] })?.tooltip).toBe(
      '1 container running, 1 of them a sandbox, 1 with GPU: price unknown',
    );
    expect(badge({ sandboxes: [sandbox()], moreSandboxes: ['main'] })?.tooltip).toBe(
      'at least 1 container running, 1 of them a sandbox, 1 with GPU: more than $1.17/h',
    );
  });
});
