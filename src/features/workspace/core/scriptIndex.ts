import type { Disposable } from '../../../shared/emitter.ts';
import { Emitter } from '../../../shared/emitter.ts';
import type { Logger } from '../../../shared/logger.ts';
import type { ScriptFile } from '../../../domain/script.ts';
import { importWords } from './importWords.ts';
import type { LinkFile, LinkFiles } from './linking.ts';
import { PresentPaths } from './presentPaths.ts';
import type { ModuleReading } from './reading.ts';
import { folderOf, stemOf } from './slashPath.ts';
import { workspaceScripts } from './workspaceScripts.ts';

/** Where the files come from; the editor's workspace in production. */
export interface ScriptFiles {
  /** Addresses of all Python files that may be the user's own. */
  find(): Promise<FoundFiles>;
  /** Whether a file that was not there before may be the user's own. */
  includes(uri: string): Promise<boolean>;
  /** @returns undefined for a file that has gone */
  stat(uri: string): Promise<FileStamp | undefined>;
  read(uri: string): Promise<string>;
  label(uri: string): string;
  /** With slashes. */
  path(uri: string): string;
  /** The workspace folder of a path. */
  top(path: string): string;
}

export interface FoundFiles {
  readonly uris: readonly string[];
  /** There are more, which were left out. */
  readonly isCut: boolean;
}

export interface FileStamp {
  readonly mtime: number;
  /** Bytes. */
  readonly size: number;
}

export type ParseScript = (text: string) => ModuleReading | Promise<ModuleReading>;

/** Python files that people write are smaller; what is larger was generated. */
export const largestFile = 1024 * 1024;
const readsAtOnce = 16;
/** While many files are read, what was found is told this often. */
const tellEveryMs = 500;

/** Whether a text may define an app: cheap, and right whenever it says no. */
export function mentionsModal(text: string): boolean {
  for (let at = text.indexOf('modal'); at >= 0;) {
    const start = text.lastIndexOf('\n', at) + 1;
    const feed = text.indexOf('\n', at);
    const end = feed < 0 ? text.length : feed;
    if (importsModal(text.slice(start, end))) return true;
    at = text.indexOf('modal', end);
  }
  return false;
}

function importsModal(line: string): boolean {
  const begin = line.search(/\b(?:from|import)\b/);
  return begin >= 0 && /\bmodal\b/.test(line.slice(begin));
}

interface KnownFile extends FileStamp {
  /** Absent for a file that names neither Modal nor a module that does. */
  readonly file?: LinkFile;
  /** Words of its imports, where it was not read. */
  readonly words?: ReadonlySet<string>;
  /** It was read for a module that it imports, and may hand that on. */
  readonly isDependent?: true;
  /** A syntax error may hide an app. */
  readonly mayHide?: true;
}

/** Every script of the workspace, read once and then only where something changed. Runs nothing. */
export class ScriptIndex implements Disposable {
  readonly #files: ScriptFiles;
  readonly #parse: ParseScript;
  readonly #logger: Logger;
  readonly #changes = new Emitter<void>();
  readonly #known = new Map<string, KnownFile>();
  /** What is to be read, still or again. */
  readonly #pending = new Set<string>();
  /** New files, which may be excluded. */
  readonly #fresh = new Set<string>();
  readonly #present = new PresentPaths();
  /** Files whose imports were not compared with the modules that are of interest. */
  readonly #unsearched = new Set<string>();
  /** Modules whose importers were looked for; one that is gone and comes back is looked for again. */
  #searched: ReadonlySet<string> = new Set();
  #scripts: readonly ScriptFile[] = [];
  #complete = false;
  #isCut = false;
  #problem: string | undefined;
  #rescan = true;
  #toldAt = 0;
  /** A script was read since it was last told. */
  #hasNews = false;
  #work: Promise<void> | undefined;

  readonly onDidChange = this.#changes.event;

  constructor(files: ScriptFiles, parse: ParseScript, logger: Logger) {
    this.#files = files;
    this.#parse = parse;
    this.#logger = logger;
  }

  /** By label. */
  get scripts(): readonly ScriptFile[] {
    return this.#scripts;
  }

  /** False until the workspace was read for the first time. */
  get complete(): boolean {
    return this.#complete;
  }

