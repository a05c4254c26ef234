import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const longestWait = 20 * 60_000;

/** Whether `installOnce` has made it. */
export function isInstalled(folder: string): boolean {
  return existsSync(path.join(folder, '.ready'));
}

/**
 * Makes a folder once, whoever asks first; others wait for it. What a broken install left behind is removed.
 * @param make fills the folder, which is new and empty
 */
export async function installOnce(folder: string, make: () => Promise<void> | void): Promise<void> {
  if (isInstalled(folder)) return;
  await mkdir(path.dirname(folder), { recursive: true });
  const release = await lock(`${folder}.lock`);
  try {
    if (isInstalled(folder)) return;
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder);
    await make();
    await writeFile(path.join(folder, '.ready'), new Date().toISOString());
  } finally {
    await release();
  }
}

/** A folder is the lock, because making one either works or fails for everybody. */
async function lock(folder: string): Promise<() => Promise<void>> {
  const owner = path.join(folder, 'pid');
  const start = Date.now();
  for (;;) {
    try {
      await mkdir(folder);
      await writeFile(owner, String(process.pid));
      return () => rm(folder, { recursive: true, force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    if (await isAbandoned(owner)) await rm(folder, { recursive: true, force: true });
    await sleep(500);
    if (Date.now() - start > longestWait) {
      throw new Error(`Another install holds ${folder}. Remove that folder if no install is running.`);
    }
  }
}

async function isAbandoned(owner: string): Promise<boolean> {
  const pid = Number(await readFile(owner, 'utf8').catch(() => ''));
  if (!pid) return false; // just being taken
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
