import { randomBytes } from 'node:crypto';
import { readFile, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { HttpResult } from '../../../../domain/request.ts';
import { tidyFolder, writePrivate } from '../../../../shared/files/privateFiles.ts';
import { isMissing, setAside } from '../../../../shared/files/setAside.ts';
import { isRecord } from '../../../../shared/memory.ts';
import type { HistoryEntry, RequestApp, SentRequest } from './entry.ts';
import { entryOf } from './entry.ts';

export const mostEntries = 200;

export interface HistoryRead {
  /** Newest first. */
  readonly entries: readonly HistoryEntry[];
  /** Files that could not be read and were set aside, with their new names. */
  readonly broken: readonly string[];
}

/**
 * Requests of a workspace, each a file of its own: windows that write at the same time cannot lose each other's, and a
 * broken file costs one entry.
 */
export class RequestHistory {
  readonly #folder: string;
  /** Bodies that are too big to keep, as long as the window lives. */
  readonly #recent = new RecentBodies();
  #last = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get folder(): string {
    return this.#folder;
  }

  /** @returns the entry that was written */
  async add(sent: SentRequest, app?: RequestApp): Promise<HistoryEntry> {
    const entry = await entryOf(sent, this.#id(sent.at), app);
    if (entry.answer?.body.kind === 'hash' && sent.result) this.#recent.add(entry.answer.body, sent.result);
    await writePrivate(this.#file(entry.id), JSON.stringify(entry));
    await this.#prune();
    return entry;
  }

  async read(): Promise<HistoryRead> {
    const entries: HistoryEntry[] = [];
    const broken: string[] = [];
    await tidyFolder(this.#folder);
    for (const name of (await this.#names()).reverse()) {
      const entry = await this.#entry(name, broken);
      if (entry) entries.push(entry);
    }
    return { entries, broken };
  }

  async remove(id: string): Promise<void> {
    await rm(this.#file(id), { force: true });
  }

  async clear(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** The answer's text, also of a big one if it came in this window; undefined when it is gone. */
  bodyOf({ answer }: HistoryEntry): string | undefined {
    const body = answer?.body;
    if (body?.kind === 'text') return body.text;
    return body?.kind === 'hash' ? (this.#recent.get(body.sha256) ?? body.redacted) : undefined;
  }

  /** In order of time, also for two of the same millisecond; apart from those of other windows. */
  #id(at: number): string {
    this.#last = Math.max(at * 1000, this.#last + 1);
    return `${String(this.#last).padStart(17, '0')}-${randomBytes(4).toString('hex')}`;
  }

  #file(id: string): string {
    return path.join(this.#folder, `${id}.json`);
  }

  /** Oldest first. */
  async #names(): Promise<string[]> {
    const names = await readdir(this.#folder).catch(missing([]));
    return names.filter((name) => /^\d{17}-[0-9a-f]{8}\.json$/.test(name)).sort();
  }

  async #entry(name: string, broken: string[]): Promise<HistoryEntry | undefined> {
    const file = path.join(this.#folder, name);
    try {
      const entry = JSON.parse(await readFile(file, 'utf8')) as Partial<HistoryEntry>;
      if (isEntry(entry)) return { ...entry, id: name.slice(0, -'.json'.length) };
    } catch (error) {
      if (isMissing(error)) return undefined; // another window has removed it
    }
    const kept = await setAside(file);
    if (kept !== undefined) broken.push(kept);
    return undefined;
  }

  async #prune(): Promise<void> {
    const names = await this.#names();
    for (const name of names.slice(0, Math.max(0, names.length - mostEntries)))
      await rm(path.join(this.#folder, name), { force: true, recursive: true });
  }
}

function missing<T>(instead: T): (error: unknown) => T {
  return (error) => {
    if (isMissing(error)) return instead;
    throw error;
  };
}

/** Another version of the extension may have written something else. */
function isEntry(value: Partial<HistoryEntry> | null): value is HistoryEntry {
  const { request, answer, at, app } = value ?? {};
  return (
    typeof at === 'number' &&
    typeof request?.method === 'string' &&
    URL.canParse(request.url) &&
    isRecord(request.headers) &&
    (app === undefined || (typeof app.name === 'string' && typeof app.environment === 'string')) &&
    (answer === undefined ? typeof value?.failure === 'string' : isAnswer(answer))
  );
}

function isAnswer({ status, size, timing, headers, body }: NonNullable<HistoryEntry['answer']>): boolean {
  return (
    typeof status === 'number' &&
    typeof size === 'number' &&
    typeof timing.total === 'number' &&
    isRecord(headers) &&
    typeof body.kind === 'string'
  );
}

/** The latest big answers, up to a size in all; their text is made when somebody asks for it. */
class RecentBodies {
  readonly #results = new Map<string, Pick<HttpResult, 'body' | 'size'>>();
  #size = 0;

  add({ sha256 }: { readonly sha256: string }, result: Pick<HttpResult, 'body' | 'size'>): void {
    const most = 16 * 1024 * 1024;
    if (this.#results.has(sha256) || result.size > most) return;
    this.#results.set(sha256, result);
    this.#size += result.size;
    for (const [oldest, { size }] of this.#results) {
      if (this.#size <= most) return;
      this.#results.delete(oldest);
      this.#size -= size;
    }
  }

  get(sha256: string): string | undefined {
    return this.#results.get(sha256)?.body;
  }
}
