/** An outage ends: how long it takes until the window knows, without anybody doing something. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RelayMode } from '../../integration/support/relay.ts';
import { relayTo } from '../../integration/support/relay.ts';
import type { TestWorld } from '../../integration/support/world.ts';
import type { SoakRow } from './row.ts';
import { Scene, minute, saysOf } from './scene.ts';

/** Minutes by what answers meanwhile. A mute line takes real seconds at each try. */
export const outageMinutes: Readonly<Partial<Record<RelayMode, readonly number[]>>> = {
  mute: [1, 4],
  page: [1, 4, 60],
};
const words: Readonly<Partial<Record<RelayMode, string>>> = {
  mute: 'that is mute',
  page: "with a network's own page",
};
const stepMs = 1000;
const longestMs = 12_000;

export async function returns(world: TestWorld, outages = outageMinutes): Promise<SoakRow[]> {
  const rows: SoakRow[] = [];
  for (const [mode, lengths] of Object.entries(outages))
    for (const minutes of lengths) rows.push(await returnAfter(world, mode as RelayMode, minutes));
  return rows;
}

async function returnAfter(world: TestWorld, mode: RelayMode, minutes: number): Promise<SoakRow> {
  await using relay = await relayTo(world.simulator.serverUrl);
  using scene = new Scene(world);
  const window = await scene.window({ url: relay.url });
  relay.mode = mode;
  relay.cut();
  const connection = () => window.store.state.connection;
  await scene.time.pass(minutes * minute, window.settled);
  const says = saysOf(window);
  const wasOffline = connection() === 'offline';
  relay.mode = 'passes';
  let waited = 0;
  while (connection() !== 'ready' && waited < 90_000) {
    await scene.time.pass(stepMs, window.settled);
    await sleep(stepMs); // the channel of gRPC waits in real time
    waited += stepMs;
  }
  return {
    what: `an outage of ${minutes} min ${words[mode]}`,
    calls: `back after ${waited / 1000} s`,
    says,
    goal: `known within ${longestMs / 1000} s`,
    met: wasOffline && waited <= longestMs,
  };
}
