import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bucket, Histogram } from '../../../src/domain/histogram.ts';
import { bucketAt, moveSelection, selectedRange, selectionWords } from '../../../src/domain/histogram.ts';
import { countHistogram, fillBuckets } from '../../../src/features/logs/core/histogram.ts';

const minute = 60_000;
const begin = Date.UTC(2026, 10, 21, 13, 0);
const histogram: Histogram = {
  bucketSeconds: 60,
  buckets: [
    [begin, 1, 2, 3],
    [begin + minute, 0, 0, 0],
    [begin + 2 * minute, 1000, 0, 1],
  ],
};

describe('the buckets', () => {
  it('are all there, also those that the server leaves out, and nothing outside of the range', () => {
    const count = (since: number, stdout: number) => ({
      since,
      until: since + minute,
      stdout,
      stderr: 0,
      system: 0,
    });
    const counts = [count(begin - 5 * minute, 7), count(begin + minute, 3), count(begin + 90 * minute, 9)];
    const range = { since: begin + 1000, until: begin + 3 * minute };
    expect(fillBuckets(counts, range, 60).buckets).toEqual([
      [begin, 0, 0, 0],
      [begin + minute, 3, 0, 0],
      [begin + 2 * minute, 0, 0, 0],
    ] satisfies Bucket[]);
  });

  it('cover any range in about a hundred, and hold every count in it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1000, max: 35 * 86_400_000 }),
        fc.array(fc.nat(), { maxLength: 50 }),
        async (length, offsets) => {
          const range = { since: begin, until: begin + length };
          const found = await countHistogram(
            (_query, _range, width) =>
              Promise.resolve(
                offsets.map((offset) => {
                  const time = begin + (offset % length);
                  const since = Math.floor(time / (width * 1000)) * width * 1000;
                  return { since, until: since + width * 1000, stdout: 1, stderr: 0, system: 0 };
                }),
              ),
            { appId: 'ap-1' },
            range,
          );
          expect(found.buckets.length).toBeLessThanOrEqual(102);
          expect(found.buckets.reduce((sum, [, stdout]) => sum + stdout, 0)).toBe(offsets.length);
          found.buckets.forEach(([since], at) => {
            expect(bucketAt(found, since)).toBe(at);
            expect(bucketAt(found, since + found.bucketSeconds * 1000 - 1)).toBe(at);
          });
          expect(bucketAt(found, (found.buckets[0]?.[0] ?? 0) - 1)).toBeUndefined();
        },
      ),
    );
  });
});

describe('a walk through the buckets', () => {
  it('begins with what is newest, and stays inside', () => {
    expect(moveSelection(undefined, 'ArrowLeft', false, 3)).toEqual({ anchor: 2, focus: 2 });
    expect(moveSelection(undefined, 'ArrowRight', false, 3)).toEqual({ anchor: 2, focus: 2 });
    expect(moveSelection({ anchor: 0, focus: 0 }, 'ArrowLeft', false, 3)).toEqual({ anchor: 0, focus: 0 });
    expect(moveSelection({ anchor: 1, focus: 1 }, 'End', false, 3)).toEqual({ anchor: 2, focus: 2 });
    expect(moveSelection({ anchor: 1, focus: 1 }, 'x', false, 3)).toBeUndefined();
    expect(moveSelection(undefined, 'End', false, 0)).toBeUndefined();
  });

  it('selects several with Shift, in either direction', () => {
    expect(moveSelection({ anchor: 2, focus: 2 }, 'ArrowLeft', true, 3)).toEqual({ anchor: 2, focus: 1 });
    const range = { since: begin + minute, until: begin + 3 * minute };
    expect(selectedRange(histogram, { anchor: 2, focus: 1 })).toEqual(range);
    expect(selectedRange(histogram, { anchor: 1, focus: 2 })).toEqual(range);
    expect(selectedRange(histogram, { anchor: 1, focus: 9 })).toBeUndefined();
  });

  it('says in words what is selected', () => {
    expect(selectionWords(histogram, { anchor: 0, focus: 0 }, 'utc')).toBe(
      '13:00 to 13:01: 6 lines, 1 stdout, 2 stderr, 3 system',
    );
    expect(selectionWords(histogram, { anchor: 2, focus: 0 }, 'utc')).toBe(
      '13:00 to 13:03: 1,007 lines, 1,001 stdout, 2 stderr, 4 system',
    );
  });
});
