import { describe, expect, it } from 'vitest';
import { ModalError } from '../../../../src/domain/errors.ts';
import { silentLogger } from '../../../../src/shared/logger.ts';
import type { AppVersion, Autoscaler } from '../../../../src/domain/lifecycle.ts';
import type { ControlPlane } from '../../../../src/modal/controlPlane.ts';
import { AppStore } from '../../../../src/store/appStore.ts';
import { LazyFacts } from '../../../../src/store/lazyFacts.ts';
import { AppRowsBuilder } from '../../../../src/features/apps/ui/appRows.ts';
import { LifecycleRows } from '../../../../src/features/apps/ui/lifecycleRows.ts';
import { versionRows } from '../../../../src/features/apps/ui/versionRows.ts';
import { appOf } from '../../support/apps.ts';

const now = 100_000;
const app = appOf({ name: 'finbert', createdAt: 0, version: 1 });
const version = (number: number, changes: Partial<AppVersion> = {}): AppVersion => ({
  number,
  deployedAt: now,
  deployedBy: 'alice',
  clientVersion: '',
  tag: '',
  kind: 'standard',
  rollbackAllowed: true,
  live: false,
  ...changes,
});
const fact = { loading: false, stamp: '', revision: 1 };
const labels = (rows: ReturnType<typeof versionRows>) => rows.slice(1).map(([row]) => row.label);

describe('version rows', () => {
  it('tell menus and screen readers which one serves', () => {
    const [head, live, old] = versionRows(
      app,
      { ...fact, value: [version(2, { live: true }), version(1)] },
      'app/ap-1',
      now,
    );
    expect(head?.[0]).toMatchObject({ label: 'Versions', description: '2', collapsible: 'collapsed' });
    expect(live?.[0]).toMatchObject({ label: 'v2', context: 'version serving', parentId: 'versions/ap-1' });
    expect(old?.[0].context).toBe('version earlier rollback');
    expect(live?.[0].spoken).toContain('Version 2, live');
  });

  it('say that they are read, that they could not be, and offer all of many', () => {
    expect(labels(versionRows(app, undefined, '', now))).toEqual(['Loading the history…']);
    const failed = versionRows(app, { ...fact, error: new ModalError('offline', 'gone') }, '', now);
    expect(failed[1]?.[0]).toMatchObject({ label: 'Try again', description: 'gone' });
    const many = Array.from({ length: 51 }, (_, at) => version(51 - at));
    const rows = versionRows(app, { ...fact, value: many }, '', now);
    expect(rows).toHaveLength(52);
    expect(rows.at(-1)?.[0]).toMatchObject({ label: 'Show all', description: '51 versions' });
  });
});

/** A server whose history and autoscaler count how often they are asked for. */
function world() {
  const asked: string[] = [];
  const server = { apps: [app], minContainers: 1, failing: false };
  const plane = {
    whoAmI: () => Promise.resolve({ workspace: 'me' }),
    listEnvironments: () =>
      Promise.resolve([{ name: 'main', isDefault: true, runningContainers: 0, runningGpus: 0 }]),
    listApps: () => Promise.resolve(server.apps),
    describeApp: () =>
      Promise.resolve({
        appId: 'ap-1',
        functions: [{ id: 'fu-1', tag: 'f', kind: 'function', gpus: [], endpoints: [] }],
      }),
    history: (id: string) => {
      asked.push(id);
      if (server.failing) return Promise.reject(new ModalError('offline', 'gone'));
      return Promise.resolve([version(server.apps[0]!.version!, { live: true })]);
    },
    autoscaler: (id: string): Promise<Autoscaler> => {
      asked.push(id);
      const inForce = {
        minContainers: server.minContainers,
        maxContainers: 0,
        bufferContainers: 0,
        scaledownWindow: 60,
      };
      return Promise.resolve({ inForce, coded: {}, defaults: {}, overrides: {} });
    },
  } as unknown as ControlPlane;
  const planes = { get: () => Promise.resolve(plane), cacheKey: () => Promise.resolve('one') };
  const cache = { get: () => undefined, update: () => Promise.resolve() };
  const store = new AppStore(planes, cache, silentLogger);
  const lifecycle = new LifecycleRows(planes, store);
  const builder = new AppRowsBuilder();
  const rows = () => builder.build(store.state.snapshot, { now, showStopped: false, lifecycle }).rows;
  return { asked, server, store, lifecycle, rows };
}

describe('lifecycle rows', () => {
  it('read nothing before a row is opened, and again after a deploy from anywhere', async () => {
    const { asked, server, store, lifecycle, rows } = world();
    await store.refresh();
    expect(rows().get('app/ap-1')?.childIds).toEqual(['function/ap-1/f', 'versions/ap-1']);
    expect(asked).toEqual([]);
    lifecycle.expanded({ kind: 'versions', app });
    await expect.poll(() => rows().has('version/ap-1/1')).toBe(true);
    await store.refresh();
    expect(asked).toEqual(['ap-1']);
    server.apps = [{ ...app, version: 2 }];
    await store.refresh();
    await expect.poll(() => rows().has('version/ap-1/2')).toBe(true);
    expect(asked).toEqual(['ap-1', 'ap-1']);
  });

  it('show a minimum that costs money all day, and none when it is gone', async () => {
    const { server, store, lifecycle, rows } = world();
    await store.refresh();
    lifecycle.expanded({ kind: 'app', app });
    const description = () => rows().get('function/ap-1/f')?.description;
    await expect.poll(description).toBe('CPU · min 1');
    server.minContainers = 0;
    await lifecycle.readAutoscaler(app, store.state.snapshot.details.get('ap-1')!.functions[0]!);
    expect(description()).toBe('CPU');
  });

  it('have no versions below an app that is not deployed', async () => {
    const { server, store, rows } = world();
    server.apps = [{ ...app, state: 'ephemeral' }];
    await store.refresh();
    expect(rows().get('app/ap-1')?.childIds).toEqual(['function/ap-1/f']);
  });
});

describe('lazy facts', () => {
  it('keep what was read while a later read fails', async () => {
    const answers = [Promise.resolve(1), Promise.reject(new ModalError('offline', 'gone'))];
    const facts = new LazyFacts<number>(() => answers.shift()!);
    await facts.ensure('a', 'one');
    await facts.ensure('a', 'one');
    expect(facts.get('a')).toMatchObject({ value: 1, loading: false });
    await facts.ensure('a', 'two');
    expect(facts.get('a')).toMatchObject({ value: 1, error: { kind: 'offline' } });
  });

  it('take the answer to the latest question, whatever comes first', async () => {
    const pending = new Map<string, (value: string) => void>();
    let stamp = 'old';
    const facts = new LazyFacts<string>(() => new Promise((resolve) => pending.set(stamp, resolve)));
    const old = facts.load('a', 'old');
    stamp = 'new';
    const latest = facts.load('a', 'new');
    pending.get('new')!('new');
    await latest;
    pending.get('old')!('old');
    await old;
    expect(facts.get('a')?.value).toBe('new');
  });
});