  /** The workspace has more files than were looked at. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** Why the files could not be listed the last time. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Notes that a file changed; {@link update} reads it. */
  touch(uri: string): void {
    if (this.#known.has(uri)) this.#pending.add(uri);
    else this.#fresh.add(uri);
  }

  /** Notes that folders or excludes changed. */
  touchAll(): void {
    this.#rescan = true;
  }

  /**
   * Reads what changed since the last time; everything the first time. Never rejects.
   * @param signal ends the work; what is left is read the next time
   */
  async update(signal?: AbortSignal): Promise<void> {
    while (this.#work) await this.#work;
    if (!this.#rescan && this.#pending.size + this.#fresh.size === 0) return;
    this.#work = this.#read(signal).finally(() => (this.#work = undefined));
    await this.#work;
  }

  dispose(): void {
    this.#changes.dispose();
  }

  async #read(signal: AbortSignal | undefined): Promise<void> {
    try {
      if (this.#rescan) await this.#findAll();
      await this.#takeFresh();
      this.#problem = undefined;
    } catch (error) {
      this.#problem = error instanceof Error ? error.message : String(error);
      this.#logger.warn(`Could not list the scripts in the workspace: ${this.#problem}`);
    }
    const queue = this.#pending.values();
    const worker = async () => {
      for (const uri of queue) {
        if (signal?.aborted) return;
        this.#pending.delete(uri);
        await this.#readFile(uri);
        this.#tellSoon();
      }
    };
    await Promise.all(Array.from({ length: readsAtOnce }, worker));
    await this.#readDependents(signal);
    this.#complete ||= this.#pending.size === 0 && this.#problem === undefined;
    this.#tell();
  }

  async #findAll(): Promise<void> {
    const { uris, isCut } = await this.#files.find();
    this.#rescan = false;
    this.#isCut = isCut;
    this.#fresh.clear();
    const present = new Set(uris);
    for (const uri of this.#known.keys()) if (!present.has(uri)) this.#forget(uri);
    for (const uri of uris) this.#pending.add(uri);
  }

  async #takeFresh(): Promise<void> {
    for (const uri of this.#fresh) {
      this.#fresh.delete(uri);
      if (await this.#files.includes(uri)) this.#pending.add(uri);
    }
  }

  /** The first app is told as soon as it is known, however many files there are. */
  #tellSoon(): void {
    const now = performance.now();
    const isFirst = this.#scripts.length === 0 && this.#hasNews;
    if (isFirst || now - this.#toldAt >= tellEveryMs) this.#tell();
  }

  #tell(): void {
    this.#toldAt = performance.now();
    this.#hasNews = false;
    const known = [...this.#known].flatMap(([uri, { file, mayHide }]) =>
      file ? [{ path: this.#files.path(uri), file, mayHide }] : [],
    );
    known.sort((a, b) => a.file.label.localeCompare(b.file.label));
    const byPath = new Map(known.map((each) => [each.path, each]));
    const scripts = workspaceScripts(
      known.map(({ path }) => path),
      this.#linkFiles(new Map(known.map(({ path, file }) => [path, file]))),
    );
    this.#scripts = scripts.filter(
      ({ uri, apps, problems }) =>
        apps.length > 0 || (problems.length > 0 && byPath.get(this.#files.path(uri))?.mayHide),
    );
    this.#changes.fire();
  }

  #linkFiles(read: ReadonlyMap<string, LinkFile>): LinkFiles {
    return {
      exists: (path) => this.#present.has(path),
      get: (path) => read.get(path),
      top: (path) => this.#files.top(path),
    };
  }

  /** Files that do not name Modal, but a module that does: `from .common import app`. */
  async #readDependents(signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      const names = this.#reachingNames();
      const found = this.#naming(names);
      for (const uri of found) {
        if (signal?.aborted) return;
        const known = this.#known.get(uri);
        if (known)
          await this.#attempt(uri, async () =>
            this.#known.set(uri, { ...stampOf(known), ...(await this.#readAny(uri)), isDependent: true }),
          );
      }
      this.#unsearched.clear();
      this.#searched = names;
      if (found.length === 0) return;
    }
  }

  #reachingNames(): ReadonlySet<string> {
    const names = new Set<string>();
    for (const [uri, { file, isDependent }] of this.#known)
      if (file && (isDependent || isReaching(file.reading))) names.add(moduleName(this.#files.path(uri)));
    return names;
  }

  /** Files that name one of those modules. Those that were searched before are asked for the new names only. */
  #naming(names: ReadonlySet<string>): string[] {
    const news = [...names].filter((name) => !this.#searched.has(name));
    return [...this.#known].flatMap(([uri, { words }]) => {
      if (!words) return [];
      const isNew = this.#unsearched.has(uri);
      const isFound = isNew
        ? [...words].some((word) => names.has(word))
        : news.some((name) => words.has(name));
      return isFound ? [uri] : [];
    });
  }

  async #readFile(uri: string): Promise<void> {
    await this.#attempt(uri, async () => {
      const stamp = await this.#files.stat(uri);
      if (!stamp) {
        this.#forget(uri);
        return;
      }
      const known = this.#known.get(uri);
      if (known?.mtime === stamp.mtime && known.size === stamp.size) return;
      const read = stamp.size <= largestFile ? await this.#readModal(uri) : {};
      this.#known.set(uri, { ...stampOf(stamp), ...read });
      this.#present.add(this.#files.path(uri));
      this.#unsearched.add(uri);
      this.#hasNews ||= 'file' in read;
    });
  }

  #forget(uri: string): void {
    if (this.#known.delete(uri)) this.#present.delete(this.#files.path(uri));
  }

  async #attempt(uri: string, read: () => Promise<unknown>): Promise<void> {
    try {
      await read();
    } catch (error) {
      this.#forget(uri);
      this.#logger.debug(`Could not read ${uri}: ${String(error)}`);
    }
  }

  async #readModal(uri: string): Promise<Pick<KnownFile, 'file' | 'mayHide' | 'words'>> {
    const text = await this.#files.read(uri);
    return mentionsModal(text) ? this.#parsed(uri, text) : { words: importWords(text) };
  }

  async #readAny(uri: string): Promise<Pick<KnownFile, 'file' | 'mayHide'>> {
    return this.#parsed(uri, await this.#files.read(uri));
  }

  async #parsed(uri: string, text: string): Promise<Pick<KnownFile, 'file' | 'mayHide'>> {
    const reading = await this.#parse(text);
    const mayHide = mentionsModal(text) && /\b(?:App|Stub)\s*\(/.test(text);
    return { file: { uri, label: this.#files.label(uri), reading }, ...(mayHide ? { mayHide } : {}) };
  }
}

function stampOf({ mtime, size }: FileStamp): FileStamp {
  return { mtime, size };
}

/** Whether other files may be of interest because they import this one. */
function isReaching({ apps, foreign, maybe, importsModal, problems }: ModuleReading): boolean {
  const makes = importsModal && Object.keys(maybe).length > 0;
  return apps.length + foreign.length + problems.length > 0 || makes;
}

/** The last part of the name by which a file is imported. */
function moduleName(path: string): string {
  return stemOf(path) === '__init__' ? stemOf(folderOf(path)) : stemOf(path);
}
