import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { throughput } from '../../../src/domain/load.ts';
import { errorWords } from '../../../src/domain/loadReport.ts';
import { Histogram } from '../../../src/features/loadTest/core/histogram.ts';
import { LoadStats } from '../../../src/features/loadTest/core/stats.ts';

/** Nearest rank, by sorting. */
function exact(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1]!;
}

describe('the histogram', () => {
  it('is within a thousandth, and a microsecond, of what sorting says', () => {
    const durations = fc.array(fc.double({ min: 0, max: 4_000_000, noNaN: true }), {
      minLength: 1,
      maxLength: 400,
    });
    fc.assert(
      fc.property(durations, (values) => {
        const histogram = new Histogram();
        for (const value of values) histogram.add(value);
        const read = histogram.percentiles();
        for (const [name, share] of [
          ['p50', 0.5],
          ['p90', 0.9],
          ['p95', 0.95],
          ['p99', 0.99],
        ] as const) {
          const wanted = exact(values, share);
          expect(Math.abs(read[name] - wanted)).toBeLessThanOrEqual(wanted * 0.001 + 0.001);
        }
        const longest = Math.max(...values);
        expect(Math.abs(read.max - longest)).toBeLessThanOrEqual(longest * 0.001 + 0.001);
      }),
    );
  });

  it.each([1, 2, 3, 6, 10, 51, 101, 1000])('takes the nearest rank of %i', (count) => {
    const histogram = new Histogram();
    const values = Array.from({ length: count }, (_, at) => 2 ** (at % 20) + at / 1000);
    for (const value of values) histogram.add(value);
    for (const share of [0.5, 0.9, 0.95, 0.99])
      expect(Math.abs(histogram.percentile(share) / exact(values, share) - 1)).toBeLessThan(0.001);
  });

  it('is empty again after it was cleared, and takes what is too long as the longest', () => {
    const histogram = new Histogram();
    histogram.add(1e12);
    expect(Math.abs(histogram.percentile(1) / (2 ** 32 / 1000) - 1)).toBeLessThan(0.005);
    histogram.clear();
    expect([histogram.total, histogram.percentile(0.5), histogram.percentiles().max]).toEqual([0, 0, 0]);
  });
});

interface Event {
  readonly kind: 'ok' | 'http' | 'reset' | 'abandon';
  readonly status: number;
  readonly pause: number;
}
const event: fc.Arbitrary<Event> = fc.record({
  kind: fc.constantFrom('ok', 'http', 'reset', 'abandon'),
  status: fc.integer({ min: 300, max: 599 }),
  pause: fc.integer({ min: 0, max: 2500 }),
});

describe('the counts of a test', () => {
  it('add up at every moment, in total, by kind and second by second', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 120 }), (events) => {
        const stats = new LoadStats();
        let now = 0;
        const points = [];
        const play: Record<Event['kind'], (status: number) => void> = {
          ok: () => stats.answer({ status: 200, firstByte: 1, total: 2, bytes: 10, polls: 1 }, now),
          http: (status) =>
            stats.answer({ status, firstByte: 1, total: 2, bytes: 5, polls: 0, text: 'no' }, now),
          reset: () => stats.failure({ kind: 'reset', message: 'gone' }, now),
          abandon: () => stats.abandon(),
        };
        for (const { kind, status, pause } of events) {
          stats.send();
          now += pause;
          play[kind](status);
          const { totals, points: more } = stats.snapshot(now);
          points.push(...more);
          expect(totals.ok + totals.failed + totals.unfinished + totals.open).toBe(totals.sent);
        }
        const { totals, points: last } = stats.snapshot(now, true);
        points.push(...last);
        const count = (kind: Event['kind']) => events.filter((each) => each.kind === kind).length;
        const sum = (numbers: readonly number[]) => numbers.reduce((all, each) => all + each, 0);
        expect(totals).toMatchObject({
          sent: events.length,
          ok: count('ok'),
          failed: count('http') + count('reset'),
          unfinished: count('abandon'),
          open: 0,
          polls: count('ok'),
          bytes: count('ok') * 10 + count('http') * 5,
        });
        expect(sum(totals.errors.map((error) => error.count))).toBe(totals.failed);
        expect(sum(points.map(({ ok }) => ok))).toBe(totals.ok);
        expect(sum(points.map(({ failed }) => failed))).toBe(totals.failed);
        expect(points.map(({ second }) => second)).toEqual(points.map((_, at) => at + 1));
      }),
    );
  });

  it('keep the first message of each kind, the most frequent kind first, and never more kinds than fit', () => {
    const stats = new LoadStats();
    for (let status = 300; status < 600; status++)
      stats.answer({ status, firstByte: 1, total: 1, bytes: 0, polls: 0, text: `first ${status}` }, 0);
    for (const text of ['a', 'b'])
      stats.answer({ status: 300, firstByte: 1, total: 1, bytes: 0, polls: 0, text }, 0);
    const { errors, failed } = stats.snapshot(0).totals;
    expect(errors.length).toBeLessThanOrEqual(51);
    expect(errors[0]).toMatchObject({ kind: 'other', count: 250 });
    expect(errors[1]).toEqual({ kind: 'http', status: 300, count: 3, first: 'first 300' });
    expect(failed).toBe(302);
  });

  it('have an answer that tells of an error among the failures, with its reason', () => {
    const stats = new LoadStats();
    const answer = { status: 200, firstByte: 1, total: 2, bytes: 5, polls: 0 };
    for (let sent = 0; sent < 3; sent++) stats.send();
    stats.answer(answer, 1);
    stats.answer({ ...answer, failure: 'CUDA is gone' }, 2);
    stats.answer({ ...answer, failure: 'CUDA is gone again' }, 3);
    const { totals } = stats.snapshot(4);
    expect(totals).toMatchObject({ ok: 1, failed: 2 });
    expect(totals.errors).toEqual([{ kind: 'answer', status: 200, count: 2, first: 'CUDA is gone' }]);
    expect(errorWords(totals.errors[0]!)).toBe('Error within HTTP 200');
  });

  it('take only successes for latency and throughput', () => {
    const stats = new LoadStats();
    stats.answer({ status: 500, firstByte: 1, total: 1, bytes: 0, polls: 0 }, 10);
    expect(stats.snapshot(1000).totals.latency.max).toBe(0);
    stats.answer({ status: 204, firstByte: 40, total: 80, bytes: 0, polls: 0 }, 1500);
    const { totals } = stats.snapshot(2000);
    expect(totals.latency.max).toBeCloseTo(80, 0);
    expect(totals.firstByte.max).toBeCloseTo(40, 0);
    expect(throughput(totals)).toBe(0.5);
  });
});
