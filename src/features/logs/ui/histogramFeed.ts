import type { Histogram } from '../../../domain/histogram.ts';
import { isCancelled, toModalError } from '../../../domain/errors.ts';
import type { PastQuery, TimeRange } from '../../../domain/log.ts';
import type { CountLogs } from '../core/fetchLogs.ts';
import { countHistogram } from '../core/histogram.ts';

export interface HistogramTarget {
  /** Names what is counted: the same name keeps the counts that are shown until there are newer ones. */
  readonly id: string;
  readonly query: PastQuery;
  readonly range: () => TimeRange;
  /** It grows: it is counted again from time to time. */
  readonly isLive: boolean;
}

export type HistogramState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly histogram: Histogram }
  | { readonly kind: 'failed'; readonly text: string }
  /** The server does not count. */
  | { readonly kind: 'unsupported' };

/** A log is not counted more often than this, in milliseconds. */
export const countEveryMs = 10_000;

/** Counts what is shown: at once, and again at a calm rate while it grows and is seen. */
export class HistogramFeed {
  readonly #count: CountLogs;
  readonly #show: (id: string, state: HistogramState) => void;
  #target: HistogramTarget | undefined;
  #isSeen = false;
  #abort: AbortController | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(count: CountLogs, show: (id: string, state: HistogramState) => void) {
    this.#count = count;
    this.#show = show;
  }

  /** @param target undefined: nothing can be counted */
  setTarget(target: HistogramTarget | undefined): void {
    this.#target = target;
    this.#start();
  }

  /** Nothing is asked of the server while the histogram cannot be seen. */
  setSeen(isSeen: boolean): void {
    if (isSeen === this.#isSeen) return;
    this.#isSeen = isSeen;
    this.#start();
  }

  dispose(): void {
    this.#stop();
    this.#target = undefined;
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.#abort = undefined;
  }

  #start(): void {
    this.#stop();
    if (!this.#isSeen || !this.#target) return;
    this.#show(this.#target.id, { kind: 'loading' });
    void this.#load(this.#target);
  }

  async #load(target: HistogramTarget): Promise<void> {
    const abort = (this.#abort = new AbortController());
    const state = await this.#read(target, abort.signal);
    if (abort.signal.aborted || !state) return;
    this.#show(target.id, state);
    // A server that does not count will not learn it.
    if (!target.isLive || state.kind === 'unsupported') return;
    this.#timer = setTimeout(() => void this.#load(target), countEveryMs);
  }

  async #read(target: HistogramTarget, signal: AbortSignal): Promise<HistogramState | undefined> {
    try {
      const histogram = await countHistogram(this.#count, target.query, target.range(), signal);
      return { kind: 'ready', histogram };
    } catch (error) {
      if (isCancelled(error)) return undefined;
      const { kind, message } = toModalError(error);
      return kind === 'unsupported' ? { kind } : { kind: 'failed', text: message };
    }
  }
}
