import type { LinkFile, LinkFiles, LinkedScript } from './linking.ts';
import { Linker } from './linking.ts';
import type { ImportedName } from './reading.ts';
import { isNeverOwn } from './excludes.ts';
import { folderOf, join, stemOf } from './slashPath.ts';

/** Where the files of one link come from. Paths have slashes. */
export interface LinkSources {
  /** Names of what is in a folder; none for a folder that cannot be read. */
  list(folder: string): Promise<ReadonlySet<string>>;
  /** @returns undefined for a file that cannot be read, or that nobody wrote */
  read(path: string): Promise<LinkFile | undefined>;
  /** The outermost folder in which Python may be told to look for modules. */
  top(path: string): string;
}

/** Imports are followed through this many files. */
const mostFiles = 500;
/** Folders above a file that may be where Python looks for modules. */
const mostRoots = 12;

/** Reads a file and all files of the user that importing it imports, as they are now. */
export async function readLinked(path: string, sources: LinkSources): Promise<LinkedScript | undefined> {
  const loader = new Loader(path, sources);
  await loader.load();
  return new Linker(loader).link(path);
}

class Loader implements LinkFiles {
  readonly #start: string;
  readonly #sources: LinkSources;
  readonly #lists = new Map<string, Promise<ReadonlySet<string>>>();
  readonly #names = new Map<string, ReadonlySet<string>>();
  readonly #files = new Map<string, LinkFile | undefined>();
  readonly #roots: string[] = [];

  constructor(start: string, sources: LinkSources) {
    this.#start = start;
    this.#sources = sources;
    const top = sources.top(start);
    for (let at = folderOf(start); this.#roots.length < mostRoots; at = folderOf(at)) {
      this.#roots.push(at);
      if (at === top || !at.startsWith(top) || at === folderOf(at)) break;
    }
  }

  async load(): Promise<void> {
    await Promise.all(this.#roots.map((root) => this.#list(root)));
    const queue = new Set([this.#start]);
    for (const path of queue) {
      if (queue.size > mostFiles) break;
      const file = isNeverOwn(path) && path !== this.#start ? undefined : await this.#sources.read(path);
      this.#files.set(path, file);
      for (const imported of file?.reading.importing ?? [])
        for (const found of await this.#find(imported, path)) queue.add(found);
    }
  }

  exists(path: string): boolean {
    const names = this.#names.get(folderOf(path));
    return names?.has(path.slice(folderOf(path).length + 1)) ?? false;
  }

  get(path: string): LinkFile | undefined {
    return this.#files.get(path);
  }

  top(): string {
    return this.#sources.top(this.#start);
  }

  async #list(folder: string): Promise<ReadonlySet<string>> {
    const known = this.#lists.get(folder) ?? this.#sources.list(folder);
    this.#lists.set(folder, known);
    const names = await known;
    this.#names.set(folder, names);
    return names;
  }

  /** Wherever an import may lead to, by any of the folders in which Python may look. */
  async #find({ module, member }: ImportedName, importer: string): Promise<string[]> {
    const dots = /^\.*/.exec(module)?.[0].length ?? 0;
    const parts = [...module.slice(dots).split('.'), ...(member === undefined ? [] : [member])].filter(
      Boolean,
    );
    let base = folderOf(importer);
    for (let count = 1; count < dots; count++) base = folderOf(base);
    const found: string[] = [];
    for (const root of dots > 0 ? [base] : this.#roots) found.push(...(await this.#walk(root, parts)));
    return found;
  }

  async #walk(root: string, parts: readonly string[]): Promise<string[]> {
    const found: string[] = [];
    let folder = root;
    let names = await this.#list(folder);
    if (names.has('__init__.py')) found.push(join(folder, '__init__.py'));
    for (const part of parts) {
      if (names.has(`${part}.py`)) found.push(join(folder, `${part}.py`));
      if (!names.has(part)) break;
      folder = join(folder, part);
      names = await this.#list(folder);
      if (names.has('__init__.py')) found.push(join(folder, '__init__.py'));
    }
    return found.filter((path) => stemOf(path) !== '');
  }
}
