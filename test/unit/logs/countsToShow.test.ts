import { expect, it } from 'vitest';
import type { HistogramMessage } from '../../../src/features/logs/messages.ts';
import { countsToShow } from '../../../src/features/logs/view/earlier/countsToShow.ts';

it('newer counts wait until the mouse button is up, but those of another log do not', () => {
  const message = (session: string, bucketSeconds: number): HistogramMessage => ({
    ...{ type: 'histogram', kind: 'ready', text: '', buckets: [] },
    ...{ session, bucketSeconds },
  });
  const [old, newer, other] = [message('a', 1), message('a', 2), message('b', 3)];
  expect(countsToShow(undefined, old, false)).toBe(old);
  expect(countsToShow(old, newer, true)).toBe(old);
  expect(countsToShow(old, newer, false)).toBe(newer);
  expect(countsToShow(old, other, true)).toBe(other);
});
