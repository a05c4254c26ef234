import type { Disposable } from '../domain/emitter.ts';

export interface Timers {
  set(callback: () => void, milliseconds: number): unknown;
  clear(handle: unknown): void;
}

const realTimers: Timers = {
  set: (callback, milliseconds) => setTimeout(callback, milliseconds).unref(),
  clear: (handle) => clearTimeout(handle as NodeJS.Timeout),
};

const longestPause = 5 * 60_000;

/** Refreshes while somebody looks: at once when shown, then at an interval that doubles while reads fail. */
export class RefreshSchedule implements Disposable {
  readonly #refresh: () => Promise<boolean>;
  readonly #interval: () => number;
  readonly #timers: Timers;
  #visible = false;
  #failures = 0;
  #handle: unknown;
  #disposed = false;

  /**
   * @param refresh reads once and tells whether that worked
   * @param interval milliseconds between two reads, asked for each time
   */
  constructor(refresh: () => Promise<boolean>, interval: () => number, timers: Timers = realTimers) {
    this.#refresh = refresh;
    this.#interval = interval;
    this.#timers = timers;
  }

  setVisible(visible: boolean): void {
    if (visible === this.#visible) return;
    this.#visible = visible;
    this.#stop();
    if (visible) void this.now();
  }

  /** Reads at once, e.g. because the user asked or something was deployed. */
  async now(): Promise<void> {
    this.#stop();
    const worked = await this.#refresh();
    this.#failures = worked ? 0 : this.#failures + 1;
    this.#plan();
  }

  dispose(): void {
    this.#disposed = true;
    this.#stop();
  }

  #plan(): void {
    this.#stop();
    if (this.#disposed || !this.#visible) return;
    const pause = Math.min(this.#interval() * 2 ** Math.min(this.#failures, 10), longestPause);
    this.#handle = this.#timers.set(() => void this.now(), pause);
  }

  #stop(): void {
    if (this.#handle !== undefined) this.#timers.clear(this.#handle);
    this.#handle = undefined;
  }
}
