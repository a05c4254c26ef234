import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './freePort.ts';
import { ProcessGroup } from './processGroup.ts';

/** The proxy of a company: a real Squid, the only one that knows certain names. */
export interface Squid extends AsyncDisposable {
  /** `127.0.0.1:3128` */
  readonly host: string;
  /** Lines of its own log, `METHOD address status`. */
  seen(): Promise<string[]>;
}

export interface SquidOptions {
  /** Names that it resolves to this machine, as a name server inside a company does. */
  readonly names: readonly string[];
  /** Absent: it asks nobody. */
  readonly user?: { readonly name: string; readonly password: string };
  /** Address of this machine on which it listens; absent: 127.0.0.1. */
  readonly address?: string;
  /** Hosts that it opens no connection to. */
  readonly refused?: readonly string[];
}

const binary = '/usr/sbin/squid';
const readyWithinMs = 20_000;

/** Installs it from Debian when we are root there. */
export function ensureSquid(): void {
  if (!existsSync(binary) && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.error('Installing squid…');
    apt(['update', '-qq']);
    apt(['install', '-y', '-qq', '--no-install-recommends', 'squid']);
  }
  if (!existsSync(binary))
    throw new Error('Squid was not found. Install it (Debian: apt-get install squid).');
}

export async function startSquid({
  names,
  user,
  address = '127.0.0.1',
  refused = [],
}: SquidOptions): Promise<Squid> {
  ensureSquid();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'squid-'));
  await chmod(folder, 0o777); // it gives up the rights of root
  const port = await freePort();
  const file = (name: string) => path.join(folder, name);
  await writeFile(file('hosts'), names.map((name) => `127.0.0.1 ${name}\n`).join(''));
  if (user) await writeFile(file('passwords'), `${user.name}:${hashed(user.password)}\n`);
  const lines = [
    `http_port ${address}:${port}`,
    `hosts_file ${file('hosts')}`,
    `logformat seen %rm %ru %>Hs`,
    `access_log stdio:${file('access.log')} seen`,
    `cache_log ${file('cache.log')}`,
    `pid_filename none`,
    `coredump_dir ${folder}`,
    'cache deny all',
    'shutdown_lifetime 0 seconds',
    'forwarded_for delete',
    'buffered_logs off',
    ...(refused.length > 0 ? [`acl refused dstdomain ${refused.join(' ')}`, 'http_access deny refused'] : []),
    ...(user
      ? [
          `auth_param basic program /usr/lib/squid/basic_ncsa_auth ${file('passwords')}`,
          'auth_param basic realm company',
          'acl known proxy_auth REQUIRED',
          'http_access allow known',
        ]
      : ['http_access allow all']),
    'http_access deny all',
  ];
  await writeFile(file('squid.conf'), `${lines.join('\n')}\n`);
  const group = new ProcessGroup(binary, ['-N', '-f', file('squid.conf')], { stdio: ['ignore', 2, 2] });
  await listening(address, port, group);
  return {
    host: `${address}:${port}`,
    seen: async () =>
      (await readFile(file('access.log'), 'utf8').catch(() => '')).split('\n').filter(Boolean),
    [Symbol.asyncDispose]: async () => {
      await group.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function hashed(password: string): string {
  return execFileSync('openssl', ['passwd', '-apr1', '-stdin'], { input: password, encoding: 'utf8' }).trim();
}

async function listening(address: string, port: number, group: ProcessGroup): Promise<void> {
  const until = Date.now() + readyWithinMs;
  while (Date.now() < until && !group.ended) {
    if (await accepts(address, port)) return;
    await sleep(50);
  }
  await group.stop();
  throw new Error('Squid did not start.');
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
