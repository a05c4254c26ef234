import type { TimeRange } from './log.ts';
import { plural } from '../shared/format.ts';

/** How times are written and read: as the clock of this machine says, or in UTC. */
export type TimeZone = 'local' | 'utc';

export interface RangeLimits {
  /** Unix milliseconds. */
  readonly now: number;
  /** How far back the server can be asked, in days. */
  readonly mostDays: number;
  /** How long the server keeps the log, where it has said so, in days. */
  readonly keptDays?: number;
}

/** Why a text is no time, or a range cannot be shown, and which of the two fields to change. */
export interface RangeProblem {
  readonly field: 'from' | 'to';
  readonly problem: string;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const units: Readonly<Record<string, number>> = { s: second, m: minute, h: hour, d: day, w: 7 * day };
const ago = /^-?\s*(\d{1,6}(?:\.\d{1,3})?)\s*(s|m|h|d|w)[a-z]*(?:\s+ago)?$/i;
const clock = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/;
const date =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3})\d*)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;

/** The forms that can be typed, for a hint beside the field. */
export const timeForms = '2026-11-21 13:05, 13:05, -2h or now';

/** Ranges that end now, as people ask for them. */
export const lastRanges = [
  { words: 'Last 15 minutes', ms: 15 * minute },
  { words: 'Last hour', ms: hour },
  { words: 'Last 6 hours', ms: 6 * hour },
  { words: 'Last 24 hours', ms: day },
  { words: 'Last 7 days', ms: 7 * day },
] as const;

/** @returns unix milliseconds; undefined for what is no time */
export function parseTime(text: string, zone: TimeZone, now: number): number | undefined {
  const typed = text.trim();
  if (/^now$/i.test(typed)) return now;
  const [, count, unit] = ago.exec(typed) ?? [];
  if (count && unit) return now - Number(count) * (units[unit.toLowerCase()] ?? 0);
  const time = clock.exec(typed);
  if (time) return onDay(partsOf(now, zone).slice(0, 3), time.slice(1), zone);
  const [, year, month, date_, hours, minutes, seconds, milliseconds, offset] = date.exec(typed) ?? [];
  if (!year) return undefined;
  const shift = offsetMs(offset);
  if (shift === undefined) return undefined;
  const clockParts = [hours, minutes, seconds, milliseconds?.padEnd(3, '0')];
  const wanted = onDay([year, month, date_].map(Number), clockParts, offset ? 'utc' : zone);
  return wanted === undefined ? undefined : wanted - shift;
}

/**
 * The range between two typed times. An empty end means now.
 * @returns what to change where there is no such range, or nothing of it is kept
 */
export function readRange(
  from: string,
  to: string,
  zone: TimeZone,
  limits: RangeLimits,
): TimeRange | RangeProblem {
  const { now } = limits;
  const unread = `This is not a time. Write it as ${timeForms}.`;
  const since = parseTime(from, zone, now);
  if (since === undefined) {
    return { field: 'from', problem: from.trim() ? unread : `Enter a time, as ${timeForms}.` };
  }
  const until = to.trim() ? parseTime(to, zone, now) : now;
  if (until === undefined) return { field: 'to', problem: unread };
  return checkRange({ since, until }, limits);
}

/** Says what is wrong with a range; one that ends in the future ends now instead. */
export function checkRange({ since, until }: TimeRange, limits: RangeLimits): TimeRange | RangeProblem {
  const { now, keptDays, mostDays } = limits;
  const oldest = now - (keptDays ?? mostDays) * day;
  if (since >= now) return { field: 'from', problem: 'This is in the future. Enter a time before now.' };
  if (until <= since)
    return { field: 'to', problem: 'The end is not after the beginning. Enter a later time.' };
  if (until <= oldest) {
    const days = keptDays ?? mostDays;
    const kept = plural(days, 'day');
    return { field: 'from', problem: `Modal keeps these logs for ${kept} at most. Enter a later time.` };
  }
  // What is asked for from before the oldest is gone; the rest is still there.
  const range = { since: Math.max(since, oldest), until: Math.min(until, now) };
  return { since: Math.floor(range.since), until: Math.ceil(range.until) };
}

/** `2026-11-21 13:05:30`, which can be read again. */
export function timeText(time: number, zone: TimeZone): string {
  const [year = 0, month = 0, date_ = 0] = partsOf(time, zone);
  return `${year}-${two(month)}-${two(date_)} ${clockText(time, zone, true)}`;
}

/** `13:05–13:20`; with the days where they differ from today or from one another. */
export function rangeWords({ since, until }: TimeRange, zone: TimeZone, now: number): string {
  const sameMinute = Math.floor(since / minute) === Math.floor(until / minute);
  const withSeconds = until - since < 2 * minute || sameMinute;
  const [from, to, today] = [since, until, now].map((time) => dayText(time, zone));
  const begin = clockText(since, zone, withSeconds);
  const end = clockText(until, zone, withSeconds);
  const suffix = zone === 'utc' ? ' UTC' : '';
  if (from !== to) return `${from} ${begin} – ${to} ${end}${suffix}`;
  return `${from === today ? '' : `${from} `}${begin}–${end}${suffix}`;
}

export function clockText(time: number, zone: TimeZone, withSeconds: boolean): string {
  const [, , , hours = 0, minutes = 0, seconds = 0] = partsOf(time, zone);
  return `${two(hours)}:${two(minutes)}${withSeconds ? `:${two(seconds)}` : ''}`;
}

export function dayText(time: number, zone: TimeZone): string {
  const [, month = 0, date_ = 0] = partsOf(time, zone);
  return `${two(month)}-${two(date_)}`;
}

/** Year, month from 1, day, hours, minutes, seconds. */
function partsOf(time: number, zone: TimeZone): number[] {
  const at = new Date(time);
  return zone === 'utc'
    ? [
        ...[at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate()],
        ...[at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()],
      ]
    : [
        ...[at.getFullYear(), at.getMonth() + 1, at.getDate()],
        ...[at.getHours(), at.getMinutes(), at.getSeconds()],
      ];
}

/** @returns undefined for a day or a time of day that does not exist, such as 30 February or 25:00 */
function onDay(
  day_: readonly number[],
  clockParts: readonly (string | undefined)[],
  zone: TimeZone,
): number | undefined {
  const [year = 0, month = 0, date_ = 0] = day_;
  const [hours = 0, minutes = 0, seconds = 0, ms = 0] = clockParts.map((part) => Number(part ?? 0));
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
  const utc = new Date(Date.UTC(year, month - 1, date_, hours, minutes, seconds, ms));
  if (utc.getUTCMonth() !== month - 1 || utc.getUTCDate() !== date_) return undefined;
  if (zone === 'utc') return utc.getTime();
  return new Date(year, month - 1, date_, hours, minutes, seconds, ms).getTime();
}

/** @returns undefined for an offset that does not exist */
function offsetMs(offset: string | undefined): number | undefined {
  if (!offset || offset.toUpperCase() === 'Z') return 0;
  const [hours, minutes] = [Number(offset.slice(1, 3)), Number(offset.slice(-2))];
  if (hours > 14 || minutes > 59) return undefined;
  return (offset.startsWith('-') ? -1 : 1) * (hours * hour + minutes * minute);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
