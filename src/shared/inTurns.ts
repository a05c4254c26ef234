import { setImmediate as turn } from 'node:timers/promises';
import type { Steps } from './steps.ts';

/** Work goes on for at most this long before others have their turn. */
const turnMs = 8;

/** Does the steps of a work, with turns of others between them. */
export async function inTurns<Result>(steps: Steps<Result>): Promise<Result> {
  for (let until = performance.now() + turnMs; ;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (performance.now() < until) continue;
    await turn();
    until = performance.now() + turnMs;
  }
}
