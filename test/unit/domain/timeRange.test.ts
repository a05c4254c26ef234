import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTime, rangeWords, readRange, timeText } from '../../../src/domain/timeRange.ts';

const now = Date.UTC(2026, 10, 21, 13, 20, 30);
const at = (text: string) => Date.parse(`2026-11-21T${text}Z`);
const limits = { now, mostDays: 35 };
const read = (from: string, to = '', more = {}) => readRange(from, to, 'utc', { ...limits, ...more });

describe('a typed time', () => {
  it.each([
    ['2026-11-21 13:05', at('13:05:00')],
    ['2026-11-21T13:05:07.25', at('13:05:07.250')],
    ['2026-11-21 13:05Z', at('13:05:00')],
    ['2026-11-21T13:05:00+02:00', at('11:05:00')],
    ['2026-11-21T13:05-0530', at('18:35:00')],
    ['2026-11-21', at('00:00:00')],
    ['9:05', at('09:05:00')],
    ['-2h', now - 7_200_000],
    ['15 min ago', now - 900_000],
    ['-1.5 days', now - 129_600_000],
    [' NOW ', now],
  ])('%s is read', (text, time) => {
    expect(parseTime(text, 'utc', now)).toBe(time);
  });

  it.each([
    ...['', 'tomorrow', '2026-02-30', '2026-13-01', '25:00', '13:60', '-2', '2026-11-21 24:00'],
    ...['-2y', '2026-11-21 13:05+99:00', '١٣:٠٥', '<b>', '1e9h', '-'.repeat(10_000)],
  ])('%s is none', (text) => {
    expect(parseTime(text, 'utc', now)).toBeUndefined();
  });

  it('is read as it is written, in both zones', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2000, 0, 1) / 1000, max: Date.UTC(2090, 0, 1) / 1000 }),
        fc.constantFrom('local' as const, 'utc' as const),
        (seconds, zone) => {
          const text = timeText(seconds * 1000, zone);
          expect(timeText(parseTime(text, zone, now)!, zone)).toBe(text);
        },
      ),
    );
  });
});

describe('a typed range', () => {
  it('ends now when no end is given, and never in the future', () => {
    expect(read('-2h')).toEqual({ since: now - 7_200_000, until: now });
    expect(read('13:00', '15:00')).toEqual({ since: at('13:00:00'), until: now });
  });

  it.each([
    ['soon', '', {}, 'from', /not a time.*2026-11-21 13:05/],
    ['', '', {}, 'from', /Enter a time/],
    ['-2h', 'later', {}, 'to', /not a time/],
    ['13:10', '13:05', {}, 'to', /not after the beginning/],
    ['13:05', '13:05', {}, 'to', /not after the beginning/],
    ['15:00', '16:00', {}, 'from', /in the future/],
    ['2026-10-01', '2026-10-02', {}, 'from', /35 days/],
    ['-3d', '-2d', { keptDays: 1 }, 'from', /keeps these logs for 1 day at most/],
  ])('from %j to %j is refused, with the reason', (from, to, more, field, problem) => {
    expect(read(from, to, more)).toEqual({ field, problem: expect.stringMatching(problem) as unknown });
  });

  it('begins no earlier than what is kept', () => {
    expect(read('-3d', '', { keptDays: 1 })).toEqual({ since: now - 86_400_000, until: now });
  });
});

it('a range is named by what tells its ends apart', () => {
  const words = (since: string, until: string) =>
    rangeWords({ since: Date.parse(since), until: Date.parse(until) }, 'utc', now);
  expect(words('2026-11-21T13:05Z', '2026-11-21T13:20Z')).toBe('13:05–13:20 UTC');
  expect(words('2026-11-21T13:05:02Z', '2026-11-21T13:05:08Z')).toBe('13:05:02–13:05:08 UTC');
  expect(words('2026-11-20T13:05Z', '2026-11-20T14:00Z')).toBe('11-20 13:05–14:00 UTC');
  expect(words('2026-11-20T13:05Z', '2026-11-21T13:00Z')).toBe('11-20 13:05 – 11-21 13:00 UTC');
});
