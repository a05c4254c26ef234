import type { Timers } from '../../../src/store/refreshSchedule.ts';

/** A clock whose timers fire as soon as what they wait for is done: hours pass in seconds. */
export class FastClock implements Timers {
  #time = Date.now();
  #pending: { readonly at: number; readonly callback: () => void } | undefined;

  readonly now = (): number => this.#time;

  set(callback: () => void, milliseconds: number): unknown {
    return (this.#pending = { at: this.#time + milliseconds, callback });
  }

  clear(handle: unknown): void {
    if (handle === this.#pending) this.#pending = undefined;
  }

  /** @param settled resolves when what a timer has begun is over */
  async pass(milliseconds: number, settled: () => Promise<unknown>): Promise<void> {
    const end = this.#time + milliseconds;
    await settled();
    for (let next = this.#pending; next && next.at <= end; next = this.#pending) {
      this.#pending = undefined;
      this.#time = next.at;
      next.callback();
      await settled();
    }
    this.#time = end;
  }
}
