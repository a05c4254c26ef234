/** Deploys, serves and runs under way, written down so that another window knows what one that has gone has left. */

import { createHash, randomBytes } from 'node:crypto';
import { readFile, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { writePrivate } from '../../../shared/files/privateFiles.ts';
import type { OnAside } from '../../../shared/files/setAside.ts';
import { isMissing, setAside } from '../../../shared/files/setAside.ts';
import type { Memory } from '../../../shared/memory.ts';
import { isRecord, keepAside } from '../../../shared/memory.ts';
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
const memoryKey = 'deploys';

/** What was cut off longer ago is no news, and process ids are used again. */
const oldestMs = 7 * 24 * 60 * 60_000;

/**
 * The journal of a workspace: a file for each deploy, serve and run, in a folder that its windows share, so that none of them loses
 * what another has written.
 */
export class DeployJournal {
  readonly #folder: () => string;
  readonly #memory: Memory;
  readonly #now: () => number;
  readonly #onAside: OnAside;
  /** Files of the entries that this window has read or written, by id. */
  readonly #files = new Map<string, string>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    folder: () => string,
    memory: Memory,
    now: () => number = Date.now,
    onAside: OnAside = () => undefined,
  ) {
    this.#folder = folder;
    this.#memory = memory;
    this.#now = now;
    this.#onAside = onAside;
  }

  /** What any window has noted and not removed. A file that cannot be read is set aside. */
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
    try {
      const value: unknown = JSON.parse(await readFile(file, 'utf8'));
      const entry = usable(value, this.#now());
      if (entry) this.#files.set(entry.id, file);
      // One of a newer version, whose window may be open beside this one, stays where it is.
      if (entry || hasId(value)) return entry;
    } catch (error) {
      if (isMissing(error)) return undefined; // its deploy has ended
    }
    const kept = await setAside(file);
    if (kept !== undefined) this.#onAside(kept);
    return undefined;
  }

  async #takeOverMemory(): Promise<void> {
    const stored = this.#memory.get(memoryKey);
    if (stored === undefined) return;
    const values: readonly unknown[] = Array.isArray(stored) ? stored : [stored];
    const entries = values.flatMap((each) => usable(each, this.#now()) ?? []);
    for (const each of values) if (!isEntry(each)) await keepAside(this.#memory, memoryKey, each);
    for (const entry of entries) await writePrivate(this.#fileOf(entry.id), JSON.stringify(entry));
    await this.#memory.update(memoryKey, undefined);
  }
}

/** @returns undefined for what is too old, or was written by another version in another way */
function usable(value: unknown, now: number): JournalEntry | undefined {
  if (!isEntry(value) || now - value.startedAt >= oldestMs) return undefined;
  return { ...value, account: withoutToken(value.account) };
}

const kinds: readonly unknown[] = ['deploy', 'serve', 'run'] satisfies JournalKind[];

const hasId = (value: unknown) => isRecord(value) && typeof value['id'] === 'string';

function isEntry(value: unknown): value is JournalEntry {
  return (
    isRecord(value) &&
    typeof value['id'] === 'string' &&
    typeof value['account'] === 'string' &&
    typeof value['title'] === 'string' &&
    typeof value['environment'] === 'string' &&
    (value['kind'] === undefined || kinds.includes(value['kind'])) &&
    typeof value['startedAt'] === 'number'
  );
}

/** Versions up to 0.7.0 noted server, profile and a hash of the token, which a new sign-in changes. */
function withoutToken(account: string): string {
  const [, server, profile] = /^snapshot:(.+):([^:]*):[0-9a-f]{12}$/.exec(account) ?? [];
  return server === undefined ? account : `${server}|${profile ?? ''}`;
}
