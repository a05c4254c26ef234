import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Texts by key, each in a file of its own: large ones must not make every save of the others slow. */
export class KeyedFiles {
  readonly #folder: string;
  readonly #most: number;
  /** What was written last, or is on its way, by file: a text that began earlier must not take its place. */
  readonly #latest = new Map<string, string>();

  /**
   * @param folder made when the first text is kept
   * @param most how many are kept; those that were used longest ago go first
   */
  constructor(folder: string, most: number) {
    this.#folder = folder;
    this.#most = most;
  }

  /** @returns undefined when there is none, or it cannot be read */
  async read(key: string): Promise<string | undefined> {
    try {
      const file = this.#file(key);
      const text = await readFile(file, 'utf8');
      await utimes(file, new Date(), new Date()).catch(() => undefined);
      return text;
    } catch {
      return undefined;
    }
  }

  /** A reader sees the text before or the text after, never a part. @throws what the file system does */
  async write(key: string, text: string): Promise<void> {
    const file = this.#file(key);
    const fresh = this.#fresh(file);
    await mkdir(this.#folder, { recursive: true });
    await writeFile(fresh, text);
    if (this.#latest.get(file) !== fresh) return rm(fresh, { force: true });
    renameSync(fresh, file);
    await this.#dropOldest();
  }

  /** The same at once, for when the window closes. @throws what the file system does */
  writeNow(key: string, text: string): void {
    const file = this.#file(key);
    const fresh = this.#fresh(file);
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(fresh, text);
    renameSync(fresh, file);
  }

  async #dropOldest(): Promise<void> {
    const names = (await readdir(this.#folder)).filter((name) => name.endsWith('.json'));
    if (names.length <= this.#most) return;
    const files = names.map((name) => path.join(this.#folder, name));
    const times = await Promise.all(files.map(async (file) => (await stat(file)).mtimeMs));
    const byAge = files.map((file, at) => ({ file, time: times[at] ?? 0 })).sort((a, b) => a.time - b.time);
    for (const { file } of byAge.slice(0, names.length - this.#most)) await rm(file, { force: true });
  }

  #fresh(file: string): string {
    const fresh = `${file}.${randomUUID()}`;
    this.#latest.set(file, fresh);
    return fresh;
  }

  #file(key: string): string {
    return path.join(this.#folder, `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.json`);
  }
}
