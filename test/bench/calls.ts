import { setTimeout as sleep } from 'node:timers/promises';
import { silentLogger } from '../../src/shared/logger.ts';
import { cliEnvironment, runCli } from '../../src/modal/cli.ts';
import { FollowedLog } from '../integration/support/logs.ts';
import type { TestWorld } from '../integration/support/world.ts';
import { fixture } from '../integration/support/world.ts';
import type { Calls } from '../soak/use/calls.ts';
import { callsDuring, perMinute, sum } from '../soak/use/calls.ts';
import { Scene, minute } from '../soak/use/scene.ts';
import type { BenchRow } from './table.ts';

const minutes = 10;
/** Longer than one stream of a log. */
const followMs = 70_000;

const accounts = [
  { environments: 1, most: 16 },
  { environments: 3, most: 24 },
  { environments: 50, most: 60 },
];

/** Calls a minute of an open view, beside what the official CLI asks once for the same picture; both counted by the server. */
export async function benchCalls(world: TestWorld): Promise<BenchRow[]> {
  const { appId } = (await world.deploy(fixture('class_with_enter.py'))).details;
  const rows: BenchRow[] = [];
  const table: Record<string, string>[] = [];
  for (const { environments, most } of accounts) {
    await haveEnvironments(world, environments);
    const ours = await openView(world);
    const theirs = await byHand(world);
    table.push(
      { what: `open view, ${environments} environments, a minute`, calls: perMinute(ours, minutes) },
      { what: 'the same by the CLI, once', calls: perMinute(theirs, 1) },
    );
    const value = sum(ours) / minutes;
    rows.push({
      what: `calls a minute of an open view, ${environments} environments`,
      unit: 'calls',
      ours: value,
      rival: { name: 'the same picture by the CLI, once', value: sum(theirs) },
      promise: `<= ${most} a minute`,
      met: value > 0 && value <= most,
    });
  }
  const [ours, theirs] = [await followed(world, appId), await followedByCli(world, appId)];
  table.push(
    { what: `a log that is followed, ${followMs / 1000} s`, calls: perMinute(ours, 1) },
    { what: 'the same by modal app logs -f', calls: perMinute(theirs, 1) },
  );
  console.table(table);
  const streams = { ours: ours['AppGetLogs'] ?? 0, theirs: theirs['AppGetLogs'] ?? 0 };
  return [
    ...rows,
    {
      what: `streams of a log that is followed for ${followMs / 1000} s`,
      unit: 'calls',
      ours: streams.ours,
      rival: { name: 'modal app logs -f', value: streams.theirs },
      promise: 'no more than the CLI',
      met: streams.ours <= streams.theirs,
    },
  ];
}

async function haveEnvironments(world: TestWorld, count: number): Promise<void> {
  const have = (await world.plane.listEnvironments()).length;
  if (have >= count) return;
  await world.python(
    `import modal\nfor at in range(${have}, ${count}): modal.Environment.objects.create(f"team-{at}")`,
  );
}

/** By the server's count, in time that passes at once. */
async function openView(world: TestWorld): Promise<Calls> {
  using scene = new Scene(world);
  const window = await scene.window();
  await scene.pass(5 * minute, window);
  return await scene.calls(() => scene.pass(minutes * minute, window));
}

async function byHand(world: TestWorld): Promise<Calls> {
  const environments = await world.plane.listEnvironments();
  return callsDuring(world.simulator, async () => {
    await cli(world, ['environment', 'list', '--json']);
    for (const { name, runningContainers } of environments) {
      await cli(world, ['app', 'list', '--json', '-e', name]);
      if (runningContainers !== 0) await cli(world, ['container', 'list', '--json', '-e', name]);
    }
  });
}

async function cli(world: TestWorld, args: readonly string[], signal?: AbortSignal): Promise<void> {
  await runCli(world.cli, args, {
    cwd: '/',
    env: cliEnvironment(world.env, await world.planes.connection()),
    onLine: () => undefined,
    timeoutMs: 120_000,
    logger: silentLogger,
    ...(signal ? { signal } : {}),
  });
}

function followed(world: TestWorld, appId: string): Promise<Calls> {
  return callsDuring(world.simulator, async () => {
    const log = new FollowedLog(world.plane, { appId });
    await sleep(followMs);
    await log.stop();
  });
}

function followedByCli(world: TestWorld, appId: string): Promise<Calls> {
  return callsDuring(world.simulator, () =>
    cli(world, ['app', 'logs', '-f', appId], AbortSignal.timeout(followMs)).catch(() => undefined),
  );
}
