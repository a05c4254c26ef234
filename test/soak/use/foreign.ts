/** Something else answers in Modal's place. */
import type { TestWorld } from '../../integration/support/world.ts';
import type { OddServer } from './oddServers.ts';
import { listen } from './oddServers.ts';
import type { SoakRow } from './row.ts';
import { Scene, minute, saysOf } from './scene.ts';

const words: Readonly<Record<OddServer, RegExp>> = {
  mute: /takes the connection and does not answer/,
  HTML: /is not Modal/,
  'random bytes': /is not Modal/,
  'half a greeting': /does not answer|is not Modal/,
};

export async function oddServers(
  world: TestWorld,
  { ms, kinds }: { readonly ms: number; readonly kinds: readonly OddServer[] },
): Promise<SoakRow[]> {
  const rows: SoakRow[] = [];
  for (const kind of kinds) {
    await using server = await listen(kind);
    using scene = new Scene(world);
    const window = await scene.window({ url: server.url });
    await scene.pass(minute, window); // it looks more often at first
    const before = server.taken();
    await scene.pass(ms, window);
    const each = (server.taken() - before) / (ms / minute);
    const says = saysOf(window);
    rows.push({
      what: `a server that answers with ${kind === 'mute' ? 'nothing' : kind}`,
      calls: `${each.toFixed(1)} connections`,
      says,
      goal: 'at most 7 connections a minute, and the right words',
      met: each <= 7 && words[kind].test(says) && window.store.state.connection === 'offline',
    });
  }
  return rows;
}
