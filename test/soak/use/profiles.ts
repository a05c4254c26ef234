/** The profile is switched while logs are followed: each goes on at the server that it is of. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ControlPlanes } from '../../../src/modal/planes.ts';
import { AccountPlanes } from '../../../src/features/logs/ui/accountPlanes.ts';
import type { Simulator } from '../../host/simulator.ts';
import { startSimulator } from '../../host/simulator.ts';
import { FollowedLog } from '../../integration/support/logs.ts';
import type { TestWorld } from '../../integration/support/world.ts';
import { fixture } from '../../integration/support/world.ts';
import { callsDuring, perMinute } from './calls.ts';
import type { SoakRow } from './row.ts';

const switches = 6;

export async function profileSwitches(world: TestWorld): Promise<SoakRow> {
  await using cleanup = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'soak-profiles-'));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  const other = await startSimulator();
  cleanup.defer(() => other.stop());
  const config = path.join(folder, 'modal.toml');
  await writeFile(config, [profile('one', world.simulator, true), profile('two', other, false)].join('\n'));
  let chosen = 'one';
  const planes = new ControlPlanes({
    env: { ...world.env, MODAL_CONFIG_PATH: config },
    logger: world.logger,
    profile: () => chosen,
  });
  cleanup.defer(() => planes.dispose());
  const { appId } = (await world.deploy(fixture('class_with_enter.py'))).details;
  const own = new AccountPlanes(planes, new WeakMap());
  const log = new FollowedLog(
    world.plane,
    { appId },
    {
      connect: (signal) => own.get(signal),
      open: async function* (...call) {
        yield* (await own.get(call[3])).streamLogs(...call);
      },
      answers: (signal) => own.answers(signal),
      fetch: async (...call) => (await own.get(call[3])).fetchLogs(...call),
    },
  );
  cleanup.defer(() => log.stop());
  const lines = () => log.lineCount;
  const before = lines();
  const calls = await callsDuring(other, async () => {
    for (let at = 0; at < switches; at++) {
      chosen = at % 2 === 0 ? 'two' : 'one';
      await (await planes.get()).listEnvironments();
      await world.simulator.admin('POST', '/streams/cut');
      await world.simulator.admin('POST', '/logs/emit', { appId, linesPerSecond: 100, seconds: 0.2 });
      await until(() => lines() - before >= (at + 1) * 20);
    }
  });
  const came = lines() - before;
  const states = [...new Set(log.states.map(({ kind }) => kind))];
  return {
    what: `${switches} switches of the profile while a log is followed`,
    calls: `at the other server ${perMinute(calls, 1)}`,
    says: states.join(', '),
    goal: `all ${switches * 20} lines once, none asked for elsewhere (${came})`,
    met: came === switches * 20 && !calls['AppGetLogs'] && !states.includes('ended'),
  };
}

function profile(name: string, { serverUrl, tokenId, tokenSecret }: Simulator, active: boolean): string {
  return `[${name}]\ntoken_id = "${tokenId}"\ntoken_secret = "${tokenSecret}"\nserver_url = "${serverUrl}"\nactive = ${active}\n`;
}

/** Waits for what has to come; whoever asks then sees that it has not. */
async function until(isDone: () => boolean): Promise<void> {
  for (let at = 0; at < 600 && !isDone(); at++) await sleep(50);
}
