import { ModalError, isModalError, toModalError } from '../../../domain/errors.ts';
import type { LogCount, LogQuery, PastQuery, TimeRange } from '../../../domain/log.ts';
import { plainText } from '../../../shared/ansi.ts';
import type { LogEntry } from '../../../domain/logEntry.ts';
import { entryText } from '../../../domain/logEntry.ts';
import type { LogFilter } from '../../../domain/logFilter.ts';
import { compileFilter, headOf } from '../../../domain/logFilter.ts';
import { EntryBuilder, EntryList, notInTime } from './entryBuilder.ts';
import type { CountLogs, FetchLogs, FetchedRange } from './fetchLogs.ts';
import { fetchRange, mostFetched, serverQuery } from './fetchLogs.ts';
import { entryAsJson, entryAsText } from './textForms.ts';
import type { PlannedFetch } from './timeBuckets.ts';
import { bucketSecondsFor, entriesIn, narrowerThan, planFetches } from './timeBuckets.ts';
import { pushInTurns, yieldToEventLoop } from './turns.ts';
import { TextTester } from './textTester.ts';

export interface DownloadOptions {
  readonly query: LogQuery;
  readonly filter: LogFilter;
  readonly range: TimeRange;
  readonly format: 'text' | 'json';
  readonly fetch: FetchLogs;
  readonly count: CountLogs;
  /** Takes the text in order; the next piece comes when this has resolved. */
  readonly write: (text: string) => Promise<void>;
  readonly onProgress?: (progress: DownloadProgress) => void;
  readonly signal?: AbortSignal;
}

export interface DownloadProgress {
  /** Entries that were read, of how many as counted before; 0 = the server does not count. */
  readonly read: number;
  readonly total: number;
  /** Entries that were written: those that match the filter. */
  readonly written: number;
}

export interface DownloadResult extends DownloadProgress {
  /** Ranges that hold more entries than could be fetched; the oldest of theirs are missing. */
  readonly cut: readonly TimeRange[];
}

const mostAtOnce = 10;
/** A bucket with more entries than one fetch gives is counted again, more finely, so many times. */
const mostRefinements = 3;

/**
 * Writes a time range of a log, as text or as lines of JSON: counts first, then fetches in parallel and writes in order.
 * @throws ModalError; of kind `cancelled` when the signal asks for it, `invalid` when the filter's expression cannot be
 * applied. Text that was written before stays.
 */
export async function downloadLogs(options: DownloadOptions): Promise<DownloadResult> {
  const { query, filter, signal } = options;
  const matching = new MatchingEntries(filter);
  throwProblem(matching);
  const asked = serverQuery(query, filter);
  const fetches = await planned(options, asked);
  const total = fetches.reduce((sum, { entries }) => sum + entries, 0);
  const form = options.format === 'json' ? entryAsJson : entryAsText;
  const list = new EntryList();
  const builder = new EntryBuilder(list, notInTime);
  const cut: TimeRange[] = [];
  let read = 0;
  let written = 0;
  const flush = async (isLast: boolean) => {
    if (isLast) builder.flush();
    // The last entries may still grow with the next fetch.
    const { entries } = list;
    const done = await matching.of(list.take(isLast ? entries.length : settledOf(entries)));
    throwProblem(matching);
    written += done.length;
    if (done.length > 0) await options.write(done.map((entry) => `${form(entry)}\n`).join(''));
    options.onProgress?.({ read, total, written });
  };
  await options.write(headerOf(options, total));
  for await (const { chunks, isWhole, range: fetched } of inOrder(fetches, (each) =>
    fetchOne(options, asked, each),
  )) {
    signal?.throwIfAborted();
    if (!isWhole) cut.push(fetched);
    read += chunks.length;
    await pushInTurns(chunks, (chunk) => builder.push(chunk));
    await flush(false);
  }
  await flush(true);
  return { read, total, written, cut };
}

/** Every line would count as matching. */
function throwProblem({ problem }: MatchingEntries): void {
  if (!problem) return;
  const cause = problem.endsWith('.') ? problem : `${problem}.`;
  throw new ModalError('invalid', `${cause} Change the filter, or download all lines.`);
}

async function planned(options: DownloadOptions, query: PastQuery): Promise<PlannedFetch[]> {
  try {
    return planFetches(await countFinely(options, query), options.range);
  } catch (error) {
    if (isModalError(error) && error.kind === 'unsupported') return evenly(options.range);
    throw error;
  }
}

