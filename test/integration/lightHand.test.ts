/** What an open Apps view asks of Modal in an hour, counted by the server, with the real SDK and hours that pass in seconds. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FastClock } from './support/fastClock.ts';
import { ViewWindow } from './support/viewWindow.ts';
import { TestWorld } from './support/world.ts';

const minute = 60_000;

let world: TestWorld;
let clock: FastClock;
let windows: ViewWindow[];

beforeAll(async () => {
  world = await TestWorld.start();
});
afterAll(() => world.stop());
beforeEach(() => {
  clock = new FastClock();
  windows = [];
});
afterEach(async () => {
  for (const each of windows) each[Symbol.dispose]();
  await world.simulator.admin('DELETE', '/faults');
});

/** Calls while the time passes, by name. */
async function callsIn(
  milliseconds: number,
  { settled }: Pick<ViewWindow, 'settled'>,
): Promise<Record<string, number>> {
  await world.simulator.admin('DELETE', '/rpc-log');
  await clock.pass(milliseconds, settled);
  const { calls } = (await world.simulator.admin('GET', '/rpc-log')) as { calls: { name: string }[] };
  return Object.fromEntries(
    [...Map.groupBy(calls, ({ name }) => name)].map(([name, all]) => [name, all.length]),
  );
}

const sum = (calls: Record<string, number>) => Object.values(calls).reduce((a, b) => a + b, 0);

function newWindow(): ViewWindow {
  const window = new ViewWindow(world.planes, world.logger, clock);
  windows.push(window);
  return window;
}

const opened = () => newWindow().open();

describe('a window that somebody looks at', () => {
  it('asks for the environments and for what is in the one that is worked in', async () => {
    const window = await opened();
    window.schedule.moved();
    const calls = await callsIn(minute, window);
    expect(calls['EnvironmentList']).toBe(6);
    expect(Object.keys(calls).sort()).toEqual([
      'AppList',
      'EndpointList',
      'EnvironmentList',
      'SandboxListV2',
    ]);
    for (const count of Object.values(calls)) expect(count).toBeLessThanOrEqual(6);
    // Nothing beside apps was ever seen, so it is looked for once a minute.
    expect([calls['SandboxListV2'], calls['EndpointList']]).toEqual([1, 1]);
  });

  it('asks a sixth as often when nothing changes and nobody moves for minutes', async () => {
    const window = await opened();
    await callsIn(10 * minute, window);
    expect((await callsIn(60 * minute, window))['EnvironmentList']).toBeLessThanOrEqual(60);
  });
});

describe('a window in the background', () => {
  it('asks nothing for a day, and reads at once when it is looked at again', async () => {
    const window = await opened();
    window.schedule.setInFront(false);
    expect(await callsIn(24 * 60 * minute, window)).toEqual({});
    window.schedule.setInFront(true);
    expect((await callsIn(1000, window))['EnvironmentList']).toBe(1);
  });
});

describe('outages of one call', () => {
  it.each(['EnvironmentList', 'AppList', 'AppGetInfo', 'AppGetLayout'])(
    'cost less than normal polling, with sixty apps, from the first read on: %s',
    async (name) => {
      await world.simulator.admin('POST', '/apps/generate', { count: 60, functionsPerApp: 1 });
      const normal = sum(await callsIn(10 * minute, await opened()));
      windows[0]![Symbol.dispose]();
      await world.simulator.admin('POST', '/faults', { rpc: { [name]: { code: 13 } } });
      const window = newWindow();
      const failing = sum(
        await callsIn(10 * minute, {
          settled: async () => {
            window.schedule.setVisible(true);
            await window.settled();
          },
        }),
      );
      expect(failing).toBeLessThanOrEqual(normal * 1.6);
    },
    60_000,
  );

  it('of a server that is not there cost nothing but a look every ten seconds, and the view is back soon', async () => {
    const window = await opened();
    await world.simulator.admin('POST', '/faults', { rpc: { EnvironmentList: { code: 14 } } });
    const calls = await callsIn(10 * minute, window);
    expect(window.store.state.connection).toBe('offline');
    expect(sum(calls)).toBeLessThanOrEqual(64);
    await world.simulator.admin('DELETE', '/faults');
    await callsIn(10_000, window);
    expect(window.store.state.connection).toBe('ready');
  }, 60_000);
});

describe('fifty environments', () => {
  beforeAll(async () => {
    const code = 'import modal\nfor at in range(49): modal.Environment.objects.create(f"team-{at}")';
    await world.python(code);
  }, 240_000);

  it('cost at most 60 calls a minute while somebody looks', async () => {
    const window = await opened();
    expect(window.store.state.snapshot.environments.length).toBeGreaterThanOrEqual(50);
    await callsIn(5 * minute, window);
    for (let at = 0; at < 5; at++) {
      window.schedule.moved();
      expect(sum(await callsIn(minute, window))).toBeLessThanOrEqual(60);
    }
  }, 120_000);
});
