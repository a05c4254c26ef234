import type { LogBatch, LogChunk, PastQuery, TimeRange } from '../../../domain/log.ts';
import type { LogEntry } from '../../../domain/logEntry.ts';
import { EntryBuilder, EntryList, lineEntry, noteFirsts, notInTime } from './entryBuilder.ts';
import type { FetchLogs } from './fetchLogs.ts';
import { extentOf, mostFetched } from './fetchLogs.ts';
import type { AssembledLine } from './lines.ts';
import { writerOf } from './lines.ts';
import type { LogBuffer } from './logBuffer.ts';
import { pushInTurns } from './turns.ts';

/** How long Modal keeps logs, in days, by plan; the server may say so itself. */
export const keptDaysByPlan = { starter: 1, team: 30 } as const;

/** Longest time before now that is worth asking for, in days. */
export const longestKeptDays = 35;

export interface LogHistoryOptions {
  readonly buffer: LogBuffer;
  readonly query: PastQuery;
  readonly fetch: FetchLogs;
  /**
   * The oldest chunk that has come to the buffer already, and others of the same millisecond; none = from now on back.
   * Asked for until there is one.
   */
  readonly known: () => readonly LogChunk[];
  /** Takes chunks that were loaded while none was known: the stream may bring them again. */
  readonly onNewest?: (chunks: readonly LogChunk[]) => void;
  /** First rows of the writers in the buffer: a line that a page cuts continues there. */
  readonly firstRows?: ReadonlyMap<string, number>;
  readonly now?: () => number;
  /** Only this time; absent = everything before now. */
  readonly range?: TimeRange;
  /** Entries of one page, about. */
  readonly pageEntries?: number;
}

export type HistoryState =
  /** There may be more. */
  | { readonly kind: 'more'; readonly loaded: number }
  /** The server holds nothing older. */
  | { readonly kind: 'start'; readonly text: string }
  /** The buffer has no more room; older lines can be downloaded. */
  | { readonly kind: 'full'; readonly text: string };

const defaultPageEntries = 2000;
const hour = 3_600_000;
/** A page is looked for in the last hour first, then in longer times, as the official clients do. */
const lookbacks = [hour, 24 * hour, 7 * 24 * hour, longestKeptDays * 24 * hour - hour];

/**
 * Loads what is older than the buffer's first entry, page by page, with neither a gap nor a repeat: a page ends in the
 * millisecond in which the buffer begins, whose chunks are compared one by one, and lines that a page cuts are joined.
 */
export class LogHistory {
  readonly #options: LogHistoryOptions;
  readonly #now: () => number;
  #known: readonly LogChunk[] = [];
  readonly #firstRows = new Map<string, number>();
  #keptDays: number | undefined;
  #loading: Promise<HistoryState> | undefined;
  #state: HistoryState = { kind: 'more', loaded: 0 };

