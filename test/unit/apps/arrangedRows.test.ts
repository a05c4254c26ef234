import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { App, AppDetails, AppState, Container } from '../../../src/domain/app.ts';
import type { AppFilter } from '../../../src/features/apps/core/appFilter.ts';
import { filterStates, noAppFilter } from '../../../src/features/apps/core/appFilter.ts';
import type { Arrangement, Grouping } from '../../../src/features/apps/core/arrangement.ts';
import {
  defaultArrangement,
  groupings,
  readArrangement,
  sortings,
} from '../../../src/features/apps/core/arrangement.ts';
import { datedRates } from '../../../src/domain/cost.ts';
import { ModalError } from '../../../src/domain/errors.ts';
import type { Snapshot } from '../../../src/store/snapshot.ts';
import { emptySnapshot } from '../../../src/store/snapshot.ts';
import { runningBadge } from '../../../src/features/apps/ui/appBadge.ts';
import type { AppRowOptions, AppRows } from '../../../src/features/apps/ui/appRows.ts';
import { AppRowsBuilder } from '../../../src/features/apps/ui/appRows.ts';
import { diffRows } from '../../../src/editor/rows/row.ts';
import { appOf, endpointOf } from '../support/apps.ts';

const now = 100 * 60_000;
const app = (id: string, changes: Partial<App> = {}) =>
  appOf({ id, name: `name-${id}`, createdAt: 0, version: 1, ...changes });
const details = (appId: string, gpu: string, changes: Partial<AppDetails> = {}): [string, AppDetails] => [
  appId,
  {
    appId,
    functions: [
      {
        id: `fu-${appId}`,
        tag: 'Model.*',
        kind: 'class',
        gpus: gpu ? [gpu] : [],
        endpoints: [endpointOf({ functionId: `fu-${appId}`, url: `https://me--${appId}.modal.run` })],
      },
    ],
    ...changes,
  },
];
const environment = (name: string, isDefault = false) => ({
  name,
  isDefault,
  runningContainers: 0,
  runningGpus: 0,
});
const snapshot: Snapshot = {
  ...emptySnapshot,
  environments: [environment('main', true), environment('dev')],
  apps: [
    app('b', { name: 'qwen-10', runningContainers: 2, deployedAt: 5 }),
    app('a', { name: 'qwen-9', environment: 'dev', deployedAt: 9 }),
    app('c', { name: 'web', state: 'ephemeral', deployedAt: 7 }),
    app('d', { name: 'old', state: 'stopped', stoppedAt: 60_000 }),
    app('e', { name: 'new', deployedAt: 1 }),
  ],
  details: new Map([
    details('b', 'H100:2', { deployedBy: 'ann' }),
    details('a', 'A10G', { deployedBy: 'bob' }),
    details('c', ''),
  ]),
  containers: [{ id: 'ta-XYZ', appId: 'b', enqueuedAt: 0, startedAt: 1 }],
};

const build = (arrangement: Partial<Arrangement> = {}, options: Partial<AppRowOptions> = {}) =>
  new AppRowsBuilder().build(snapshot, {
    now,
    showStopped: false,
    arrangement: { ...defaultArrangement, ...arrangement },
    ...options,
  });
/** Ids of the app rows as they stand below each other. */
const appsOf = ({ rows }: AppRows, id = ''): string[] =>
  rows
    .get(id)!
    .childIds.flatMap((child) =>
      child.startsWith('app/') ? child.slice(4) : appsOf({ rows } as AppRows, child),
    );
const filtered = (filter: Partial<AppFilter>, user = '') =>
  appsOf(build({ filter: { ...noAppFilter, ...filter } }, { user })).sort();

