/** The one way in which times, sizes, counts and shares are written: American English, wherever the editor runs. */

const locale = 'en-US';
const counts = new Intl.NumberFormat(locale);
const measures = new Intl.NumberFormat(locale, { maximumSignificantDigits: 21 });
const oneFraction = new Intl.NumberFormat(locale, { maximumFractionDigits: 1, useGrouping: false });
const percents = new Intl.NumberFormat(locale, { style: 'percent', maximumSignificantDigits: 3 });
const shares = new Intl.NumberFormat(locale, {
  style: 'percent',
  maximumFractionDigits: 2,
  roundingMode: 'trunc',
});
/** Twenty-four hours, as the log lines have them. */
const moments = new Intl.DateTimeFormat(locale, {
  dateStyle: 'medium',
  timeStyle: 'medium',
  hourCycle: 'h23',
});
const timesOfDay = new Intl.DateTimeFormat(locale, { timeStyle: 'medium', hourCycle: 'h23' });

/**
 * `0.82 ms`, `812 ms`, `4.2 s`, `12 s`, `2 min 5 s`, `1 h 2 min`
 * @param digits of one unit; 3 where measures are compared: `4.23 s`, `12.3 s`
 */
export function formatDuration(milliseconds: number, digits: 2 | 3 = 2): string {
  const positive = Math.max(0, milliseconds);
  if (positive === 0) return '0 s';
  // What is rounded up to the next unit is written in it.
  const short = rounded(positive, digits);
  if (short < 1000) return `${short} ms`;
  const seconds = rounded(positive / 1000, digits);
  if (seconds < 60) return `${seconds} s`;
  const whole = Math.round(positive / 1000);
  if (whole < 3600) return twoUnits(whole, 60, 'min', 's');
  return twoUnits(Math.round(whole / 60), 60, 'h', 'min');
}

function twoUnits(count: number, size: number, large: string, small: string): string {
  const rest = count % size;
  return `${formatCount(Math.floor(count / size))} ${large}${rest > 0 ? ` ${rest} ${small}` : ''}`;
}

/** To so many digits, but never to tens. */
function rounded(value: number, digits: number): number {
  return value >= 10 ** (digits - 1) ? Math.round(value) : Number(value.toPrecision(digits));
}

const sizeUnits = ['B', 'KB', 'MB', 'GB', 'TB'];

/** `512 B`, `3.4 KB`, `10 MB`; a KB has 1024 bytes, as in the editor and the file manager of Windows. */
export function formatSize(bytes: number): string {
  let value = bytes;
  let at = 0;
  while (Number(oneFraction.format(value)) >= 1024 && at < sizeUnits.length - 1) {
    value /= 1024;
    at++;
  }
  return `${oneFraction.format(value)} ${sizeUnits[at] ?? ''}`;
}

/** Of a measure: three digits, and none after the point from 100 on: `0.0123`, `45.6`, `1,235`. */
export function formatNumber(value: number): string {
  return measures.format(rounded(value, 3));
}

/** `1,234,567` */
export function formatCount(count: number): string {
  return counts.format(count);
}

/** `45%`, `0.123%`: three digits. */
export function formatPercent(share: number): string {
  return percents.format(share);
}

/** As `formatPercent`, of a part of all: `99.96%`; not quite all are never 100%. */
export function formatShare(share: number): string {
  return shares.format(share);
}

/** `2 running containers`. @param many the noun for several, where it does not just get an s */
export function plural(count: number, noun: string, many = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : many}`;
}

/** As `plural`, of what is counted also when nobody knows how many. */
export function pluralOf(count: number | undefined, noun: string): string {
  return count === undefined ? `unknown number of ${noun}s` : plural(count, noun);
}

/** A moment where the user is: `Nov 30, 2026, 09:00:00`. @param time unix milliseconds */
export function formatMoment(time: number | undefined): string {
  return time === undefined ? 'at an unknown time' : moments.format(time);
}

/** `14:02:33`. @param time unix milliseconds */
export function formatTimeOfDay(time: number): string {
  return timesOfDay.format(time);
}

const ages: readonly (readonly [number, string, string])[] = [
  [86_400_000, 'd', 'day'],
  [3_600_000, 'h', 'hour'],
  [60_000, 'm', 'minute'],
];

/** `5m ago` for rows. @param since unix milliseconds; undefined where nobody knows */
export function shortAge(since: number | undefined, now: number): string {
  if (since === undefined) return 'time unknown';
  const elapsed = Math.max(0, now - since);
  const unit = ages.find(([size]) => elapsed >= size);
  return unit ? `${Math.floor(elapsed / unit[0])}${unit[1]} ago` : 'just now';
}

/** `5 minutes ago` for screen readers and sentences. */
export function spokenAge(since: number | undefined, now: number): string {
  if (since === undefined) return 'at an unknown time';
  const elapsed = Math.max(0, now - since);
  const unit = ages.find(([size]) => elapsed >= size);
  return unit ? `${plural(Math.floor(elapsed / unit[0]), unit[2])} ago` : 'just now';
}
