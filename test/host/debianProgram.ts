import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessGroup } from './processGroup.ts';

const readyWithinMs = 20_000;

/** Installs it from Debian when it is missing and we are root there. @throws with what is to be installed */
export function ensureProgram(file: string, name: string): void {
  if (!existsSync(file) && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.error(`Installing ${name}…`);
    apt(['update', '-qq']);
    apt(['install', '-y', '-qq', '--no-install-recommends', name]);
  }
  if (!existsSync(file))
    throw new Error(`${name} was not found. Install it (Debian: apt-get install ${name}).`);
}

/** Waits until something of the program listens there. */
export async function listening(address: string, port: number, group: ProcessGroup): Promise<void> {
  const until = Date.now() + readyWithinMs;
  while (Date.now() < until && !group.ended) {
    if (await accepts(address, port)) return;
    await sleep(50);
  }
  await group.stop();
  throw new Error(`Nothing listens at ${address}:${port}.`);
}

function accepts(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, address, () => resolve(true)).on('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

function apt(args: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status } = spawnSync('apt-get', args, { stdio: ['ignore', 2, 2], env });
  if (status !== 0) throw new Error(`apt-get ${args.join(' ')} ended with exit code ${status}.`);
}
