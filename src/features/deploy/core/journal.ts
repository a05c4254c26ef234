/** Deploys, serves and runs under way, written down so that another window knows what one that has gone has left. */

import { createHash, randomBytes } from 'node:crypto';
import { readFile, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { writePrivate } from '../../../shared/files/privateFiles.ts';
import type { Owner } from './owner.ts';

/** What was deployed, by names: it may have changed meanwhile. */
export type JournalTarget =
  | { readonly kind: 'bundled'; readonly id: string }
  | { readonly kind: 'script'; readonly script: string; readonly variable?: string };

export type JournalKind = 'deploy' | 'serve' | 'run';

export interface JournalEntry {
  /** Of this one deploy, serve or run: an app may be deployed twice, to two environments. */
  readonly id: string;
  /** Absent = a deploy. */
  readonly kind?: JournalKind;
  /** Function or entry point of a run. */
  readonly runnable?: string;
  /** Whose Modal it is: server and workspace, whatever token opens them; another account knows nothing of it. */
  readonly account: string;
  readonly title: string;
  /** '' when only the script knows. */
  readonly appName: string;
  readonly environment: string;
  /** Absent in entries of earlier versions. */
  readonly target?: JournalTarget;
  /** Unix milliseconds. */
  readonly startedAt: number;
  /** Version that was live before; absent when none was. */
  readonly versionBefore?: number;
  /** Head of the CLI's process group, once it runs. */
  readonly pid?: number;
  /** Of an app that it has made. */
  readonly appId?: string;
  /** The window that sees to it; absent in entries of earlier versions. */
  readonly owner?: Owner;
}

/** Where earlier versions kept it: the editor's memory of the workspace. */
export interface JournalMemory {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const memoryKey = 'deploys';

/** What was cut off longer ago is no news, and process ids are used again. */
const oldestMs = 7 * 24 * 60 * 60_000;

/**
 * The journal of a workspace: a file for each deploy, serve and run, in a folder that its windows share, so that none of them loses
 * what another has written.
 */
export class DeployJournal {
  readonly #folder: () => string;
  readonly #memory: JournalMemory;
  readonly #now: () => number;
  /** Files of the entries that this window has read or written, by id. */
  readonly #files = new Map<string, string>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(folder: () => string, memory: JournalMemory, now: () => number = Date.now) {
    this.#folder = folder;
    this.#memory = memory;
    this.#now = now;
  }

  /** What any window has noted and not removed. A file that cannot be read is left out. */
  entries(): Promise<JournalEntry[]> {
    return this.#inTurn(async () => {
      await this.#takeOverMemory();
      const names = (await readdir(this.#folder()).catch(() => [])).filter((name) => name.endsWith('.json'));
      const read = await Promise.all(names.map((name) => this.#read(path.join(this.#folder(), name))));
      return read.flatMap((entry) => entry ?? []).sort((a, b) => a.startedAt - b.startedAt);
    });
  }

  /** Adds an entry, or replaces what is known of the same deploy. */
  write(entry: JournalEntry): Promise<void> {
    return this.#inTurn(() => writePrivate(this.#fileOf(entry.id), JSON.stringify(entry)));
  }

  remove(id: string): Promise<void> {
    return this.#inTurn(async () => {
      await rm(this.#fileOf(id), { force: true });
      this.#files.delete(id);
    });
  }

  /** @returns whether it is this window's to see to now; of several that try, one gets it */
  take(entry: JournalEntry, owner: Owner): Promise<boolean> {
    return this.#inTurn(async () => {
      const from = this.#fileOf(entry.id);
      const to = from.replace(/(?:-\w+)?\.json$/, `-${randomBytes(4).toString('hex')}.json`);
      try {
        await rename(from, to);
      } catch {
        return false; // another window was quicker
      }
      this.#files.set(entry.id, to);
      await writePrivate(to, JSON.stringify({ ...entry, owner }));
      return true;
    });
  }

  #inTurn<T>(job: () => Promise<T>): Promise<T> {
    const done = this.#last.then(job, job);
    this.#last = done.catch(() => undefined);
    return done;
  }

  #fileOf(id: string): string {
    const name = createHash('sha256').update(id).digest('hex').slice(0, 32);
    return this.#files.get(id) ?? path.join(this.#folder(), `${name}.json`);
  }

  async #read(file: string): Promise<JournalEntry | undefined> {
    const entry = usable(parse(await readFile(file, 'utf8').catch(() => '')), this.#now());
    if (entry) this.#files.set(entry.id, file);
    return entry;
  }

  async #takeOverMemory(): Promise<void> {
    const stored = this.#memory.get(memoryKey);
    if (stored === undefined) return;
    const entries = (Array.isArray(stored) ? stored : []).flatMap((each) => usable(each, this.#now()) ?? []);
    for (const entry of entries) await writePrivate(this.#fileOf(entry.id), JSON.stringify(entry));
    await this.#memory.update(memoryKey, undefined);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @returns undefined for what is too old, or was written by another version in another way */
function usable(value: unknown, now: number): JournalEntry | undefined {
  const entry = value as JournalEntry | undefined | null;
  if (!entry || !isEntry(entry) || now - entry.startedAt >= oldestMs) return undefined;
  return { ...entry, account: withoutToken(entry.account) };
}

const kinds: readonly unknown[] = ['deploy', 'serve', 'run'] satisfies JournalKind[];

function isEntry(value: Partial<JournalEntry>): boolean {
  return (
    typeof value.id === 'string' &&
    typeof value.account === 'string' &&
    typeof value.title === 'string' &&
    typeof value.environment === 'string' &&
    (value.kind === undefined || kinds.includes(value.kind)) &&
    typeof value.startedAt === 'number'
  );
}

/** Versions up to 0.7.0 noted server, profile and a hash of the token, which a new sign-in changes. */
function withoutToken(account: string): string {
  const [, server, profile] = /^snapshot:(.+):([^:]*):[0-9a-f]{12}$/.exec(account) ?? [];
  return server === undefined ? account : `${server}|${profile ?? ''}`;
}
