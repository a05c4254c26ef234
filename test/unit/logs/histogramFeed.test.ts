import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ModalError } from '../../../src/domain/errors.ts';
import type { HistogramState, HistogramTarget } from '../../../src/features/logs/ui/histogramFeed.ts';
import { HistogramFeed, countEveryMs } from '../../../src/features/logs/ui/histogramFeed.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const target = (changes: Partial<HistogramTarget> = {}): HistogramTarget => ({
  id: 'one',
  query: { appId: 'ap-1' },
  range: () => ({ since: 0, until: 60_000 }),
  isLive: true,
  ...changes,
});

function feedOf(answer: () => Promise<[]> = () => Promise.resolve([])) {
  const states: HistogramState['kind'][] = [];
  const signals: AbortSignal[] = [];
  const feed = new HistogramFeed(
    (_query, _range, _seconds, signal) => {
      signals.push(signal!);
      return answer();
    },
    (_id, { kind }) => states.push(kind),
  );
  return { feed, states, signals };
}

it('counts nothing while it is not seen, and a live log once in ten seconds while it is', async () => {
  const { feed, signals } = feedOf();
  feed.setTarget(target());
  await vi.advanceTimersByTimeAsync(10 * countEveryMs);
  expect(signals).toHaveLength(0);
  feed.setSeen(true);
  await vi.advanceTimersByTimeAsync(3 * countEveryMs - 1);
  expect(signals).toHaveLength(3);
  feed.setSeen(false);
  await vi.advanceTimersByTimeAsync(10 * countEveryMs);
  expect(signals).toHaveLength(3);
});

it('counts a range of the past once', async () => {
  const { feed, states, signals } = feedOf();
  feed.setSeen(true);
  feed.setTarget(target({ isLive: false }));
  await vi.advanceTimersByTimeAsync(10 * countEveryMs);
  expect(signals).toHaveLength(1);
  expect(states).toEqual(['loading', 'ready']);
});

it('gives up what is counted for a log that is not shown any more', async () => {
  const answers: (() => void)[] = [];
  const { feed, states, signals } = feedOf(() => new Promise((resolve) => answers.push(() => resolve([]))));
  feed.setSeen(true);
  feed.setTarget(target());
  feed.setTarget(target({ id: 'two', isLive: false }));
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  answers.forEach((answer) => answer());
  await vi.advanceTimersByTimeAsync(1);
  expect(states).toEqual(['loading', 'loading', 'ready']);
});

it('tries again after a failure, but asks a server that does not count only once', async () => {
  const failing = feedOf(() => Promise.reject(new ModalError('offline', 'lost')));
  failing.feed.setSeen(true);
  failing.feed.setTarget(target());
  await vi.advanceTimersByTimeAsync(countEveryMs);
  expect(failing.states).toEqual(['loading', 'failed', 'failed']);
  const unable = feedOf(() => Promise.reject(new ModalError('unsupported', 'no')));
  unable.feed.setSeen(true);
  unable.feed.setTarget(target());
  await vi.advanceTimersByTimeAsync(10 * countEveryMs);
  expect(unable.states).toEqual(['loading', 'unsupported']);
  failing.feed.dispose();
});
