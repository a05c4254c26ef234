import type { TimeRange } from './log.ts';
import type { TimeZone } from './timeRange.ts';
import { clockText, dayText } from './timeRange.ts';
import { formatCount, plural } from '../shared/format.ts';

/** Counts of one span of time: its begin in unix milliseconds, and entries by source. */
export type Bucket = readonly [since: number, stdout: number, stderr: number, system: number];

/** A range of a log in buckets of one width, without gaps, in the order of time. */
export interface Histogram {
  readonly bucketSeconds: number;
  readonly buckets: readonly Bucket[];
}

/** Buckets from one to another; `focus` is the one that moves. Both count from 0 and are part of it. */
export interface BucketSelection {
  readonly anchor: number;
  readonly focus: number;
}

export const bucketTotal = ([, stdout, stderr, system]: Bucket): number => stdout + stderr + system;

/** @returns undefined outside of the histogram */
export function bucketAt({ buckets, bucketSeconds }: Histogram, time: number): number | undefined {
  const first = buckets[0]?.[0];
  if (first === undefined) return undefined;
  const at = Math.floor((time - first) / (bucketSeconds * 1000));
  return at >= 0 && at < buckets.length ? at : undefined;
}

/**
 * Where a key leads. Arrows go to the next bucket, with Shift they extend the selection; page keys go ten further.
 * @returns undefined for a key that does not move
 */
export function moveSelection(
  selection: BucketSelection | undefined,
  key: string,
  extend: boolean,
  count: number,
): BucketSelection | undefined {
  if (count === 0) return undefined;
  const last = count - 1;
  // Whoever comes in by keyboard begins with what is newest.
  const from = selection?.focus ?? count;
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: from - 1,
    ArrowRight: selection ? from + 1 : last,
    PageUp: from - 10,
    PageDown: selection ? from + 10 : last,
    Home: 0,
    End: last,
  };
  const to = steps[key];
  if (to === undefined) return undefined;
  const focus = Math.max(0, Math.min(last, to));
  return { anchor: extend && selection ? Math.min(selection.anchor, last) : focus, focus };
}

/** The time that the selected buckets span; undefined when they are not there any more. */
export function selectedRange(histogram: Histogram, selection: BucketSelection): TimeRange | undefined {
  const [from, to] = ends(selection);
  const first = histogram.buckets[from]?.[0];
  const last = histogram.buckets[to]?.[0];
  if (first === undefined || last === undefined) return undefined;
  return { since: first, until: last + histogram.bucketSeconds * 1000 };
}

/** `13:05 to 13:06: 12 lines, 10 stdout, 2 stderr, 0 system`. */
export function selectionWords(histogram: Histogram, selection: BucketSelection, zone: TimeZone): string {
  const range = selectedRange(histogram, selection);
  if (!range) return '';
  const [from, to] = ends(selection);
  const chosen = histogram.buckets.slice(from, to + 1);
  const sums = ([1, 2, 3] as const).map((source) => chosen.reduce((sum, bucket) => sum + bucket[source], 0));
  const [stdout, stderr, system] = sums.map(formatCount);
  const total = sums.reduce((sum, value) => sum + value, 0);
  const when = `${moment(histogram, range.since, zone)} to ${moment(histogram, range.until, zone)}`;
  return `${when}: ${plural(total, 'line')}, ${stdout} stdout, ${stderr} stderr, ${system} system`;
}

/** The time of a bucket, as exactly as its width asks for. */
export function moment({ bucketSeconds, buckets }: Histogram, time: number, zone: TimeZone): string {
  const clock = clockText(time, zone, bucketSeconds < 60);
  const first = buckets[0]?.[0] ?? time;
  const last = buckets.at(-1)?.[0] ?? time;
  return dayText(first, zone) === dayText(last, zone) ? clock : `${dayText(time, zone)} ${clock}`;
}

function ends({ anchor, focus }: BucketSelection): [number, number] {
  return [Math.min(anchor, focus), Math.max(anchor, focus)];
}