/** Without counts, every part of the range is asked for. */
function evenly({ since, until }: TimeRange): PlannedFetch[] {
  const width = bucketSecondsFor({ since, until }) * 1000;
  const count = Math.ceil((until - since) / width);
  return Array.from({ length: count }, (_, at) => {
    const begin = since + at * width;
    return { since: begin, until: Math.min(until, begin + width), entries: 0 };
  });
}

/** Counts in buckets small enough for one fetch each, as far as the widths allow. */
async function countFinely({ count, range, signal }: DownloadOptions, query: PastQuery): Promise<LogCount[]> {
  let width = bucketSecondsFor(range);
  let counts = [...(await count(query, range, width, signal))];
  for (let round = 0; round < mostRefinements; round++) {
    const narrower = narrowerThan(width);
    if (narrower === undefined || counts.every((each) => entriesIn(each) <= mostFetched)) break;
    width = narrower;
    const refined = await Promise.all(
      counts.map(async (each) => {
        if (entriesIn(each) <= mostFetched) return [each];
        const parts = await count(query, { since: each.since, until: each.until }, narrower, signal);
        // Buckets begin at multiples of their width, so the outer ones may reach into the neighbours.
        return parts.map((part) => ({
          ...part,
          since: Math.max(part.since, each.since),
          until: Math.min(part.until, each.until),
        }));
      }),
    );
    counts = refined.flat().filter(({ since, until }) => until > since);
  }
  return counts.sort((a, b) => a.since - b.since);
}

interface Fetched extends FetchedRange {
  readonly range: TimeRange;
}

async function fetchOne(
  { fetch, signal }: DownloadOptions,
  query: PastQuery,
  { since, until }: PlannedFetch,
): Promise<Fetched> {
  const { chunks, isWhole } = await fetchRange(fetch, query, { since, until }, signal);
  return { range: { since, until }, chunks, isWhole };
}

/** Runs at most ten at once, and gives their results in order. */
async function* inOrder<T, R>(items: readonly T[], job: (item: T) => Promise<R>): AsyncGenerator<R> {
  const running: Promise<R>[] = [];
  let next = 0;
  const start = () => {
    const item = items[next++];
    if (item === undefined) return;
    const promise = job(item);
    promise.catch(() => undefined); // it is met when its turn comes
    running.push(promise);
  };
  for (let at = 0; at < mostAtOnce; at++) start();
  for (let first = running.shift(); first; first = running.shift()) {
    try {
      yield await first;
    } catch (error) {
      throw toModalError(error);
    }
    start();
  }
}

/** Entries that cannot change any more: those before the first traceback or run that is still open. */
function settledOf(entries: readonly LogEntry[]): number {
  const open = entries.findIndex(
    (entry) =>
      (entry.kind === 'traceback' && entry.open === true) ||
      (entry.kind === 'progress' && entry.done < entry.total),
  );
  // A run may stay open for long, so the number of entries that wait for it is limited.
  return open < 0 || entries.length > 4 * mostFetched ? entries.length : open;
}

function headerOf({ query, filter, range, format }: DownloadOptions, total: number): string {
  const asked = {
    ...query,
    since: new Date(range.since).toISOString(),
    until: new Date(range.until).toISOString(),
    ...Object.fromEntries(Object.entries(filter).filter(([, value]) => value && value !== 'all')),
    entries: total,
  };
  if (format === 'json') return `${JSON.stringify({ kind: 'query', ...asked })}\n`;
  return `# Modal logs: ${Object.entries(asked)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? JSON.stringify(value) : String(value)}`)
    .join(' ')}\n`;
}

/** Chooses entries by a filter, in portions that cannot freeze the host. */
class MatchingEntries {
  readonly #filter;
  readonly #tester;

  constructor(filter: LogFilter) {
    this.#filter = compileFilter(filter);
    this.#tester = new TextTester(this.#filter);
  }

  /** Why the expression is not applied; '' when it is. */
  get problem(): string {
    return this.#tester.problem;
  }

  async of(entries: readonly LogEntry[]): Promise<LogEntry[]> {
    const { asksHead, matchesHead } = this.#filter;
    const candidates = asksHead ? entries.filter((entry) => matchesHead(headOf(entry))) : entries;
    const results: boolean[] = [];
    while (results.length < candidates.length) {
      const from = results.length;
      const textAt = (index: number) => {
        const entry = candidates[from + index];
        return entry && plainText(entryText(entry));
      };
      results.push(...this.#tester.test(textAt));
      if (results.length < candidates.length) await yieldToEventLoop();
    }
    return candidates.filter(({ kind }, at) => kind === 'mark' || results[at]);
  }
}
