import type { Disposable } from '../shared/emitter.ts';
import { steadyNow } from '../shared/steadyNow.ts';

export interface Timers {
  now(): number;
  set(callback: () => void, milliseconds: number): unknown;
  clear(handle: unknown): void;
}

const realTimers: Timers = {
  now: steadyNow,
  set: (callback, milliseconds) => setTimeout(callback, milliseconds).unref(),
  clear: (handle) => clearTimeout(handle as NodeJS.Timeout),
};

/** What a read brought. `unreachable`: nothing answered, so that trying again costs the server next to nothing. */
export type ReadOutcome = 'news' | 'same' | 'unreachable' | 'failed';

/** How a read came about: `asked` for by somebody, or because it was `due`. */
export type ReadReason = 'asked' | 'due';

const longestPauseMs = 5 * 60_000;
/** A server that was not there is looked for again after 1, 2, 4 seconds and so on, at most this. */
const longestSearchMs = 10_000;
/** After this long without news and without a move of the user, reads become rarer. */
const idleAfterMs = 5 * 60_000;
const idleIntervalMs = 60_000;

/**
 * Refreshes while somebody looks: at once when shown, then at an interval that stretches while nothing changes and
 * nobody moves, and doubles while reads fail. A window in the background reads nothing.
 */
export class RefreshSchedule implements Disposable {
  readonly #refresh: (reason: ReadReason) => Promise<ReadOutcome>;
  readonly #interval: () => number;
  readonly #timers: Timers;
  #visible = false;
  #inFront = true;
  #failures = 0;
  #lastRead = Number.NEGATIVE_INFINITY;
  #lastLife = Number.NEGATIVE_INFINITY;
  #last: ReadOutcome = 'same';
  #reading = 0;
  #handle: unknown;
  #disposed = false;

  /**
   * @param refresh reads once
   * @param interval milliseconds between two reads, asked for each time
   */
  constructor(
    refresh: (reason: ReadReason) => Promise<ReadOutcome>,
    interval: () => number,
    timers: Timers = realTimers,
  ) {
    this.#refresh = refresh;
    this.#interval = interval;
    this.#timers = timers;
  }

  setVisible(visible: boolean): void {
    if (visible === this.#visible) return;
    this.#visible = visible;
    this.#stop();
    if (visible && this.#inFront) void this.now();
  }

  /** Tells whether the window may be looked at. One that comes back reads what is due. */
  setInFront(inFront: boolean): void {
    if (inFront === this.#inFront) return;
    this.#inFront = inFront;
    this.moved();
  }

  /** The user does something in this window: what was put off because nobody moved, or nothing answered, is due. */
  moved(): void {
    this.#lastLife = this.#timers.now();
    this.#plan(this.#last === 'unreachable' ? 0 : this.#interval());
  }

  /** Reads at once, e.g. because the user asked or something was deployed. */
  now(): Promise<void> {
    this.#lastLife = this.#timers.now();
    return this.#read('asked');
  }

  dispose(): void {
    this.#disposed = true;
    this.#stop();
  }

  async #read(reason: ReadReason): Promise<void> {
    this.#stop();
    this.#reading++;
    const outcome = await this.#refresh(reason);
    this.#reading--;
    this.#lastRead = this.#timers.now();
    this.#last = outcome;
    if (outcome === 'news') this.#lastLife = this.#lastRead;
    const worked = outcome === 'news' || outcome === 'same';
    this.#failures = worked ? 0 : this.#failures + 1;
    this.#plan(this.#pause(outcome));
  }

  #pause(outcome: ReadOutcome): number {
    const interval = this.#interval();
    if (outcome === 'unreachable')
      return Math.min(500 * 2 ** Math.min(this.#failures, 10), longestSearchMs, interval);
    if (outcome === 'failed') return Math.min(interval * 2 ** Math.min(this.#failures, 10), longestPauseMs);
    const isIdle = this.#timers.now() - this.#lastLife >= idleAfterMs;
    return isIdle ? Math.max(interval, idleIntervalMs) : interval;
  }

  /** @param pause milliseconds from the last read to the next one */
  #plan(pause: number): void {
    this.#stop();
    if (this.#disposed || this.#reading > 0 || !this.#visible || !this.#inFront) return;
    const wait = Math.max(0, this.#lastRead + pause - this.#timers.now());
    this.#handle = this.#timers.set(() => void this.#read('due'), wait);
  }

  #stop(): void {
    if (this.#handle !== undefined) this.#timers.clear(this.#handle);
    this.#handle = undefined;
  }
}
