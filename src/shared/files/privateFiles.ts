import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Files of ours may hold what a person typed or was sent, so nobody else on the machine may read them. */
export const privateFile = 0o600;
const privateFolder = 0o700;
const others = 0o077;

/** A write takes seconds; whoever began one this long ago is gone. */
const abandonedAfterMs = 60 * 60 * 1000;

/** What a write that never ended leaves beside its file; older versions had other names. */
const leftover = /\.json\.(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:\.part)?|part)$/;

const tidied = new Map<string, Promise<void>>();

/**
 * Writes a file of a folder of ours. A reader sees the text before or the text after, never a part.
 * @param isWanted asked when it is on disk; `false` leaves the file as it was
 * @throws what the file system does; nothing is left behind
 */
export async function writePrivate(
  file: string,
  text: string,
  isWanted: () => boolean = () => true,
): Promise<void> {
  const fresh = freshName(file);
  await mkdir(path.dirname(file), { recursive: true, mode: privateFolder });
  await tidyFolder(path.dirname(file));
  try {
    await writeFile(fresh, text, { mode: privateFile, flag: 'wx', flush: true });
    // At once with the question, so that nothing that is wanted more comes between.
    if (isWanted()) renameSync(fresh, file);
    else await rm(fresh, { force: true });
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

/** The same at once, for when the window closes. @throws as `writePrivate` */
export function writePrivateNow(file: string, text: string): void {
  const fresh = freshName(file);
  mkdirSync(path.dirname(file), { recursive: true, mode: privateFolder });
  try {
    writeFileSync(fresh, text, { mode: privateFile, flag: 'wx' });
    renameSync(fresh, file);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}

/**
 * Before a folder of ours is used: takes from others what an older version let them read, and removes what a crash has
 * left. Done once for each folder; one that is not there is left alone. Never rejects.
 */
export function tidyFolder(folder: string): Promise<void> {
  let tidying = tidied.get(folder);
  if (!tidying) {
    tidying = tidy(folder).catch(() => undefined); // others' disks have rules of their own
    tidied.set(folder, tidying);
  }
  return tidying;
}

async function tidy(folder: string): Promise<void> {
  await removeLeftovers(folder, (name) => leftover.test(name));
  if (process.platform === 'win32') return; // who may read is inherited from the user's folder there
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => path.join(folder, name));
  await closeToOthers(folder, privateFolder);
  for (const file of files) await closeToOthers(file, privateFile);
}

async function closeToOthers(place: string, mode: number): Promise<void> {
  const { mode: now } = await stat(place);
  if (now & others) await chmod(place, mode);
}

/** Removes files whose names are those of leftovers, and which nobody has written to for an hour. Never rejects. */
export async function removeLeftovers(folder: string, isOne: (name: string) => boolean): Promise<void> {
  const names = (await readdir(folder).catch(() => [])).filter(isOne);
  for (const each of names) {
    const file = path.join(folder, each);
    const { mtimeMs = Infinity } = (await stat(file).catch(() => undefined)) ?? {};
    if (mtimeMs < Date.now() - abandonedAfterMs) await rm(file, { force: true }).catch(() => undefined);
  }
}

function freshName(file: string): string {
  return `${file}.${randomUUID()}.part`;
}