describe('filter', () => {
  it.each([
    ['QWEN', ['a', 'b']],
    ['qwen 10', ['b']],
    ['model', ['a', 'b', 'c']],
    ['me--a.modal', ['a']],
    ['ta-xyz', ['b']],
    ['nothing like this', []],
    ['  ', ['a', 'b', 'c', 'e']],
  ])('finds %j in names, functions, endpoints and containers', (text, ids) => {
    expect(filtered({ text })).toEqual(ids);
  });

  it('takes any of the chosen states, GPUs and environments, and all kinds together', () => {
    expect(filtered({ states: ['running'] })).toEqual(['b']);
    expect(filtered({ states: ['running', 'ephemeral'] })).toEqual(['b', 'c']);
    expect(filtered({ states: ['stopped'] })).toEqual(['d']);
    expect(filtered({ gpus: ['A10'] })).toEqual(['a']);
    expect(filtered({ gpus: ['CPU', 'H100'] })).toEqual(['b', 'c']);
    expect(filtered({ environments: ['dev'] })).toEqual(['a']);
    expect(filtered({ environments: ['dev'], gpus: ['H100'] })).toEqual([]);
    expect(filtered({ mine: true }, 'ann')).toEqual(['b']);
  });

  it('leaves out empty environments and counts', () => {
    const rows = build({ filter: { ...noAppFilter, text: 'qwen-9' } });
    expect(rows.rows.get('')?.childIds).toEqual(['environment/dev']);
    expect(rows).toMatchObject({ shown: 1, total: 4 });
    const none = build({ filter: { ...noAppFilter, text: 'zzz' } });
    expect(none.rows.get('')?.childIds).toEqual([]);
    expect(none).toMatchObject({ shown: 0, total: 4 });
  });
});

describe('grouping and order', () => {
  const labels = ({ rows }: AppRows) => rows.get('')!.childIds.map((id) => rows.get(id)!.label);

  it('groups by environment, state, GPU or not at all', () => {
    expect(labels(build())).toEqual(['main', 'dev']);
    expect(labels(build({ groupBy: 'state' }))).toEqual(['Deployed', 'Ephemeral run']);
    expect(labels(build({ groupBy: 'gpu' }))).toEqual([
      'A10',
      'CPU only',
      'H100',
      'Functions not loaded yet',
    ]);
    expect(labels(build({ groupBy: 'none' }))).toEqual(['new', 'qwen-9', 'qwen-10', 'web']);
  });

  it('says of a group that it does not know how much runs where it is unknown of an app', () => {
    const groupOf = (counts: readonly (number | undefined)[]) => {
      const apps = counts.map((runningContainers, at) => ({ ...app(`${at}`), runningContainers }));
      const arrangement = { ...defaultArrangement, groupBy: 'state' as const };
      const { rows } = new AppRowsBuilder().build(
        { ...snapshot, apps },
        { now, showStopped: false, arrangement },
      );
      return rows.get(rows.get('')!.childIds[0]!)!.description;
    };
    expect(groupOf([2, undefined])).toContain('at least 2 running');
    expect(groupOf([0, undefined])).toContain('unknown number running');
    expect(groupOf([0, 0])).not.toContain('running');
  });

  it('names the environment in the row where no other row does', () => {
    expect(build().rows.get('app/a')?.description).not.toContain('dev');
    expect(build({ groupBy: 'none' }).rows.get('app/a')).toMatchObject({
      description: 'idle · A10 · dev · 1h ago',
      spoken: 'App qwen-9, deployed, idle, A10, environment dev, deployed 1 hour ago',
    });
  });

  it('sorts by name as people count, by last deploy, or by running containers', () => {
    const order = (sortBy: Arrangement['sortBy']) => appsOf(build({ groupBy: 'none', sortBy }));
    expect(order('name')).toEqual(['e', 'a', 'b', 'c']);
    expect(order('deployed')).toEqual(['a', 'c', 'b', 'e']);
    expect(order('running')).toEqual(['b', 'e', 'a', 'c']);
  });

  it('says where deploys go, when there is a choice', () => {
    expect(build({}, { deployEnvironment: 'dev' }).rows.get('environment/dev')).toMatchObject({
      description: '1 app · deploy target',
      spoken: 'Environment dev, 1 app, deploy target',
    });
    expect(build({}, { deployEnvironment: 'dev' }).rows.get('environment/main')?.description).toBe('3 apps');
  });
});

