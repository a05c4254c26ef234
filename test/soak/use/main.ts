/** Days of use in compressed time: windows, outages, other programs in Modal's place, clocks. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { setTimeout as sleep } from 'node:timers/promises';
import { TestWorld } from '../../integration/support/world.ts';
import { clocks } from './clocks.ts';
import { oddServers } from './foreign.ts';
import { background, fiftyEnvironments, idle, threeWindows } from './looking.ts';
import { furnish, outages } from './outages.ts';
import { profileSwitches } from './profiles.ts';
import { returns } from './returns.ts';
import type { SoakRow } from './row.ts';
import { day, hour, minute } from './scene.ts';

/** A day, as far as it can be lived in some minutes. */
export async function soakUse(): Promise<SoakRow[]> {
  const world = await TestWorld.start({}, { MODAL_SIMULATOR_NAMES: '127.0.0.1' }); // also under the port of a relay
  try {
    const before = await heapMb();
    const rows = await inTurn([
      () => threeWindows(world, 3 * hour),
      () => background(world, day),
      () => idle(world, 8 * hour),
      () => clocks(world, 10 * minute),
      () => oddServers(world, { ms: 2 * minute, kinds: ['mute', 'HTML', 'random bytes', 'half a greeting'] }),
      () => returns(world),
      () => profileSwitches(world),
      () => furnish(world, 60).then(() => outages(world, { ms: 10 * minute })),
      () => fiftyEnvironments(world, 10 * minute),
    ]);
    return [...rows, heapRow(before, await heapMb())];
  } finally {
    await world.stop();
  }
}

/** The same in half a minute: fewer hours, and one of each kind. */
export async function soakUseBriefly(world: TestWorld): Promise<SoakRow[]> {
  return [
    ...(await threeWindows(world, 9 * minute)),
    await background(world, day),
    await idle(world, hour),
    ...(await clocks(world, 3 * minute)),
    ...(await oddServers(world, { ms: minute, kinds: ['HTML', 'random bytes'] })),
    ...(await returns(world, { page: [2] })),
    ...(await furnish(world, 5).then(() => outages(world, { ms: 5 * minute, kinds: ['INTERNAL'] }))),
  ];
}

/** One after the other, and says each as it comes: all of them take minutes. */
async function inTurn(parts: readonly (() => Promise<SoakRow | SoakRow[]>)[]): Promise<SoakRow[]> {
  const all: SoakRow[] = [];
  for (const part of parts) {
    const rows = [await part()].flat();
    for (const { what, calls, met } of rows) console.log(`${met ? 'yes' : 'NO '} ${what}: ${calls}`);
    all.push(...rows);
  }
  return all;
}

function heapRow(before: number, after: number): SoakRow {
  return {
    what: 'memory of all that, when the windows are closed',
    calls: `${before.toFixed(0)} MB before, ${after.toFixed(0)} MB after`,
    says: '',
    goal: 'at most 40 MB more',
    met: after - before <= 40,
  };
}

async function heapMb(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let at = 0; at < 3; at++) {
    await sleep(50);
    collect();
  }
  return process.memoryUsage().heapUsed / 1024 / 1024;
}
