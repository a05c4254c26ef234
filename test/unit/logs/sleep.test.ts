import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { SkippableSleep, backoff } from '../../../src/features/logs/core/sleep.ts';

describe('a pause before the next try', () => {
  it('ends when the user skips it, and the next one does not', async () => {
    const pauses = new SkippableSleep();
    const { signal } = new AbortController();
    const waiting = pauses.sleep(3_600_000, signal);
    pauses.skip();
    await waiting;
    const stop = new AbortController();
    let isOver = false;
    const next = pauses.sleep(3_600_000, stop.signal).then(() => (isOver = true));
    await turn();
    expect(isOver).toBe(false);
    stop.abort();
    await next;
  });
});

it('pauses between tries double up to half a minute, less up to a quarter at random', () => {
  expect([1, 2, 3, 20].map((attempt) => backoff(attempt, () => 0))).toEqual([500, 1000, 2000, 30_000]);
  expect(backoff(1, () => 1)).toBe(375);
});
