import type { LogCount, TimeRange } from '../../../domain/log.ts';
import { mostFetched } from './fetchLogs.ts';

/** Widths of buckets, in seconds, that the official clients use; the server may refuse others. */
export const bucketWidths = [
  ...[2, 4, 6, 12, 20, 30, 60, 120, 180, 240, 300, 360, 600, 720, 900, 1200, 1800, 3600],
  ...[7200, 10_800, 14_400, 28_800, 43_200, 86_400],
] as const;

const mostBuckets = 100;
/** One fetch is planned for about so many entries. */
const entriesPerFetch = 2000;

/** The narrowest width that makes at most about 100 buckets of a range. */
export function bucketSecondsFor({ since, until }: TimeRange): number {
  const seconds = (until - since) / 1000;
  return bucketWidths.find((width) => seconds / width <= mostBuckets) ?? 86_400;
}

/** The next narrower width; undefined when there is none. */
export function narrowerThan(seconds: number): number | undefined {
  return bucketWidths.findLast((width) => width < seconds);
}

export function entriesIn({ stdout, stderr, system }: LogCount): number {
  return stdout + stderr + system;
}

export interface PlannedFetch extends TimeRange {
  readonly entries: number;
}

/** Joins neighbouring buckets to ranges of about 2,000 entries, and leaves empty ones out. */
export function planFetches(counts: readonly LogCount[], { since, until }: TimeRange): PlannedFetch[] {
  const fetches: PlannedFetch[] = [];
  let open: PlannedFetch | undefined;
  for (const count of counts) {
    const entries = entriesIn(count);
    const range = { since: Math.max(count.since, since), until: Math.min(count.until, until) };
    if (range.until <= range.since) continue;
    const fits = open?.until === range.since && open.entries + entries <= mostFetched;
    if (open && (entries === 0 || !fits || open.entries >= entriesPerFetch)) {
      fetches.push(open);
      open = undefined;
    }
    if (entries === 0) continue;
    open = { since: open?.since ?? range.since, until: range.until, entries: (open?.entries ?? 0) + entries };
  }
  if (open) fetches.push(open);
  return fetches;
}
