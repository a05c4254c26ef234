import type { Bucket, Histogram } from '../../../domain/histogram.ts';
import type { LogCount, PastQuery, TimeRange } from '../../../domain/log.ts';
import type { CountLogs } from './fetchLogs.ts';
import { bucketSecondsFor } from './timeBuckets.ts';

/**
 * Counts a range in about 100 buckets.
 * @throws ModalError; of kind `unsupported` by a server that does not count
 */
export async function countHistogram(
  count: CountLogs,
  query: PastQuery,
  range: TimeRange,
  signal?: AbortSignal,
): Promise<Histogram> {
  const bucketSeconds = bucketSecondsFor(range);
  return fillBuckets(await count(query, range, bucketSeconds, signal), range, bucketSeconds);
}

/** All buckets of a range, also those that the server leaves out. What it counts outside of the range is left out. */
export function fillBuckets(
  counts: readonly LogCount[],
  { since, until }: TimeRange,
  bucketSeconds: number,
): Histogram {
  const width = bucketSeconds * 1000;
  const sums = new Map<number, [number, number, number]>();
  for (const { since: at, stdout, stderr, system } of counts) {
    const begin = Math.floor(at / width) * width;
    const [a, b, c] = sums.get(begin) ?? [0, 0, 0];
    sums.set(begin, [a + stdout, b + stderr, c + system]);
  }
  const buckets: Bucket[] = [];
  for (let at = Math.floor(since / width) * width; at < until; at += width)
    buckets.push([at, ...(sums.get(at) ?? ([0, 0, 0] as const))]);
  return { bucketSeconds, buckets };
}
