import { sleep } from './time.ts';

/** Waits that somebody who does not want to wait can end. */
export class Pauses {
  #waiting = new AbortController();

  /** Resolves after that time, when aborted, or at once when {@link end} is called. */
  readonly sleep = (milliseconds: number, signal: AbortSignal): Promise<void> =>
    sleep(milliseconds, AbortSignal.any([signal, this.#waiting.signal]));

  end(): void {
    this.#waiting.abort();
    this.#waiting = new AbortController();
  }
}
