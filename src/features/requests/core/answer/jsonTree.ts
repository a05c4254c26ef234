import type { JsonPath } from '../../../../shared/json/jsonText.ts';
import { valueAt } from '../../../../shared/json/jsonText.ts';
import type { Json } from './json.ts';
import { isContainer, isRecord, jsonText, numberOf } from './json.ts';
import { plural } from '../../../../shared/format.ts';

/** One line of the tree. */
export interface JsonRow {
  readonly path: JsonPath;
  readonly kind: 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';
  /** The value in short; of an object or a list, what is in it. */
  readonly text: string;
  /** Entries of an object or a list. */
  readonly count: number;
}

const longestText = 300;

export function rowOf(path: JsonPath, value: Json): JsonRow {
  if (value === null) return { path, kind: 'null', text: 'null', count: 0 };
  if (Array.isArray(value))
    return { path, kind: 'array', text: plural(value.length, 'item'), count: value.length };
  if (isRecord(value)) {
    const count = Object.keys(value).length;
    return { path, kind: 'object', text: plural(count, 'field'), count };
  }
  if (typeof value === 'string')
    return { path, kind: 'string', text: JSON.stringify(shortened(value)), count: 0 };
  const kind = numberOf(value) === undefined ? 'boolean' : 'number';
  return { path, kind, text: shortened(jsonText(value)), count: 0 };
}

/** Rows of what lies in a value, from one place on. */
export function childRows(root: Json, path: JsonPath, from: number, count: number): JsonRow[] {
  const value = valueAt(root, path);
  if (!isContainer(value)) return [];
  if (Array.isArray(value))
    return value.slice(from, from + count).map((item, index) => rowOf([...path, from + index], item));
  return Object.keys(value)
    .slice(from, from + count)
    .map((key) => rowOf([...path, key], value[key] ?? null));
}

/** How far down the parent's list a row stands. */
export function placeInParent(root: Json, path: JsonPath): number {
  const last = path.at(-1);
  const parent = valueAt(root, path.slice(0, -1));
  if (typeof last === 'number' || !isContainer(parent)) return Number(last ?? 0);
  return Object.keys(parent).indexOf(last ?? '');
}

/**
 * Rows whose name or value holds a text, whatever its case, in the order of the document.
 * @param limit ends the search
 */
export function searchRows(root: Json, text: string, limit: number): JsonRow[] {
  const wanted = text.toLowerCase();
  const found: JsonRow[] = [];
  // A stack of our own: answers may be nested deeper than functions may call. Paths are made only of what is found.
  const stack: Place[] = [{ step: '', value: root }];
  while (found.length < limit) {
    const place = stack.pop();
    if (!place) break;
    if (place.parent && matches(place, wanted)) found.push(rowOf(pathOf(place), place.value));
    const { value } = place;
    if (!isContainer(value)) continue;
    const keys = Array.isArray(value) ? undefined : Object.keys(value);
    const items = Array.isArray(value) ? value : Object.values(value);
    for (let at = items.length - 1; at >= 0; at--)
      stack.push({ parent: place, step: keys?.[at] ?? at, value: items[at] ?? null });
  }
  return found;
}

interface Place {
  readonly parent?: Place;
  readonly step: string | number;
  readonly value: Json;
}

function pathOf(place: Place): JsonPath {
  const path: (string | number)[] = [];
  for (let at = place; at.parent; at = at.parent) path.push(at.step);
  return path.reverse();
}

function matches({ step, value }: Place, wanted: string): boolean {
  if (typeof step === 'string' && step.toLowerCase().includes(wanted)) return true;
  return value !== null && !isContainer(value) && jsonText(value).toLowerCase().includes(wanted);
}

/** As JSONPath and most languages write it: `$.data[0].embedding`, `$["a b"]`. */
export function pathText(path: JsonPath): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return /^[A-Za-z_$][\w$]*$/.test(step) ? `${text}.${step}` : `${text}[${JSON.stringify(step)}]`;
  }, '$');
}

function shortened(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text;
}
