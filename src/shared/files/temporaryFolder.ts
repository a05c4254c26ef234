import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** A number of a process is soon used again, but what is this old and has none was left by a crash. */
const abandonedAfterMs = 60 * 60 * 1000;

/**
 * Makes a folder that only this user may read, for files that the editor opens. Those of processes that have ended
 * without removing theirs are removed.
 * @param name what it begins with, e.g. `modal-answer`
 * @param parent absolute path
 */
export async function temporaryFolder(name: string, parent = os.tmpdir()): Promise<string> {
  await removeAbandoned(name, parent);
  return mkdtemp(path.join(parent, `${name}-${process.pid}-`));
}

async function removeAbandoned(name: string, parent: string): Promise<void> {
  for (const each of await readdir(parent).catch(() => [])) {
    const pid = each.startsWith(`${name}-`) ? pidIn(each.slice(name.length + 1)) : 0;
    const folder = path.join(parent, each);
    if (pid === 0 || isAlive(pid) || !(await isAbandoned(folder))) continue;
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** @returns 0 where it is no folder of ours */
const pidIn = (rest: string) => Number(/^(\d{1,10})-[A-Za-z0-9]{6}$/.exec(rest)?.[1] ?? 0);

async function isAbandoned(folder: string): Promise<boolean> {
  const { uid = -1, mtimeMs = Infinity } = (await stat(folder).catch(() => undefined)) ?? {};
  return uid === (process.getuid?.() ?? uid) && mtimeMs < Date.now() - abandonedAfterMs;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
