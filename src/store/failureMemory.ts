import type { ErrorKind } from '../domain/errors.ts';
import { steadyNow } from '../shared/steadyNow.ts';

const firstPauseMs = 30_000;
const longestPauseMs = 15 * 60_000;

interface Failure {
  /** State of the thing that it was read for, e.g. the version of an app. */
  readonly stamp: string;
  readonly times: number;
  readonly until: number;
}

/**
 * What could not be read, so that it is not asked for again at every refresh: later each time, and never again what
 * the server does not offer, until the thing itself is another.
 */
export class FailureMemory {
  readonly #now: () => number;
  readonly #failures = new Map<string, Failure>();

  constructor(now: () => number = steadyNow) {
    this.#now = now;
  }

  note(key: string, kind: ErrorKind, stamp = ''): void {
    const before = this.#failures.get(key);
    const times = before?.stamp === stamp ? before.times + 1 : 1;
    const pause = Math.min(firstPauseMs * 2 ** (times - 1), longestPauseMs);
    const until = kind === 'unsupported' ? Number.POSITIVE_INFINITY : this.#now() + pause;
    this.#failures.set(key, { stamp, times, until });
  }

  /** Whether it may be read now. */
  isDue(key: string, stamp = ''): boolean {
    const failure = this.#failures.get(key);
    return failure?.stamp !== stamp || this.#now() >= failure.until;
  }

  /** Whether it failed the last time. */
  hasFailed(key: string): boolean {
    return this.#failures.has(key);
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** Forgets all but those. */
  keepOnly(keys: ReadonlySet<string>): void {
    for (const key of this.#failures.keys()) if (!keys.has(key)) this.#failures.delete(key);
  }

  clear(): void {
    this.#failures.clear();
  }
}
