import { steadyNow } from '../../../shared/steadyNow.ts';
import { limiter } from '../../../store/atMost.ts';

interface Answer<T> {
  readonly askedAt: number;
  readonly value: Promise<T | undefined>;
}

/** So many look at once; the others wait for their turn. */
const mostAtOnce = 4;
const mostAnswers = 1000;
/** Something that was not found may exist later. */
const forgetAfterMs = 30_000;
/** One that takes longer is given up. */
const limitMs = 10_000;

/** Looks for things by name, a few at once, and remembers the answers for a while. */
export class Lookups<T> {
  readonly #now: () => number;
  readonly #answers = new Map<string, Answer<T>>();
  readonly #inTurn = limiter(mostAtOnce);

  constructor(now: () => number = steadyNow) {
    this.#now = now;
  }

  /**
   * @param job its signal ends it when it takes too long
   * @returns undefined when there is none, or the job failed
   */
  find(name: string, job: (signal: AbortSignal) => Promise<T | undefined>): Promise<T | undefined> {
    const known = this.#answers.get(name);
    if (known && this.#now() - known.askedAt < forgetAfterMs) return known.value;
    const value = this.#inTurn(() => job(AbortSignal.timeout(limitMs))).catch(() => undefined);
    this.#answers.delete(name);
    this.#answers.set(name, { askedAt: this.#now(), value });
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > mostAnswers && oldest !== undefined) this.#answers.delete(oldest);
    return value;
  }
}
