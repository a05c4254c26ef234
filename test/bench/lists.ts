import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import type { TestWorld } from '../integration/support/world.ts';
import { cliEnvironment, runCli } from '../../src/modal/cli.ts';
import { ControlPlanes } from '../../src/modal/planes.ts';
import { noAppFilter } from '../../src/features/apps/core/appFilter.ts';
import { defaultArrangement } from '../../src/features/apps/core/arrangement.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import type { Snapshot } from '../../src/store/snapshot.ts';
import { AppStore } from '../../src/store/appStore.ts';
import { emptySnapshot, storeSnapshot } from '../../src/store/snapshot.ts';
import { keepSame } from '../../src/store/keepSame.ts';
import { AppRowsBuilder } from '../../src/features/apps/ui/appRows.ts';
import type { BenchRow } from './table.ts';
import { median } from './table.ts';

const runs = 9;

/** First and warm list of the same server, ours against `modal app list --json`; and the rows of 1,000 apps. */
export async function benchLists(world: TestWorld): Promise<BenchRow[]> {
  const ours: number[] = [];
  const rival: number[] = [];
  const warm: number[] = [];
  for (let run = 0; run < runs; run++) {
    rival.push(await time(() => cliList(world)));
    ours.push(await firstList(world));
    await world.plane.listApps('main');
    warm.push(await time(() => world.plane.listApps('main')));
  }
  const cli = { name: 'modal app list --json', value: median(rival) };
  const [first, again] = [median(ours), median(warm)];
  return [
    {
      what: 'first list, with loading the SDK',
      unit: 'ms',
      ours: first,
      rival: cli,
      promise: '>= 6x sooner',
      met: cli.value / first >= 6,
    },
    {
      what: 'warm refresh',
      unit: 'ms',
      ours: again,
      rival: cli,
      promise: '>= 300x less',
      met: cli.value / again >= 300,
    },
    await benchCached(world),
    benchRows(),
    benchFilter(),
  ];
}

/** In a new process, as after a window reload; its own start is not counted, the editor's host runs already. */
async function firstList(world: TestWorld): Promise<number> {
  const script = path.join(import.meta.dirname, 'firstList.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [script], { env: world.env });
  return Number(stdout);
}

async function cliList(world: TestWorld): Promise<void> {
  await runCli(world.cli, ['app', 'list', '--json'], {
    cwd: '/',
    env: cliEnvironment(world.env, await world.planes.connection()),
    onLine: () => undefined,
    timeoutMs: 60_000,
    logger: silentLogger,
  });
}

/** From opening the view to rows that an earlier window has left, before anything is read. */
async function benchCached(world: TestWorld): Promise<BenchRow> {
  const stored: unknown = JSON.parse(JSON.stringify(storeSnapshot(largeSnapshot())));
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const planes = new ControlPlanes({ env: world.env, logger: silentLogger });
    const store = new AppStore(planes, { get: () => stored, update: () => Promise.resolve() }, silentLogger);
    const start = performance.now();
    const painted = new Promise<number>((resolve) => {
      store.onDidChange(({ snapshot }) => {
        if (snapshot.apps.length === 0) return;
        new AppRowsBuilder().build(snapshot, { now: Date.now(), showStopped: false });
        resolve(performance.now() - start);
      });
    });
    const read = store.refresh();
    times.push(await painted);
    store.dispose();
    await read;
    planes.dispose();
  }
  const ours = median(times);
  return {
    what: 'cached rows of 500 apps after the view opens',
    unit: 'ms',
    ours,
    promise: '<= 50 ms',
    met: ours <= 50,
  };
}

/** Computing and comparing the rows of 1,000 apps with nine functions each, 10,000 nodes. */
function benchRows(): BenchRow {
  const snapshot = largeSnapshot();
  const times: number[] = [];
  const builder = new AppRowsBuilder();
  const options = { now: 0, showStopped: false };
  builder.build(snapshot, options);
  let known = snapshot.apps;
  for (let run = 0; run < 30; run++) {
    // As a refresh brings them: new objects, and one app that has started a container.
    const read = snapshot.apps.map((app, at) => ({ ...app, runningContainers: at === run ? 1 : 0 }));
    const start = performance.now();
    known = keepSame(known, read, ({ id }) => id);
    const { changed } = builder.build({ ...snapshot, apps: known }, options);
    times.push(performance.now() - start);
    if (changed.length > 2) throw new Error(`Rows without news are painted again: ${changed.join(', ')}`);
  }
  const ours = median(times);
  return {
    what: 'refresh of 1,000 apps / 10,000 nodes',
    unit: 'ms',
    ours,
    promise: '<= 10 ms',
    met: ours <= 10,
  };
}

/** The same rows, narrowed by one more letter with each key. */
function benchFilter(): BenchRow {
  const builder = new AppRowsBuilder();
  const snapshot = largeSnapshot();
  const times: number[] = [];
  for (let run = 0; run < 30; run++) {
    const text = 'function_1'.slice(0, 1 + (run % 10));
    const arrangement = { ...defaultArrangement, filter: { ...noAppFilter, text } };
    const start = performance.now();
    builder.build(snapshot, { now: 0, showStopped: false, arrangement });
    times.push(performance.now() - start);
  }
  const ours = median(times);
  return {
    what: 'one key of a filter, 10,000 nodes',
    unit: 'ms',
    ours,
    promise: '<= 10 ms',
    met: ours <= 10,
  };
}

function largeSnapshot(): Snapshot {
  const apps = Array.from({ length: 1000 }, (_, at) => ({
    id: `ap-${at}`,
    name: `app-${at}`,
    environment: 'main',
    state: 'deployed' as const,
    createdAt: 0,
    runningContainers: 0,
  }));
  const functions = Array.from({ length: 9 }, (_, at) => ({
    id: `fu-${at}`,
    tag: `function_${at}`,
    kind: 'function' as const,
    gpus: ['A10'],
    endpoints: [],
  }));
  const environment = { name: 'main', isDefault: true, runningContainers: 0, runningGpus: 0 };
  const details = new Map(apps.map((app) => [app.id, { appId: app.id, functions }]));
  return { ...emptySnapshot, environments: [environment], apps, details };
}

export async function time(job: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await job();
  return performance.now() - start;
}
