/** One call at a time is out of order, from the moment a window opens. */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestWorld } from '../../integration/support/world.ts';
import type { Calls } from './calls.ts';
import { perMinute, sum } from './calls.ts';
import type { SoakRow } from './row.ts';
import { Scene, minute, saysOf } from './scene.ts';

/** All that the store repeats. */
export const repeatedCalls = [
  'AuthTokenGet',
  'TokenInfoGet',
  'EnvironmentList',
  'AppList',
  'TaskList',
  'TaskGetInfo',
  'AppGetInfo',
  'AppGetLayout',
  'SandboxListV2',
  'EndpointList',
  'EndpointGetInfo',
] as const;

const codes: Readonly<Record<string, number>> = { INTERNAL: 13, UNAVAILABLE: 14, RESOURCE_EXHAUSTED: 8 };

/** What cannot be read is tried again now and then, and at once when the user moves, here once a minute. */
const triesAMinute = 2;

/** Something of each kind, so that every call is made: apps, one of which keeps a container, a sandbox, an endpoint. */
export async function furnish(world: TestWorld, apps: number): Promise<void> {
  const { simulator } = world;
  await simulator.admin('POST', '/apps/generate', { count: apps, functionsPerApp: 1 });
  await simulator.admin('POST', '/endpoints', { name: 'chat', model: 'org/model', status: 'provisioning' });
  await world.deploy(path.resolve(import.meta.dirname, '../../simulator/tests/apps/kept.py'));
  await world.python(
    [
      'import modal',
      'app = modal.App.lookup("soak-box", create_if_missing=True)',
      'modal.Sandbox.create("sleep", "3000", app=app)',
    ].join('\n'),
  );
}

async function opened(world: TestWorld, ms: number): Promise<{ calls: Calls; says: string }> {
  using scene = new Scene(world);
  let says = '';
  const calls = await scene.calls(async () => {
    const window = await scene.window();
    await scene.pass(ms, window);
    says = saysOf(window);
  });
  return { calls, says };
}

export async function outages(
  world: TestWorld,
  { ms, kinds = Object.keys(codes) }: { readonly ms: number; readonly kinds?: readonly string[] },
): Promise<SoakRow[]> {
  const { calls: normal } = await opened(world, ms);
  const missing = repeatedCalls.filter((name) => !normal[name]);
  const rows: SoakRow[] = [
    {
      what: 'an account with apps, a sandbox and an endpoint, all well',
      calls: perMinute(normal, ms / minute),
      says: '',
      goal: 'makes each call that the store repeats',
      met: missing.length === 0,
    },
  ];
  for (const name of repeatedCalls)
    for (const kind of kinds) {
      await world.simulator.admin('POST', '/faults', { rpc: { [name]: { code: codes[kind] } } });
      const { calls, says } = await opened(world, ms);
      await world.simulator.admin('DELETE', '/faults');
      rows.push({
        what: `${name} answers ${kind}`,
        calls: perMinute(calls, ms / minute),
        says,
        goal: `at most ${triesAMinute} calls a minute more than when all is well, ${(sum(normal) / (ms / minute)).toFixed(1)}`,
        met: sum(calls) <= sum(normal) + (triesAMinute * ms) / minute,
      });
      await sleep(0);
    }
  return rows;
}
