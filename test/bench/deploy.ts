import path from 'node:path';
import type { TestWorld } from '../integration/support/world.ts';
import { fixture } from '../integration/support/world.ts';
import { cliEnvironment, runCli } from '../../src/modal/cli.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { time } from './lists.ts';
import type { BenchRow } from './table.ts';
import { median } from './table.ts';

const pairs = 9;

/** From the confirmed deploy to its URL, against `modal deploy` in a terminal, in turn on the same server. */
export async function benchDeploy(world: TestWorld): Promise<BenchRow[]> {
  const script = fixture('asgi_app.py');
  await world.deploy(script); // its image is built once, for both
  const ours: number[] = [];
  const rival: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    ours.push(await time(() => world.deploy(script)));
    rival.push(await time(() => terminalDeploy(world, script)));
  }
  const [mine, theirs] = [median(ours), median(rival)];
  const overhead = (mine / theirs - 1) * 100;
  return [
    {
      what: `deploy to URL (${overhead >= 0 ? '+' : ''}${overhead.toFixed(1)} %)`,
      unit: 'ms',
      ours: mine,
      rival: { name: 'modal deploy', value: theirs },
      promise: 'within 5 %',
      met: overhead <= 5,
    },
  ];
}

async function terminalDeploy(world: TestWorld, script: string): Promise<void> {
  await runCli(world.cli, ['deploy', script], {
    // In the repository, as ours: there the CLI also asks git for the commit.
    cwd: path.dirname(script),
    env: cliEnvironment(world.env, await world.planes.connection()),
    onLine: () => undefined,
    timeoutMs: 60_000,
    logger: silentLogger,
  });
}
