import { randomBytes } from 'node:crypto';
import { access, rename } from 'node:fs/promises';

/** Told of what was put aside: where it lies now. */
export type OnAside = (kept: string) => void;

/**
 * Gives a file of ours that cannot be used another name, so that its user can look at it and no later write takes its
 * place. The same for whatever else lies under its name. Never rejects.
 * @returns its new path; undefined where another window was quicker, or it cannot be moved
 */
export async function setAside(file: string): Promise<string | undefined> {
  const wished = `${file}.broken`;
  const isTaken = await access(wished).then(
    () => true,
    () => false,
  );
  const kept = isTaken ? `${wished}-${randomBytes(4).toString('hex')}` : wished;
  return rename(file, kept).then(
    () => kept,
    () => undefined,
  );
}

export const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';
