import { createHistogram } from 'node:perf_hooks';
import type { Percentiles } from '../../../domain/load.ts';

/** 71 minutes. */
const longestUs = 2 ** 32;

/** Durations in 120 KB, however many there are. What is read from it is too long by at most 0.1 %. */
export class Histogram {
  readonly #counts = createHistogram({ lowest: 1, highest: longestUs, figures: 3 });

  get total(): number {
    return this.#counts.count;
  }

  /** @param milliseconds up to 71 minutes; longer counts as that */
  add(milliseconds: number): void {
    this.#counts.record(Math.min(longestUs, Math.max(1, Math.round(milliseconds * 1000))));
  }

  /** @param share 0 to 1 @returns milliseconds; 0 when it is empty */
  percentile(share: number): number {
    if (this.total === 0) return 0;
    const rank = Math.max(1, Math.ceil(share * this.total));
    // The library rounds to a rank: of six, it would call the longest but one the 90th percentile.
    return this.#counts.percentile((100 * (rank - 0.25)) / this.total) / 1000;
  }

  percentiles(): Percentiles {
    return {
      p50: this.percentile(0.5),
      p90: this.percentile(0.9),
      p95: this.percentile(0.95),
      p99: this.percentile(0.99),
      max: this.#counts.max / 1000,
    };
  }

  clear(): void {
    this.#counts.reset();
  }
}
