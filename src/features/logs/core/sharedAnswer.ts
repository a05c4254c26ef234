import { steadyNow } from '../../../shared/steadyNow.ts';

/** An answer speaks for all who ask within this time. */
const freshForMs = 3000;

/** One question to the server for all logs that are quiet at the same time. */
export class SharedAnswer {
  readonly #ask: () => Promise<void>;
  readonly #now: () => number;
  #running: Promise<void> | undefined;
  #answeredAt = Number.NEGATIVE_INFINITY;

  constructor(ask: () => Promise<void>, now: () => number = steadyNow) {
    this.#ask = ask;
    this.#now = now;
  }

  /** @throws as the question does */
  async get(): Promise<void> {
    if (this.#now() - this.#answeredAt < freshForMs) return;
    this.#running ??= this.#askNow().finally(() => (this.#running = undefined));
    await this.#running;
  }

  async #askNow(): Promise<void> {
    await this.#ask();
    this.#answeredAt = this.#now();
  }
}
