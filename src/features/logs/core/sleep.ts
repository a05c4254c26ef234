import { sleep } from '../../../shared/sleep.ts';

/** Sleep that the user can skip. */
export class SkippableSleep {
  #waiting = new AbortController();

  /** Resolves after that time, when aborted, or at once when {@link skip} is called. */
  readonly sleep = (milliseconds: number, signal: AbortSignal): Promise<void> =>
    sleep(milliseconds, AbortSignal.any([signal, this.#waiting.signal]));

  skip(): void {
    this.#waiting.abort();
    this.#waiting = new AbortController();
  }
}

const firstPauseMs = 500;
const longestPauseMs = 30_000;

/** The pause before the next try: doubling from half a second to half a minute, less up to a quarter at random. */
export function backoff(attempt: number, random: () => number): number {
  const pause = Math.min(firstPauseMs * 2 ** (attempt - 1), longestPauseMs);
  return pause * (1 - 0.25 * random());
}
