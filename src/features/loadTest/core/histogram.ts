import type { Percentiles } from '../../../domain/load.ts';

/**
 * Counts of durations in buckets whose width grows with the duration, so that any number of them takes 13 KB. What is
 * read from it is off by less than 0.5 %; the largest value is exact.
 */
export class Histogram {
  readonly #counts = new Uint32Array(bucketOf(longestUs) + 1);
  #total = 0;
  #max = 0;

  get total(): number {
    return this.#total;
  }

  /** @param milliseconds up to 71 minutes; longer counts as that */
  add(milliseconds: number): void {
    const us = Math.min(longestUs, Math.max(0, Math.round(milliseconds * 1000)));
    const at = bucketOf(us);
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#total++;
    this.#max = Math.max(this.#max, us);
  }

  /** @param share 0 to 1 @returns milliseconds; 0 when it is empty */
  percentile(share: number): number {
    return this.#read([share])[0] ?? 0;
  }

  percentiles(): Percentiles {
    const [p50 = 0, p90 = 0, p95 = 0, p99 = 0] = this.#read([0.5, 0.9, 0.95, 0.99]);
    return { p50, p90, p95, p99, max: this.#max / 1000 };
  }

  clear(): void {
    this.#counts.fill(0);
    this.#total = 0;
    this.#max = 0;
  }

  /** One pass for all. @param shares in rising order */
  #read(shares: readonly number[]): number[] {
    if (this.#total === 0) return shares.map(() => 0);
    let at = 0;
    let seen = this.#counts[0] ?? 0;
    return shares.map((share) => {
      const rank = Math.max(1, Math.ceil(share * this.#total));
      while (seen < rank) seen += this.#counts[++at] ?? 0;
      return Math.min(valueOf(at), this.#max) / 1000;
    });
  }
}

const longestUs = 2 ** 32 - 1;
/** Buckets for each doubling. */
const steps = 128;

/** Below `steps` each microsecond has a bucket of its own; above, each doubling has `steps`. */
function bucketOf(us: number): number {
  if (us < steps) return us;
  const shift = 31 - Math.clz32(us) - Math.log2(steps);
  return shift * steps + (us >>> shift);
}

/** The middle of a bucket, in microseconds. */
function valueOf(bucket: number): number {
  const shift = Math.max(0, Math.floor(bucket / steps) - 1);
  const low = (bucket - shift * steps) * 2 ** shift;
  return low + (2 ** shift - 1) / 2;
}
