/** The clock of the machine jumps, and the machine sleeps. */
import type { TestWorld } from '../../integration/support/world.ts';
import { perMinute, sum } from './calls.ts';
import type { SoakRow } from './row.ts';
import { Scene, day, hour, minute, saysOf } from './scene.ts';

const jumps = [
  { what: 'the clock is right', aheadMs: 0 },
  { what: 'the clock is set a day ahead', aheadMs: day },
  { what: 'the clock is set a day back', aheadMs: -day },
  { what: 'the machine slept for eight hours', aheadMs: 8 * hour },
];

export async function clocks(world: TestWorld, ms: number): Promise<SoakRow[]> {
  const rows: SoakRow[] = [];
  let normal = Infinity;
  for (const { what, aheadMs } of jumps) {
    using scene = new Scene(world);
    const window = await scene.window();
    await scene.pass(minute, window);
    scene.time.sleep(aheadMs);
    const calls = await scene.calls(() => scene.pass(ms, window));
    if (aheadMs === 0) normal = sum(calls);
    const reads = (calls['EnvironmentList'] ?? 0) / (ms / minute);
    rows.push({
      what,
      calls: perMinute(calls, ms / minute),
      says: saysOf(window),
      goal: 'reads go on, one token more at most',
      met:
        reads >= 5 && sum(calls) <= normal + 1 && (calls['AuthTokenGet'] ?? 0) <= 1 && saysOf(window) === '',
    });
  }
  return rows;
}
