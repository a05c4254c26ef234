import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogCount } from '../../../src/domain/log.ts';
import { bucketSecondsFor, bucketWidths, planFetches } from '../../../src/features/logs/core/timeBuckets.ts';

describe('a time range', () => {
  it('is counted in about a hundred buckets of a legal width', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 35 * 86_400 }), (seconds) => {
        const width = bucketSecondsFor({ since: 0, until: seconds * 1000 });
        expect(bucketWidths).toContain(width);
        expect(seconds / width).toBeLessThanOrEqual(100);
        const narrower = bucketWidths.findLast((each) => each < width);
        if (narrower) expect(seconds / narrower).toBeGreaterThan(100);
      }),
    );
  });

  it('is fetched in parts that cover every entry once', () => {
    const bucket = fc.record({ stdout: fc.nat(900), stderr: fc.nat(900), system: fc.nat(900) });
    fc.assert(
      fc.property(fc.array(fc.option(bucket), { maxLength: 100 }), (buckets) => {
        const counts = buckets.flatMap((each, at): LogCount[] =>
          each ? [{ ...each, since: at * 2000, until: at * 2000 + 2000 }] : [],
        );
        const range = { since: 500, until: buckets.length * 2000 - 500 };
        const fetches = planFetches(counts, range);
        const sum = (total: number, { stdout, stderr, system }: LogCount) => total + stdout + stderr + system;
        expect(fetches.reduce((total, { entries }) => total + entries, 0)).toBe(counts.reduce(sum, 0));
        fetches.forEach(({ since, until, entries }, at) => {
          expect(since).toBeGreaterThanOrEqual(fetches[at - 1]?.until ?? range.since);
          expect(until).toBeLessThanOrEqual(Math.max(range.until, 0));
          expect(entries).toBeLessThan(2000 + 2700);
        });
        for (const count of counts)
          if (sum(0, count) > 0)
            expect(
              fetches.some(
                ({ since, until }) =>
                  since <= Math.max(count.since, 500) && until >= Math.min(count.until, range.until),
              ),
            ).toBe(true);
      }),
    );
  });
});

describe('parts of a download', () => {
  const count = (at: number, entries: number): LogCount => ({
    ...{ since: at, until: at + 10, stdout: entries, stderr: 0, system: 0 },
  });
  const parts = (...counts: LogCount[]) =>
    planFetches(counts, { since: 0, until: 1000 }).map(({ since, until }) => [since, until]);

  it('join neighbours, up to about 2,000 entries', () => {
    expect(parts(count(0, 1000), count(10, 999), count(20, 5))).toEqual([[0, 30]]);
    expect(parts(count(0, 1000), count(10, 1000), count(20, 5))).toEqual([
      [0, 20],
      [20, 30],
    ]);
  });

  it('join nothing over a gap', () => {
    const two = [
      [0, 10],
      [20, 30],
    ];
    expect(parts(count(0, 5), count(20, 5))).toEqual(two);
    expect(parts(count(0, 5), count(10, 0), count(20, 5))).toEqual(two);
  });

  it('have no more than one fetch may give', () => {
    expect(parts(count(0, 1000), count(10, 19_000))).toEqual([[0, 20]]);
    expect(parts(count(0, 1000), count(10, 19_001))).toEqual([
      [0, 10],
      [10, 20],
    ]);
  });
});