describe('an environment that is not listed at each read', () => {
  const listed = (minutes: number) => {
    const listedAt = new Map([
      ['main', now],
      ['dev', now - minutes * 60_000],
    ]);
    const options = { now, showStopped: false, deployEnvironment: '' };
    return new AppRowsBuilder().build({ ...snapshot, listedAt }, options).rows.get('environment/dev');
  };

  it('says how old its rows are from a minute on', () => {
    expect(listed(0.9)).toMatchObject({ description: '1 app', spoken: 'Environment dev, 1 app' });
    expect(listed(3)).toMatchObject({
      description: '1 app · read 3m ago',
      spoken: 'Environment dev, 1 app, read 3 minutes ago',
    });
  });
});

describe('rows in special states', () => {
  it('tell ephemeral, stopped, disabled and unknown apps apart in words', () => {
    const rowOf = (state: AppState) =>
      new AppRowsBuilder()
        .build(
          { ...snapshot, apps: [app('x', { state, stoppedAt: now })], details: new Map() },
          { now, showStopped: true },
        )
        .rows.get('app/x')!;
    expect(rowOf('ephemeral').spoken).toBe('App name-x, ephemeral run, idle, started 1 hour ago');
    expect(rowOf('ephemeral').tooltip()).toContain('Ends when its modal run or modal serve command exits.');
    expect(rowOf('stopped')).toMatchObject({ description: 'stopped · just now', collapsible: 'none' });
    expect(rowOf('disabled')).toMatchObject({
      description: 'disabled · 1h ago',
      context: 'app disabled ended',
    });
    expect(rowOf('unknown').description).toContain('unknown state');
  });

  it('show that functions are being read, or why they could not be and how to try again', () => {
    expect(build().rows.get('app/e')?.childIds).toEqual(['reading/e']);
    const problems = new Map([['e', new ModalError('timeout', 'Modal did not answer in time. Try again.')]]);
    const { rows, targets } = build({}, { problems });
    expect(rows.get('app/e')?.childIds).toEqual(['problem/e']);
    expect(rows.get('problem/e')).toMatchObject({
      label: 'Retry',
      description: "Couldn't load functions: Modal did not answer in time. Try again.",
      command: { id: 'modalGpu.retryApp' },
    });
    expect(targets.get('problem/e')).toMatchObject({ kind: 'app', app: { id: 'e' } });
  });

  it('give each address of a function a row of its own', () => {
    const [, twins] = details('a', 'A10');
    const fn = twins.functions[0]!;
    const endpoints = [...fn.endpoints, { ...fn.endpoints[0]!, url: 'https://eu.modal.run' }];
    const known = new Map([['a', { ...twins, functions: [{ ...fn, endpoints }] }]]);
    const { rows } = new AppRowsBuilder().build({ ...snapshot, details: known }, { now, showStopped: false });
    expect(rows.get('function/a/Model.*')?.childIds).toEqual(['endpoint/a/web', 'endpoint/a/web/1']);
    expect(rows.get('endpoint/a/web/1')?.description).toBe('eu.modal.run');
  });

  it('show the first of very many siblings, and more when asked', () => {
    const many = { ...snapshot, apps: Array.from({ length: 1200 }, (_, at) => app(`m${at}`)) };
    const builder = new AppRowsBuilder();
    const first = builder.build(many, { now, showStopped: false });
    const shown = first.rows.get('environment/main')!;
    expect(shown.childIds).toHaveLength(1001);
    expect(first.rows.get(shown.childIds.at(-1)!)).toMatchObject({
      label: 'Show more',
      description: '200 not shown',
    });
    const pages = new Map([['environment/main', 2000]]);
    const second = builder.build(many, { now, showStopped: false, pages });
    expect(second.rows.get('environment/main')?.childIds).toHaveLength(1200);
    expect(second.rows.has('more/environment/main')).toBe(false);
  });
});

