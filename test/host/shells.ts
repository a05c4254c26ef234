import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

/** Shells that people have, and what each is called in Debian. */
export const shellNames = ['sh', 'bash', 'dash', 'zsh', 'fish', 'tcsh'] as const;
export type ShellName = (typeof shellNames)[number];

/** @returns path of each shell; those that are missing are installed from Debian when we are root there */
export function ensureShells(): Readonly<Record<ShellName, string>> {
  const missing = shellNames.filter((name) => !find(name));
  if (missing.length > 0 && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.error(`Installing ${missing.join(', ')}…`);
    apt(['update', '-qq']);
    apt(['install', '-y', '-qq', '--no-install-recommends', ...missing]);
  }
  return Object.fromEntries(shellNames.map((name) => [name, found(name)])) as Record<ShellName, string>;
}

function found(name: ShellName): string {
  const program = find(name);
  if (program) return program;
  throw new Error(`${name} was not found. Install it (Debian: apt-get install ${name}).`);
}

function find(name: ShellName): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return folders.map((folder) => path.join(folder, name)).find((program) => existsSync(program));
}

function apt(args: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status } = spawnSync('apt-get', args, { stdio: ['ignore', 2, 2], env });
  if (status !== 0) throw new Error(`apt-get ${args.join(' ')} ended with exit code ${status}.`);
}