  constructor(options: LogHistoryOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  get state(): HistoryState {
    return this.#state;
  }

  /** How long the server keeps these logs, in days, once it has said so. */
  get keptDays(): number | undefined {
    return this.#keptDays;
  }

  /**
   * Loads the next older page into the buffer. Calls while one is loading wait for that one.
   * @throws ModalError, after which it can be tried again: nothing was changed
   */
  loadOlder(signal?: AbortSignal): Promise<HistoryState> {
    this.#loading ??= this.#load(signal).finally(() => (this.#loading = undefined));
    return this.#loading;
  }

  async #load(signal: AbortSignal | undefined): Promise<HistoryState> {
    // Dropped rows lie between those that are held and older ones.
    if (this.#options.buffer.dropped.rows > 0) return this.#full();
    const page = await this.#pageBeforeKnown(signal);
    signal?.throwIfAborted();
    if (this.#options.buffer.dropped.rows > 0) return this.#full();
    if (page.length === 0) return this.#end('start', `${this.#beginning()} ${retentionText(this.#keptDays)}`);
    const { entries, open, firsts } = await assemble(page);
    signal?.throwIfAborted();
    if (this.#options.buffer.dropped.rows > 0) return this.#full();
    const rest = open.filter((line) => !this.#join(line));
    const all = [...entries, ...rest.map((line) => lineEntry({ ...line, partial: false }))];
    const rows = this.#options.buffer.prepend(all);
    const lost = all.length - rows.length;
    for (const [writer, at] of firsts) {
      const row = rows[at - lost];
      if (row !== undefined) this.#firstRows.set(writer, row);
    }
    if (lost > 0) return this.#full();
    this.#known = oldestOf([...page, ...this.#known]);
    this.#state = { kind: 'more', loaded: rows.length };
    return this.#state;
  }

  /** The first lines may come to the buffer while a page is loaded that has them too. */
  async #pageBeforeKnown(signal: AbortSignal | undefined): Promise<LogChunk[]> {
    this.#learnKnown();
    const page = await this.#page(signal);
    if (this.#known.length > 0) return page;
    this.#learnKnown();
    if (this.#known.length > 0) return this.#page(signal);
    if (!signal?.aborted) this.#options.onNewest?.(page);
    return page;
  }

  #learnKnown(): void {
    if (this.#known.length > 0) return;
    this.#known = oldestOf(this.#options.known());
    for (const [writer, row] of this.#options.firstRows ?? []) this.#firstRows.set(writer, row);
  }

  #full(): HistoryState {
    return this.#end('full', 'Line limit reached. Download the range to read older lines.');
  }

  #beginning(): string {
    return this.#options.range ? 'Start of the time range.' : 'Start of the log.';
  }

  #end(kind: 'start' | 'full', text: string): HistoryState {
    this.#state = { kind, text };
    return this.#state;
  }

  /** A line that was open when the page ended continues in the first known row of its writer. */
  #join({ key, chunk, text }: AssembledLine): boolean {
    const { buffer } = this.#options;
    const row = this.#firstRows.get(key);
    const entry = row === undefined ? undefined : buffer.entry(row);
    if (row === undefined || entry?.kind !== 'line' || entry.continued) return false;
    const { partial = false, goesOn = false } = entry;
    const origin = { ...entry, time: chunk.time };
    return buffer.update(
      row,
      lineEntry({ chunk: origin, text: text + entry.text, partial, goesOn, continued: false }),
    );
  }

  /** The newest entries before what is known, looked for further and further back. */
  #page(signal: AbortSignal | undefined): Promise<LogChunk[]> {
    const known = this.#known[0];
    const end = this.#options.range?.until ?? this.#now() + hour;
    return this.#pageBefore(known ? known.time + 1 : end, signal);
  }

  async #pageBefore(until: number, signal: AbortSignal | undefined): Promise<LogChunk[]> {
    const { query, fetch, range: limit, pageEntries = defaultPageEntries } = this.#options;
    const known = this.#known;
    const begin = limit?.since ?? Number.NEGATIVE_INFINITY;
    for (const lookback of lookbacks) {
      const range = { since: Math.max(begin, until - lookback), until };
      const batches = await fetch(query, range, pageEntries + known.length, signal);
      const { count, oldest = 0 } = extentOf(batches);
      const isCut = count >= pageEntries + known.length;
      const fresh = withoutKnown(this.#chunksOf(batches), known);
      // Of the oldest millisecond, some may have been left out. If there is no other, a larger page is needed.
      const whole = isCut ? fresh.filter(({ time }) => time > oldest) : fresh;
      if (whole.length > 0) return whole;
      if (isCut) return this.#largePage(range, signal);
      if (range.since === begin) break;
    }
    return [];
  }

  async #largePage(range: TimeRange, signal: AbortSignal | undefined): Promise<LogChunk[]> {
    const batches = await this.#options.fetch(this.#options.query, range, mostFetched, signal);
    const fresh = withoutKnown(this.#chunksOf(batches), this.#known);
    const { count, oldest = 0 } = extentOf(batches);
    // Nothing of it is shown here, for example because an image was built: what is older may be.
    const goesOn = fresh.length === 0 && count >= mostFetched && oldest + 1 < range.until;
    return goesOn ? this.#pageBefore(oldest + 1, signal) : fresh;
  }

  #chunksOf(batches: readonly LogBatch[]): LogChunk[] {
    for (const { keptDays } of batches) this.#keptDays = keptDays ?? this.#keptDays;
    return batches.flatMap(({ chunks }) => chunks);
  }
}

/** The chunks of the oldest millisecond. */
function oldestOf(chunks: readonly LogChunk[]): LogChunk[] {
  const oldest = chunks.reduce((time, chunk) => Math.min(time, chunk.time), Number.POSITIVE_INFINITY);
  return chunks.filter(({ time }) => time === oldest);
}

/** Takes out as many of each chunk as are known. */
function withoutKnown(chunks: readonly LogChunk[], known: readonly LogChunk[]): LogChunk[] {
  const left = new ChunkCounts(known);
  // From the end: what is known is the newer part of the millisecond.
  return chunks
    .toReversed()
    .filter((chunk) => !left.take(chunk))
    .reverse();
}

interface Assembled {
  readonly entries: readonly LogEntry[];
  /** Lines whose end is in newer chunks. */
  readonly open: AssembledLine[];
  /** Index of each writer's first entry. */
  readonly firsts: Map<string, number>;
}

async function assemble(chunks: readonly LogChunk[]): Promise<Assembled> {
  const list = new EntryList();
  const firsts = new Map<string, number>();
  const builder = new EntryBuilder(noteFirsts(list, firsts), notInTime);
  await pushInTurns(chunks, (chunk) => builder.push(chunk));
  return { open: builder.takeOpen(), entries: list.entries, firsts };
}

/** Counts equal chunks: those with the same writer, time and text. */
export class ChunkCounts {
  readonly #counts = new Map<string, number>();
  #newest = Number.NEGATIVE_INFINITY;

  constructor(chunks: readonly LogChunk[] = []) {
    for (const chunk of chunks) {
      this.#counts.set(nameOf(chunk), (this.#counts.get(nameOf(chunk)) ?? 0) + 1);
      this.#newest = Math.max(this.#newest, chunk.time);
    }
  }

  /** Removes one. @returns whether there was one */
  take(chunk: LogChunk): boolean {
    if (chunk.time > this.#newest) return false;
    const count = this.#counts.get(nameOf(chunk)) ?? 0;
    if (count > 0) this.#counts.set(nameOf(chunk), count - 1);
    return count > 0;
  }
}

function nameOf(chunk: LogChunk): string {
  return `${chunk.stamp ?? chunk.time}|${writerOf(chunk)}|${chunk.text}`;
}

/** Says how far back earlier logs go. @param keptDays as the server says it */
export function retentionText(keptDays: number | undefined): string {
  if (keptDays !== undefined) return `Modal keeps these logs for ${days(keptDays)}.`;
  const { starter, team } = keptDaysByPlan;
  return `Modal keeps logs for ${days(starter)} on the Starter plan and ${days(team)} on the Team plan.`;
}

function days(count: number): string {
  return count === 1 ? '1 day' : `${count} days`;
}