describe('the badge', () => {
  const running: Container[] = [
    { id: '1', appId: 'b', enqueuedAt: 0, gpu: 'A10' },
    { id: '2', appId: 'b', enqueuedAt: 0, gpu: 'A10' },
    { id: '3', appId: 'b', enqueuedAt: 0, gpu: '' },
  ];
  const of = (containers: readonly Container[], runningContainers = containers.length) =>
    runningBadge({ ...emptySnapshot, apps: [app('b', { runningContainers })], containers }, datedRates);

  it('counts containers and adds up what their GPUs cost', () => {
    expect(of(running)).toEqual({ value: 3, tooltip: '3 containers running, 2 with GPU: about $2.20/h' });
    expect(of(running.slice(2))).toEqual({ value: 1, tooltip: '1 container running' });
    expect(of([{ ...running[0]!, gpu: 'Z9' }, running[1]!])?.tooltip).toBe(
      '2 containers running, 2 with GPU: more than $1.10/h',
    );
    expect(of([{ ...running[0]!, gpu: 'Z9' }])?.tooltip).toBe(
      '1 container running, 1 with GPU: price unknown',
    );
  });

  it('is silent when nothing runs', () => {
    expect(of([])).toBeUndefined();
  });

  it('says at least how many where the number of an app is unknown', () => {
    const apps = [app('a', { runningContainers: 2 }), { ...app('b'), runningContainers: undefined }];
    const badge = runningBadge({ ...emptySnapshot, apps }, datedRates);
    expect(badge).toEqual({ value: 2, tooltip: 'at least 2 containers running' });
  });
});

describe('the stored arrangement', () => {
  it('survives being stored, and anything else that may be stored', () => {
    const filter = {
      text: 'x',
      states: ['running' as const],
      gpus: ['A10'],
      environments: ['dev'],
      mine: true,
      functions: true,
    };
    const arrangement = { filter, groupBy: 'gpu', sortBy: 'running' } as const;
    expect(readArrangement(JSON.parse(JSON.stringify(arrangement)))).toEqual(arrangement);
    for (const junk of [undefined, null, 7, 'x', [], { filter: 3, groupBy: 'moon', sortBy: {} }])
      expect(readArrangement(junk)).toEqual(defaultArrangement);
    expect(readArrangement({ filter: { states: ['running', 'moon'], gpus: [1, 'L4'] } }).filter).toEqual({
      ...noAppFilter,
      states: ['running'],
      gpus: ['L4'],
    });
  });
});

