import type { Timers } from '../../../src/store/refreshSchedule.ts';

interface Pending {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock whose timers fire as soon as what they wait for is done: hours pass in seconds. Windows may share one. */
export class FastClock implements Timers {
  readonly #pending = new Set<Pending>();
  #time = Date.now();

  readonly now = (): number => this.#time;

  set(callback: () => void, milliseconds: number): unknown {
    const pending = { at: this.#time + milliseconds, callback };
    this.#pending.add(pending);
    return pending;
  }

  clear(handle: unknown): void {
    this.#pending.delete(handle as Pending);
  }

  /** @param settled resolves when what a timer has begun is over */
  async pass(milliseconds: number, settled: () => Promise<unknown>): Promise<void> {
    const end = this.#time + milliseconds;
    await settled();
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#pending.delete(next);
      this.#time = Math.max(this.#time, next.at);
      next.callback();
      await settled();
    }
    this.#time = end;
  }

  #next(end: number): Pending | undefined {
    const [first] = [...this.#pending].sort((a, b) => a.at - b.at);
    return first && first.at <= end ? first : undefined;
  }
}
