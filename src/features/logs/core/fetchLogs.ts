import type { LogBatch, LogChunk, LogCount, LogQuery, PastQuery, TimeRange } from '../../../domain/log.ts';
import type { LogFilter } from '../../../domain/logFilter.ts';

/** Reads earlier entries, in the order of time; of more than `limit`, the newest ones. */
export type FetchLogs = (
  query: PastQuery,
  range: TimeRange,
  limit: number,
  signal?: AbortSignal,
) => Promise<readonly LogBatch[]>;

/** Counts the entries of a range in buckets of that width. */
export type CountLogs = (
  query: PastQuery,
  range: TimeRange,
  bucketSeconds: number,
  signal?: AbortSignal,
) => Promise<readonly LogCount[]>;

/** The server gives no more at once. */
export const mostFetched = 20_000;
/** A range with more entries than this many fetches hold is read in part. */
const mostPages = 10;

export interface FetchedRange {
  /** In the order of time. */
  readonly chunks: readonly LogChunk[];
  /** It is everything that the server holds of the range. */
  readonly isWhole: boolean;
}

/** How many entries the server gave, and the unix milliseconds of the oldest, also of those that are no chunks. */
export function extentOf(batches: readonly LogBatch[]): {
  readonly count: number;
  readonly oldest: number | undefined;
} {
  let count = 0;
  let oldest = Number.POSITIVE_INFINITY;
  for (const { chunks, leftOut } of batches) {
    count += chunks.length + (leftOut?.count ?? 0);
    oldest = Math.min(oldest, chunks[0]?.time ?? oldest, leftOut?.oldest ?? oldest);
  }
  return { count, oldest: count > 0 ? oldest : undefined };
}

/** Reads a whole range from its end backwards, as the server gives the newest entries first. */
export async function fetchRange(
  fetch: FetchLogs,
  query: PastQuery,
  { since, until }: TimeRange,
  signal?: AbortSignal,
): Promise<FetchedRange> {
  const pages: LogChunk[][] = [];
  let end = until;
  for (let page = 0; page < mostPages; page++) {
    const batches = await fetch(query, { since, until: end }, mostFetched, signal);
    const chunks = batches.flatMap((batch) => batch.chunks);
    const { count, oldest = since } = extentOf(batches);
    const isLast = count < mostFetched;
    // The millisecond at the cut may be there in part only: it is left to the next page, as a whole.
    pages.unshift(isLast ? chunks : chunks.filter(({ time }) => time > oldest));
    if (isLast) return { chunks: pages.flat(), isWhole: true };
    if (oldest + 1 >= end) break; // more than a page in one millisecond: there is no going on
    end = oldest + 1;
  }
  return { chunks: pages.flat(), isWhole: false };
}

/**
 * The part of a filter that the server can apply without losing a line that it would show. It is applied here again
 * in any case. The text is not sent: the server chooses chunks, not lines, so it would miss a line that was sent in two.
 */
export function serverQuery(query: LogQuery, filter: LogFilter): PastQuery {
  const { source, functionId, containerId, callId } = filter;
  return {
    ...query,
    ...(source === 'all' ? {} : { source }),
    ...(functionId && !query.functionId ? { functionId } : {}),
    ...(containerId && !query.containerId ? { containerId } : {}),
    ...(callId && !query.callId ? { callId } : {}),
  };
}
