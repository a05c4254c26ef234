import { createHash } from 'node:crypto';
import { readFile, readdir, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { tidyFolder, writePrivate, writePrivateNow } from '../../../shared/files/privateFiles.ts';
import type { OnAside } from '../../../shared/files/setAside.ts';
import { isMissing, setAside } from '../../../shared/files/setAside.ts';

/** Texts by key, each in a file of its own: large ones must not make every save of the others slow. */
export class KeyedFiles {
  readonly #folder: string;
  readonly #most: number;
  readonly #onAside: OnAside;
  /** What was written last, or is on its way, by file: a text that began earlier must not take its place. */
  readonly #latest = new Map<string, symbol>();

  /**
   * @param folder made when the first text is kept
   * @param most how many are kept; those that were used longest ago go first
   * @param onAside told of each file that was there and could not be used
   */
  constructor(folder: string, most: number, onAside: OnAside = () => undefined) {
    this.#folder = folder;
    this.#most = most;
    this.#onAside = onAside;
  }

  /** @returns undefined when there is none, or it cannot be read and was set aside */
  async read(key: string): Promise<string | undefined> {
    const file = this.#file(key);
    try {
      await tidyFolder(this.#folder);
      const text = await readFile(file, 'utf8');
      await utimes(file, new Date(), new Date()).catch(() => undefined);
      return text;
    } catch (error) {
      if (!isMissing(error)) await this.setAside(key);
      return undefined;
    }
  }

  /** For a text that cannot be used: the next write must not take its place. */
  async setAside(key: string): Promise<void> {
    const kept = await setAside(this.#file(key));
    if (kept !== undefined) this.#onAside(kept);
  }

  /** A reader sees the text before or the text after, never a part. @throws what the file system does */
  async write(key: string, text: string): Promise<void> {
    const file = this.#file(key);
    const mine = this.#begin(file);
    const isLatest = () => this.#latest.get(file) === mine;
    await writePrivate(file, text, isLatest);
    if (isLatest()) await this.#dropOldest();
  }

  /** The same at once, for when the window closes. @throws what the file system does */
  writeNow(key: string, text: string): void {
    const file = this.#file(key);
    this.#begin(file);
    writePrivateNow(file, text);
  }

  async #dropOldest(): Promise<void> {
    const names = (await readdir(this.#folder)).filter((name) => name.endsWith('.json'));
    if (names.length <= this.#most) return;
    const files = names.map((name) => path.join(this.#folder, name));
    const times = await Promise.all(files.map(async (file) => (await stat(file)).mtimeMs));
    const byAge = files.map((file, at) => ({ file, time: times[at] ?? 0 })).sort((a, b) => a.time - b.time);
    for (const { file } of byAge.slice(0, names.length - this.#most)) await rm(file, { force: true });
  }

  #begin(file: string): symbol {
    const mine = Symbol();
    this.#latest.set(file, mine);
    return mine;
  }

  #file(key: string): string {
    return path.join(this.#folder, `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.json`);
  }
}
