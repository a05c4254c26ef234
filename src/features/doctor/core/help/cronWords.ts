import { Cron } from 'croner';
import { toString as sentenceOf } from 'cronstrue';
import { plural } from '../../../../shared/format.ts';

/** When a cron runs. Either it has a sentence, or words of what is wrong with it. */
export interface CronHelp {
  /** `At 09:00, Monday through Friday` */
  readonly sentence?: string;
  readonly trouble?: string;
  /** What the sentence leaves open. */
  readonly note?: string;
  /** Unix milliseconds; empty where it never runs, or nobody can tell. */
  readonly next: readonly number[];
}

const mostTimes = 3;
const longest = 200;

/** What every cron has. Signs of some of them, such as `L`, `W`, `#` and `?`, only Modal's server could tell about. */
const plainField = /^[\d*,/A-Za-z-]+$/;
const names = /^(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun)$/i;

/**
 * A cron of five fields in words. Where days of the month and of the week are both given, either is enough, as in every
 * Unix cron.
 * @param zone IANA name; undefined where only running the file would tell, and then there are no times
 * @param after unix milliseconds
 */
export function cronHelp(cron: string, zone: string | undefined, after: number): CronHelp {
  const fields = cron.trim().split(/\s+/);
  if (cron.length > longest || fields.length !== 5)
    return {
      trouble: 'A cron has five fields: minute, hour, day of the month, month, day of the week.',
      next: [],
    };
  if (!fields.every(isPlain))
    return { trouble: 'This cron has signs beyond those that every cron knows.', next: [] };
  const pattern = fields.join(' ');
  try {
    const schedule = new Cron(pattern, { mode: '5-part', timezone: 'UTC' });
    const sentence = sentenceOf(pattern, { use24HourTimeFormat: true, throwExceptionOnParseError: true });
    schedule.stop();
    return { sentence, ...daysNote(fields), ...timesOf(pattern, fields, zone, after) };
  } catch {
    return { trouble: 'This is no cron, or not every program reads it in the same way.', next: [] };
  }
}

/** Of `*` + `/2` in one of the day fields beside days in the other, some programs take both, and others either. */
const isAmbiguous = ([, , day = '', , weekday = '']: readonly string[]) =>
  day !== '*' && weekday !== '*' && (day.startsWith('*') || weekday.startsWith('*'));

function daysNote(fields: readonly string[]): { note?: string } {
  const [, , day, , weekday] = fields;
  if (day === '*' || weekday === '*') return {};
  if (isAmbiguous(fields))
    return { note: 'Programs differ in whether both the day of the month and that of the week must match.' };
  return { note: 'It is enough that the day of the month or that of the week matches.' };
}

function timesOf(
  pattern: string,
  fields: readonly string[],
  zone: string | undefined,
  after: number,
): { next: readonly number[]; note?: string } {
  if (zone === undefined || isAmbiguous(fields)) return { next: [] };
  const next = nextTimes(pattern, zone, after);
  const last = next.at(-1);
  if (last === undefined || offsetOf(zone, after) === offsetOf(zone, last)) return { next };
  return {
    next,
    note: 'Clocks change until then: what is due in a repeated or skipped hour may come otherwise.',
  };
}

/** `GMT+01:00` */
function offsetOf(timeZone: string, time: number): string | undefined {
  const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).formatToParts(time);
  return parts.find(({ type }) => type === 'timeZoneName')?.value;
}

/** Whether the zone is known here. */
export function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

function nextTimes(pattern: string, zone: string, after: number): number[] {
  if (!isTimeZone(zone)) return [];
  const schedule = new Cron(pattern, { mode: '5-part', timezone: zone });
  return schedule.nextRuns(mostTimes, new Date(after)).map((time) => time.getTime());
}

function isPlain(field: string): boolean {
  return plainField.test(field) && (field.match(/[A-Za-z]+/g) ?? []).every((word) => names.test(word));
}

const units: readonly (readonly [argument: string, noun: string])[] = [
  ['years', 'year'],
  ['months', 'month'],
  ['weeks', 'week'],
  ['days', 'day'],
  ['hours', 'hour'],
  ['minutes', 'minute'],
  ['seconds', 'second'],
];

/** `Every 2 hours and 30 minutes`; undefined for one without any time. */
export function periodWords(parts: Readonly<Record<string, number>>): string | undefined {
  const given = units.flatMap(([argument, noun]) => {
    const count = Object.hasOwn(parts, argument) ? (parts[argument] ?? 0) : 0;
    return count > 0 ? [{ count, noun }] : [];
  });
  const [only] = given;
  if (!only) return undefined;
  if (given.length === 1 && only.count === 1) return `Every ${only.noun}`;
  const words = given.map(({ count, noun }) => plural(count, noun));
  return `Every ${words.slice(0, -1).join(', ')}${words.length > 1 ? ' and ' : ''}${words.at(-1) ?? ''}`;
}
