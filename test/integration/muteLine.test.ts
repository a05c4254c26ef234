/** A log that is followed over a line that falls silent: what is said of it is true. */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { FollowState } from '../../src/features/logs/core/follower.ts';
import { LiveLog } from '../../src/features/logs/core/liveLog.ts';
import { ControlPlanes } from '../../src/modal/planes.ts';
import type { Relay } from './support/relay.ts';
import { relayTo } from './support/relay.ts';
import { TestWorld, fixture } from './support/world.ts';

let world: TestWorld;
let relay: Relay;
let planes: ControlPlanes;
let appId: string;
let log: LiveLog | undefined;

beforeAll(async () => {
  world = await TestWorld.start({}, { MODAL_SIMULATOR_NAMES: '127.0.0.1' }); // also under the relay's port
  relay = await relayTo((await world.planes.connection()).serverUrl);
  planes = new ControlPlanes({ env: { ...world.env, MODAL_SERVER_URL: relay.url }, logger: world.logger });
  appId = (await world.deploy(fixture('class_with_enter.py'))).details.appId;
});
afterAll(async () => {
  planes.dispose();
  await relay[Symbol.asyncDispose]();
  await world.stop();
});
afterEach(() => log?.stop());

function follow(): FollowState['kind'][] {
  const states: FollowState['kind'][] = [];
  log = new LiveLog({
    query: { appId },
    connect: (signal) => planes.get(signal),
    open: async function* (...call) {
      yield* (await planes.get(call[3])).streamLogs(...call);
    },
    answers: async (signal) => (await planes.get(signal)).answersOnLogs(signal),
    fetch: async (...call) => (await planes.get(call[3])).fetchLogs(...call),
    onState: ({ kind }) => {
      if (kind === 'broken') planes.suspect();
      states.push(kind);
    },
  });
  void log.run();
  return states;
}

const isLive = (states: readonly string[]) => states.some((kind) => kind === 'live' || kind === 'waiting');

it('is live when the server answers, though nothing is logged', async () => {
  const states = follow();
  await expect.poll(() => isLive(states), { timeout: 20_000 }).toBe(true);
});

it.each(['mute', 'greets'] as const)(
  'is not live on a line that takes connections and %s, and is when the line is back',
  async (mode) => {
    relay.mode = mode;
    relay.cut();
    planes.suspect();
    const states = follow();
    await expect.poll(() => states.includes('broken'), { timeout: 40_000 }).toBe(true);
    expect(isLive(states)).toBe(false);
    relay.mode = 'passes';
    relay.cut();
    await expect.poll(() => isLive(states), { timeout: 40_000 }).toBe(true);
  },
  90_000,
);

it('has calls and log streams on a connection each', async () => {
  relay.cut();
  await expect.poll(() => relay.connections()).toBe(0);
  const plane = await planes.get();
  await plane.whoAmI();
  await plane.answersOnLogs();
  await expect.poll(() => relay.connections()).toBe(2); // the one that looked for the server has ended
});

it('answers calls within seconds of its return, also where connections were begun meanwhile', async () => {
  const plane = await planes.get();
  relay.mode = 'mute';
  relay.cut();
  await expect.poll(() => relay.connections()).toBe(0);
  planes.suspect();
  const stuck = plane.whoAmI().catch(String);
  await expect(planes.get()).rejects.toMatchObject({ kind: 'offline' });
  relay.mode = 'passes'; // what was begun stays mute, as its first words are lost
  await stuck;
  const began = performance.now();
  await (await planes.get()).whoAmI();
  expect(performance.now() - began).toBeLessThan(10_000); // gRPC gives up after 20 s
}, 60_000);
