import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync } from 'node:fs';
import path from 'node:path';

/**
 * Takes over what an earlier version kept elsewhere on the same disk. A file that is at the new place already stays, and
 * so does its older one. Never throws: what cannot be moved is left.
 */
export function moveFolder(from: string, to: string): void {
  if (from === to || !existsSync(from)) return;
  try {
    mkdirSync(path.dirname(to), { recursive: true, mode: 0o700 });
    if (!existsSync(to)) {
      renameSync(from, to);
      return;
    }
    for (const name of readdirSync(from)) moveFile(path.join(from, name), path.join(to, name));
    rmdirSync(from);
  } catch {
    // another window may be doing the same, or the disk is read-only
  }
}

function moveFile(from: string, to: string): void {
  if (!existsSync(to)) renameSync(from, to);
}
