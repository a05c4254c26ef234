/** What windows cost that are looked at, or not. */
import type { ViewWindow } from '../../integration/support/viewWindow.ts';
import type { TestWorld } from '../../integration/support/world.ts';
import type { Calls } from './calls.ts';
import { perMinute, sum } from './calls.ts';
import type { SoakRow } from './row.ts';
import { Scene, hour, minute } from './scene.ts';

/** So long a person stays in a window before the next one. */
const stayMs = 20 * minute;

/** A person who works in one window at a time, and goes to the next one now and then. */
async function work(world: TestWorld, windows: number, workMs: number): Promise<Calls> {
  using scene = new Scene(world);
  for (let at = 0; at < windows; at++) await scene.window();
  const front = (window: ViewWindow) => {
    for (const each of scene.windows) each.schedule.setInFront(each === window);
  };
  return await scene.calls(async () => {
    const visits = Math.max(windows, Math.round(workMs / stayMs));
    for (let at = 0; at < visits; at++) {
      const window = scene.windows[at % windows]!;
      front(window);
      await scene.pass(workMs / visits, window);
    }
  });
}

export async function threeWindows(world: TestWorld, workMs: number): Promise<SoakRow[]> {
  const one = await work(world, 1, workMs);
  const three = await work(world, 3, workMs);
  const ratio = sum(three) / sum(one);
  return [
    {
      what: 'one window that is worked in',
      calls: perMinute(one, workMs / minute),
      says: '',
      goal: 'at most 16 calls a minute',
      met: sum(one) / (workMs / minute) <= 16,
    },
    {
      what: 'three windows of one person, worked in by turns',
      calls: perMinute(three, workMs / minute),
      says: '',
      goal: `at most 1.2 times one window (${ratio.toFixed(2)})`,
      met: ratio <= 1.2,
    },
  ];
}

export async function background(world: TestWorld, ms: number): Promise<SoakRow> {
  using scene = new Scene(world);
  const window = await scene.window();
  window.schedule.setInFront(false);
  const calls = await scene.calls(() => scene.pass(ms));
  return {
    what: `a window in the background, ${ms / hour} h`,
    calls: perMinute(calls, ms / minute),
    says: '',
    goal: 'no call',
    met: sum(calls) === 0,
  };
}

export async function idle(world: TestWorld, ms: number): Promise<SoakRow> {
  using scene = new Scene(world);
  await scene.window();
  await scene.pass(6 * minute);
  const calls = await scene.calls(() => scene.pass(ms));
  return {
    what: 'a window in front that nobody touches, after six minutes',
    calls: perMinute(calls, ms / minute),
    says: '',
    goal: 'at most 5 calls a minute',
    met: sum(calls) / (ms / minute) <= 5,
  };
}

export async function fiftyEnvironments(world: TestWorld, ms: number): Promise<SoakRow> {
  await world.python(`import modal\nfor at in range(49): modal.Environment.objects.create(f"soak-{at}")`);
  using scene = new Scene(world);
  const window = await scene.window();
  await scene.pass(5 * minute, window);
  const calls = await scene.calls(() => scene.pass(ms, window));
  return {
    what: `${window.store.state.snapshot.environments.length} environments, looked at`,
    calls: perMinute(calls, ms / minute),
    says: '',
    goal: 'at most 60 calls a minute',
    met: window.store.state.snapshot.environments.length >= 50 && sum(calls) / (ms / minute) <= 60,
  };
}
