import { randomUUID } from 'node:crypto';
import dayjs from 'dayjs';
import utc from 'dayjs/plugin/utc.js';
import { firstWord } from './firstWord.ts';

dayjs.extend(utc);

/** What REST Client, httpyac and JetBrains agree on, or two of them. */
export const dynamicNames = [
  '$guid',
  '$uuid',
  '$timestamp',
  '$isoTimestamp',
  '$datetime',
  '$localDatetime',
  '$randomInt',
  '$processEnv',
  '$dotenv',
] as const;

type Value = string | { readonly why: string };

/** Of a time, how far from now, and in which unit. */
interface Shift {
  readonly amount: number;
  readonly unit: string;
}

const units = ['y', 'Q', 'M', 'w', 'd', 'h', 'm', 's', 'ms'];
const shift = /^(-?\d{1,9})\s+(\w+)$/;
const dateForm = /^(iso8601|rfc1123|'[^']+'|"[^"]+")(?:\s+(\S.*))?$/;

/** @returns undefined for a name that is not made here */
export function dynamicValue(expression: string): Value | undefined {
  const [name, rest] = firstWord(expression);
  switch (name) {
    case '$guid':
    case '$uuid':
    case '$random.uuid':
      return rest === '' ? randomUUID() : { why: `takes nothing after its name: {{${name}}}.` };
    case '$isoTimestamp':
      return rest === '' ? dayjs.utc().toISOString() : { why: `takes nothing after its name: {{${name}}}.` };
    case '$timestamp':
      return timestamp(rest);
    case '$datetime':
    case '$localDatetime':
      return dateTime(name, rest);
    case '$randomInt':
      return randomInt(rest);
    default:
      return undefined;
  }
}

function timestamp(rest: string): Value {
  const moved = shiftOf(rest);
  return moved ? String(shifted(dayjs.utc(), moved).unix()) : { why: needsShift('{{$timestamp -3 d}}') };
}

const needsShift = (example: string) =>
  `takes a whole number and one of ${units.join(', ')}, for example ${example}.`;

function dateTime(name: string, rest: string): Value {
  const [, form, after = ''] = dateForm.exec(rest) ?? [];
  const moved = shiftOf(after);
  if (form === undefined)
    return { why: `needs iso8601, rfc1123 or a format in quotes, for example {{${name} "YYYY-MM-DD"}}.` };
  if (!moved) return { why: needsShift(`{{${name} iso8601 1 d}}`) };
  const isLocal = name === '$localDatetime';
  const date = shifted(isLocal ? dayjs() : dayjs.utc(), moved);
  if (form === 'rfc1123')
    return isLocal ? date.format('ddd, DD MMM YYYY HH:mm:ss ZZ') : date.toDate().toUTCString();
  if (form === 'iso8601') return isLocal ? date.format() : date.toISOString();
  return date.format(form.slice(1, -1));
}

/** @returns undefined for what is none; nothing is no shift */
function shiftOf(text: string): Shift | undefined {
  if (text === '') return { amount: 0, unit: 'd' };
  const [, amount, unit = ''] = shift.exec(text.trimEnd()) ?? [];
  return amount !== undefined && units.includes(unit) ? { amount: Number(amount), unit } : undefined;
}

function shifted(date: dayjs.Dayjs, { amount, unit }: Shift): dayjs.Dayjs {
  // Without its plugin the library would take quarters for milliseconds.
  return unit === 'Q' ? date.add(amount * 3, 'M') : date.add(amount, unit as dayjs.ManipulateType);
}

function randomInt(rest: string): Value {
  const [, first = '', second = ''] = /^(-?\d+)\s+(-?\d+)$/.exec(rest) ?? [];
  const [low, high] = rest === '' ? [0, 1000] : [Number(first), Number(second)];
  if (
    (rest !== '' && first === '') ||
    !Number.isSafeInteger(low) ||
    !Number.isSafeInteger(high) ||
    high <= low
  )
    return { why: 'needs two whole numbers, the smaller first, for example {{$randomInt 1 10}}.' };
  return String(low + Math.floor(Math.random() * (high - low)));
}
