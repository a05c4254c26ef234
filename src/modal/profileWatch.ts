import type { Stats } from 'node:fs';
import { unwatchFile, watchFile } from 'node:fs';
import type { Disposable } from '../shared/emitter.ts';

/**
 * Calls back when a file appears, changes or goes. One `stat` a second instead of the system's events: it also sees
 * through symbolic links, replaced files and network folders, and does not wake up for every file beside it.
 */
export function watchProfile(file: string, listener: () => void, everyMs = 1000): Disposable {
  const compare = (now: Stats, before: Stats) => {
    const same = now.mtimeMs === before.mtimeMs && now.size === before.size && now.ino === before.ino;
    if (!same) listener();
  };
  watchFile(file, { interval: everyMs, persistent: false }, compare);
  return { dispose: () => unwatchFile(file, compare) };
}
