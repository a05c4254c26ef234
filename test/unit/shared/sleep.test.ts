import { getEventListeners } from 'node:events';
import { expect, it, vi } from 'vitest';
import { sleep } from '../../../src/shared/sleep.ts';

it('a sleep does not last its time, or leaves something behind', async () => {
  vi.useFakeTimers();
  const { signal } = new AbortController();
  let isOver = false;
  const slept = sleep(1000, signal).then(() => (isOver = true));
  await vi.advanceTimersByTimeAsync(999);
  expect(isOver).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await slept;
  expect([getEventListeners(signal, 'abort').length, vi.getTimerCount()]).toEqual([0, 0]);
  vi.useRealTimers();
});

it('a sleep goes on when it is aborted, before or meanwhile', async () => {
  const abort = new AbortController();
  const slept = sleep(1_000_000, abort.signal);
  abort.abort();
  await slept;
  await sleep(1_000_000, abort.signal);
});
