import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import os from 'node:os';

/** The process that a deploy, serve or run belongs to: the host of one window's extensions. */
export interface Owner {
  /** Name of the machine. */
  readonly machine: string;
  readonly pid: number;
  /** When the process began, as the system tells it; '' where it does not. Ids of processes are used again. */
  readonly began: string;
}

/** An owner on another machine, e.g. the container before this one, cannot be looked at; it counts as alive so long. */
const trustedForMs = 60 * 60_000;

let own: Promise<Owner> | undefined;

/** This process. */
export function thisOwner(): Promise<Owner> {
  return (own ??= ownerOf(process.pid));
}

export async function ownerOf(pid: number): Promise<Owner> {
  return { machine: os.hostname(), pid, began: await beginOf(pid) };
}

/**
 * Whether the owner may still be there, and so sees to what it has begun. In doubt it is.
 * @param since when it was last heard of, in unix milliseconds
 */
export async function isAlive(owner: Owner, since: number, now = Date.now()): Promise<boolean> {
  if (owner.machine !== os.hostname()) return now - since < trustedForMs;
  if (!exists(owner.pid)) return false;
  const began = await beginOf(owner.pid);
  return began === '' || owner.began === '' || began === owner.began;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // somebody else's
  }
}

async function beginOf(pid: number): Promise<string> {
  if (process.platform === 'linux') return ticksOf(pid);
  return process.platform === 'win32' ? '' : startOf(pid);
}

/** Clock ticks since the machine started; the name of the program, which stands before it, may hold anything. */
async function ticksOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function startOf(pid: number): Promise<string> {
  return new Promise((resolve) => {
    execFile('ps', ['-p', String(pid), '-o', 'lstart='], { timeout: 5000 }, (error, stdout) =>
      resolve(error ? '' : stdout.trim()),
    );
  });
}
