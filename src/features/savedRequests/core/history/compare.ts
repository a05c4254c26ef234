import type { Json } from '../../../requests/core/index.ts';
import { cosine, isNumberText, parseKeepingNumbers, vectorsOf } from '../../../requests/core/index.ts';
import type { HistoryEntry } from './entry.ts';

/** Longer answers are compared as they are, and only so far. */
const longestNormalised = 4 * 1024 * 1024;
const longestShown = 8 * 1024 * 1024;

/** An answer in a form that shows what differs: JSON with sorted keys and numbers as printed; the rest as it is. */
export function comparable(body: string): string {
  if (body.length > longestShown)
    return `${body.slice(0, longestShown)}\n\n… cut after ${longestShown / 1024 / 1024} MB`;
  if (body.length > longestNormalised) return body;
  try {
    return JSON.stringify(sorted(parseKeepingNumbers(body)), undefined, 2);
  } catch {
    return body;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null || isNumberText(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}

type Answer = NonNullable<HistoryEntry['answer']>;

/** How two answers differ, a line each: status, time, size, and the angle between their vectors if they have some. */
export function compareAnswers(before: Answer, after: Answer, bodies: readonly [string, string]): string[] {
  const vectors = bodies.map(firstVector);
  const [a, b] = vectors;
  const similarity = a && b ? cosine(a, b) : undefined;
  return [
    before.status === after.status
      ? `Status ${after.status} both`
      : `Status ${before.status} → ${after.status}`,
    `Time ${change(before.timing.total, after.timing.total, milliseconds)}`,
    `Size ${change(before.size, after.size, size)}`,
    ...(similarity === undefined ? [] : [`Cosine similarity ${similarity.toFixed(6)}`]),
  ];
}

function change(before: number, after: number, words: (value: number) => string): string {
  if (before === after) return `${words(after)} both`;
  const percent =
    before > 0 ? ` (${after > before ? '+' : '−'}${Math.abs(Math.round((after / before - 1) * 100))}%)` : '';
  return `${words(before)} → ${words(after)}${percent}`;
}

export function milliseconds(value: number): string {
  return value < 1000 ? `${value.toFixed(0)} ms` : `${(value / 1000).toFixed(1)} s`;
}

export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** The first embedding of an answer. */
function firstVector(body: string): Float64Array | undefined {
  if (body.length > longestNormalised) return undefined;
  try {
    return vectorsOf(JSON.parse(body) as Json)[0]?.values;
  } catch {
    return undefined;
  }
}
