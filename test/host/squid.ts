import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { ensureProgram, listening } from './debianProgram.ts';
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

export async function startSquid({
  names,
  user,
  address = '127.0.0.1',
  refused = [],
}: SquidOptions): Promise<Squid> {
  ensureProgram(binary, 'squid');
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
