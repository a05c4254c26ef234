import { createInterface } from 'node:readline';
import os from 'node:os';
import { ensureProgram, listening } from './debianProgram.ts';
import { freePort } from './freePort.ts';
import { ProcessGroup } from './processGroup.ts';

/** A real SOCKS proxy, MicroSocks. */
export interface Socks extends AsyncDisposable {
  readonly host: string;
  /** Lines of its own log. */
  readonly seen: readonly string[];
}

const binary = '/usr/bin/microsocks';

export async function startSocks(user: { readonly name: string; readonly password: string }): Promise<Socks> {
  ensureProgram(binary, 'microsocks');
  const port = await freePort();
  const args = ['-i', '127.0.0.1', '-p', String(port), '-u', user.name, '-P', user.password];
  const group = new ProcessGroup(binary, args, { stdio: ['ignore', 2, 'pipe'] });
  const seen: string[] = [];
  if (group.child.stderr)
    createInterface({ input: group.child.stderr }).on('line', (line) => seen.push(line));
  await listening('127.0.0.1', port, group);
  return { host: `127.0.0.1:${port}`, seen, [Symbol.asyncDispose]: () => group.stop() };
}

/** An address of this machine that is not its loopback. */
export function ownAddress(): string {
  const all = Object.values(os.networkInterfaces()).flatMap((each) => each ?? []);
  const found = all.find(({ family, internal }) => family === 'IPv4' && !internal);
  if (!found) throw new Error('This machine has no address but its loopback, which no proxy is asked for.');
  return found.address;
}
