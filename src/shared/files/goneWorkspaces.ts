import { access, readFile, readdir, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { writePrivate } from './privateFiles.ts';

const note = 'workspace.json';

/** A folder may be away for a while, e.g. on a disk that is not there, so what is kept of it waits for this long. */
const keptForMs = 90 * 24 * 60 * 60_000;

/** Notes of whose workspace a folder of ours is, and that it is in use. @throws what the file system does */
export async function noteWorkspace(
  folder: string,
  places: readonly string[],
  now = Date.now(),
): Promise<void> {
  const file = path.join(folder, note);
  const isNoted = await access(file).then(
    () => true,
    () => false,
  );
  if (!isNoted) await writePrivate(file, JSON.stringify({ places }));
  await utimes(file, new Date(now), new Date(now));
}

/**
 * Removes what is kept of workspaces whose folders do not exist any more and that no window has used for 90 days. What
 * cannot be told stays. Never rejects.
 * @param root has a folder for each workspace
 * @param own stays in any case
 */
export async function removeGoneWorkspaces(root: string, own: string, now = Date.now()): Promise<void> {
  const names = await readdir(root).catch(() => []);
  for (const folder of names.map((name) => path.join(root, name))) {
    if (folder === own || !(await isGone(folder, now))) continue;
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function isGone(folder: string, now: number): Promise<boolean> {
  const places = await placesOf(folder);
  if (places.length === 0) return false;
  for (const place of places) if (!(await isMissing(place))) return false;
  // Asked last: a window may have come meanwhile.
  const { mtimeMs = Infinity } = (await stat(path.join(folder, note)).catch(() => undefined)) ?? {};
  return now - mtimeMs >= keptForMs;
}

async function placesOf(folder: string): Promise<readonly string[]> {
  try {
    const { places } = JSON.parse(await readFile(path.join(folder, note), 'utf8')) as { places?: unknown };
    return Array.isArray(places) ? places.filter((each): each is string => typeof each === 'string') : [];
  } catch {
    return [];
  }
}

/** Only of a folder on this machine can that be told, and only where the system says so. */
async function isMissing(place: string): Promise<boolean> {
  if (!place.startsWith('file:')) return false;
  try {
    await access(fileURLToPath(place));
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}
