/** One table for each way of writing. Witnesses are the editor's own Intl, where it knows the form. */
import { describe, expect, it } from 'vitest';
import {
  formatCount,
  formatDuration,
  formatMoment,
  formatNumber,
  formatPercent,
  formatShare,
  formatSize,
  formatTimeOfDay,
  plural,
  pluralOf,
} from '../../../src/shared/format.ts';

describe('a duration is not written in its one form', () => {
  it.each([
    [-5, '0 s'],
    [0, '0 s'],
    [0.8241, '0.82 ms'],
    [9.96, '10 ms'],
    [812, '812 ms'],
    [999.4, '999 ms'],
    [999.6, '1 s'],
    [4240, '4.2 s'],
    [9960, '10 s'],
    [12_300, '12 s'],
    [59_400, '59 s'],
    [59_600, '1 min'],
    [119_600, '2 min'],
    [125_000, '2 min 5 s'],
    [3_599_600, '1 h'],
    [3_720_000, '1 h 2 min'],
    [7_199_000, '2 h'],
    [100_000_000, '27 h 47 min'],
  ])('%d ms: %s', (milliseconds, written) => {
    expect(formatDuration(milliseconds)).toBe(written);
  });

  interface Units {
    readonly hours?: number;
    readonly minutes?: number;
    readonly seconds?: number;
  }
  // TypeScript does not know it yet; Node 24 has it.
  const { DurationFormat } = Intl as unknown as {
    readonly DurationFormat: new (locale: string, options: object) => { format(duration: Units): string };
  };
  const symbols = { h: 'hr', min: 'min', s: 'sec', ms: 'ms' };

  it.each<Units>([{ seconds: 12 }, { minutes: 2, seconds: 5 }, { minutes: 59 }, { hours: 1, minutes: 2 }])(
    'its units and their order differ from those of Intl.DurationFormat: %o',
    (units) => {
      const { hours = 0, minutes = 0, seconds = 0 } = units;
      const ours = formatDuration(((hours * 60 + minutes) * 60 + seconds) * 1000);
      const spelled = ours.replace(/\d+ (\w+)(?= |$)/g, (part, unit: keyof typeof symbols) =>
        part.replace(unit, symbols[unit]),
      );
      const theirs = new DurationFormat('en-US', { style: 'short' }).format(units);
      expect(spelled).toBe(theirs.replaceAll(',', ''));
    },
  );
});

it.each([
  [0.8241, '0.824 ms'],
  [12.34, '12.3 ms'],
  [999.6, '1 s'],
  [4234, '4.23 s'],
  [59_960, '1 min'],
])('a measure is not written with three digits: %d ms: %s', (milliseconds, written) => {
  expect(formatDuration(milliseconds, 3)).toBe(written);
});

it.each([
  [0, '0'],
  [0.01234, '0.0123'],
  [45.64, '45.6'],
  [99.96, '100'],
  [1234.5, '1,235'],
])('a measure without a unit is not written with three digits: %d: %s', (value, written) => {
  expect(formatNumber(value)).toBe(written);
});

describe('a size is not written in its one form', () => {
  it.each([
    [0, '0 B'],
    [512, '512 B'],
    [1023, '1023 B'],
    [1024, '1 KB'],
    [3482, '3.4 KB'],
    [1024 * 1024 - 1, '1 MB'],
    [10 * 1024 * 1024, '10 MB'],
    [1.5 * 1024 ** 3, '1.5 GB'],
    [5000 * 1024 ** 4, '5000 TB'],
  ])('%d bytes: %s', (bytes, written) => {
    expect(formatSize(bytes)).toBe(written);
  });
});

describe('a count, or what is counted, is not written in its one form', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1_234_567, '1,234,567'],
  ])('%d: %s', (count, written) => {
    expect(formatCount(count)).toBe(written);
    expect(formatCount(count)).toBe(new Intl.NumberFormat('en-US').format(count));
  });

  it.each([
    [plural(0, 'line'), '0 lines'],
    [plural(1, 'line'), '1 line'],
    [plural(1500, 'line'), '1,500 lines'],
    [plural(2, 'entry', 'entries'), '2 entries'],
    [pluralOf(undefined, 'container'), 'unknown number of containers'],
    [pluralOf(0, 'container'), '0 containers'],
  ])('%s', (ours, written) => {
    expect(ours).toBe(written);
  });
});

describe('a share is not written in its one form', () => {
  it.each([
    [0.45, '45%'],
    [0.00123, '0.123%'],
    [0.4567, '45.7%'],
    [12.3456, '1,230%'],
  ])('%d: %s', (share, written) => {
    expect(formatPercent(share)).toBe(written);
  });

  it.each([
    [0.9996, '99.96%'],
    [0.999999, '99.99%'],
    [1 / 3, '33.33%'],
    [1, '100%'],
  ])('a part of all is not whole before it is: %d: %s', (share, written) => {
    expect(formatShare(share)).toBe(written);
  });
});

it('a moment is written as where the machine is, or its month could be taken for a day', () => {
  const time = new Date(2026, 10, 30, 9, 5, 7).getTime();
  expect(formatMoment(time)).toBe('Nov 30, 2026, 09:05:07');
  expect(formatMoment(new Date(2026, 0, 1, 0, 0, 0).getTime())).toBe('Jan 1, 2026, 00:00:00');
  expect(formatMoment(undefined)).toBe('at an unknown time');
  expect(formatTimeOfDay(time)).toBe('09:05:07');
});
