import { setImmediate as turn } from 'node:timers/promises';
import { FastClock } from '../../integration/support/fastClock.ts';

/**
 * Takes the clocks of this process over, so that hours pass in seconds for all that reads them: the steady one goes on
 * with a window's own clock, and the one of the machine can be set. Timers of libraries are real.
 */
export class VirtualTime implements Disposable {
  readonly clock = new FastClock();
  /** Milliseconds by which the clock of the machine is ahead of the true time. */
  aheadMs = 0;
  readonly #began = this.clock.now();
  readonly #wall = Date.now;
  readonly #steady = performance.now.bind(performance);

  constructor() {
    Date.now = () => this.clock.now() + this.aheadMs;
    performance.now = () => this.clock.now() - this.#began;
  }

  /** The machine sleeps: no timer fires, the steady clock stands still, and what time it is has changed. */
  sleep(milliseconds: number): void {
    this.aheadMs += milliseconds;
  }

  async pass(milliseconds: number, settled: () => Promise<unknown>): Promise<void> {
    await this.clock.pass(milliseconds, settled);
    await turn();
  }

  [Symbol.dispose](): void {
    Date.now = this.#wall;
    performance.now = this.#steady;
  }
}