describe('building step by step', () => {
  // Few objects, taken again and again, as the store keeps those of apps without news.
  const ids = ['a', 'b', 'c', 'd'];
  const someApps = fc
    .tuple(
      ...ids.map((id) =>
        fc.constantFrom(
          undefined,
          app(id),
          app(id, { name: 'one', runningContainers: 2 }),
          app(id, { name: 'three', environment: 'dev' }),
          app(id, { state: 'ephemeral', deployedAt: 3 }),
          app(id, { state: 'stopped' }),
        ),
      ),
    )
    .map((apps) => apps.filter((each) => each !== undefined));
  const someDetails = fc
    .tuple(
      ...ids.map((id) =>
        fc.constantFrom(undefined, details(id, 'A10'), details(id, 'H100'), details(id, '')),
      ),
    )
    .map((all) => new Map(all.filter((each) => each !== undefined)));
  const someContainers = fc
    .tuple(
      ...ids.map((appId) => {
        const container: Container = { id: `ta-${appId}`, appId, enqueuedAt: 0 };
        return fc.constantFrom(undefined, container, { ...container, gpu: 'A10' });
      }),
    )
    .map((all) => all.filter((each) => each !== undefined));
  const main = environment('main', true);
  const someEnvironments = fc.constantFrom([main, environment('dev')], [main]);
  const lists = {
    environments: someEnvironments,
    apps: someApps,
    details: someDetails,
    containers: someContainers,
  };
  const someSnapshot: fc.Arbitrary<Snapshot> = fc.record(lists).map((all) => ({ ...emptySnapshot, ...all }));
  const mostly = <T>(usual: T, other: fc.Arbitrary<T>) =>
    fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });
  const options = {
    now: mostly(now, fc.constant(now + 60_000)),
    showStopped: fc.boolean(),
    arrangement: fc.record({
      filter: mostly<AppFilter>(
        noAppFilter,
        fc.record({
          text: fc.constantFrom('', 'o', 'three'),
          states: fc.subarray([...filterStates], { maxLength: 1 }),
          gpus: fc.constantFrom([], ['A10']),
          environments: fc.constantFrom([], ['dev']),
          mine: fc.constant(false),
          functions: fc.boolean(),
        }),
      ),
      groupBy: mostly<Grouping>('environment', fc.constantFrom(...groupings)),
      sortBy: fc.constantFrom(...sortings),
    }),
    problems: fc.constantFrom(
      new Map<string, ModalError>(),
      new Map([['a', new ModalError('timeout', 'slow')]]),
    ),
    pages: fc.constantFrom(
      new Map<string, number>(),
      new Map([
        ['environment/main', 1],
        ['', 2],
        ['app/a', 1],
      ]),
    ),
    deployEnvironment: fc.constantFrom('', 'dev'),
  };
  const someOptions = fc.record(options);
  /** What the next build finds changed: a part of the snapshot or some of the options. */
  const someStep = fc.oneof(
    fc.record(lists, { requiredKeys: [] }).map((snapshot) => ({ snapshot, options: {} })),
    fc.record(options, { requiredKeys: [] }).map((changes) => ({ snapshot: {}, options: changes })),
  );
  /** Rows without their functions, which are never equal. */
  const plain = ({ rows, targets }: AppRows) => ({
    rows: Object.fromEntries(
      [...rows].map(([id, row]) => [id, { ...row, tooltip: row.tooltip() }] as const).sort(),
    ),
    targets: Object.fromEntries([...targets].sort()),
  });

  it('ends with the same rows as building at once, and then has no more to paint', () => {
    fc.assert(
      fc.property(someSnapshot, someOptions, fc.array(someStep), (first, firstOptions, steps) => {
        const builder = new AppRowsBuilder();
        let current = { snapshot: first, options: firstOptions };
        for (const step of [{ snapshot: {}, options: {} }, ...steps]) {
          current = {
            snapshot: { ...current.snapshot, ...step.snapshot },
            options: { ...current.options, ...step.options },
          };
          const built = builder.build(current.snapshot, current.options);
          expect(plain(built)).toEqual(plain(new AppRowsBuilder().build(current.snapshot, current.options)));
          expect(builder.build(current.snapshot, current.options).changed).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('tells every row that changed, and no other', () => {
    fc.assert(
      fc.property(
        someSnapshot,
        someOptions,
        someSnapshot,
        someOptions,
        (first, firstOptions, second, others) => {
          const builder = new AppRowsBuilder();
          const before = new Map(builder.build(first, firstOptions).rows);
          const { rows, changed } = builder.build(second, others);
          const { changed: differing } = diffRows(before, rows);
          const moved = [...rows].some(
            ([id, row]) => before.has(id) && before.get(id)?.parentId !== row.parentId,
          );
          expect([...changed].sort()).toEqual(moved ? [''] : [...differing].sort());
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('keeps a parent for every row and lists it there', () => {
    fc.assert(
      fc.property(someSnapshot, someOptions, (each, chosen) => {
        const { rows, targets } = new AppRowsBuilder().build(each, chosen);
        for (const row of rows.values())
          if (row.id) expect(rows.get(row.parentId ?? '')?.childIds).toContain(row.id);
        for (const row of rows.values()) for (const id of row.childIds) expect(rows.has(id)).toBe(true);
        for (const id of targets.keys()) expect(rows.has(id)).toBe(true);
      }),
    );
  });
});
