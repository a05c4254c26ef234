import type { Json } from './content.ts';

/** Steps from the root: names of objects, places in lists. */
export type JsonPath = readonly (string | number)[];

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

/** @returns undefined where there is no such place */
export function valueAt(root: Json, path: JsonPath): Json | undefined {
  let value: Json | undefined = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Array.isArray(value) ? value[Number(step)] : Object.hasOwn(value, step) ? value[step] : undefined;
  }
  return value;
}

export function rowOf(path: JsonPath, value: Json): JsonRow {
  if (value === null) return { path, kind: 'null', text: 'null', count: 0 };
  if (Array.isArray(value))
    return { path, kind: 'array', text: counted(value.length, 'item'), count: value.length };
  if (typeof value === 'object') {
    const count = Object.keys(value).length;
    return { path, kind: 'object', text: counted(count, 'field'), count };
  }
  if (typeof value === 'string')
    return { path, kind: 'string', text: JSON.stringify(shortened(value)), count: 0 };
  return { path, kind: typeof value === 'number' ? 'number' : 'boolean', text: String(value), count: 0 };
}

/** Rows of what lies in a value, from one place on. */
export function childRows(root: Json, path: JsonPath, from: number, count: number): JsonRow[] {
  const value = valueAt(root, path);
  if (typeof value !== 'object' || value === null) return [];
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
  if (typeof last === 'number' || typeof parent !== 'object' || parent === null) return Number(last ?? 0);
  return Object.keys(parent).indexOf(last ?? '');
}

/**
 * Rows whose name or value holds a text, whatever its case, in the order of the document.
 * @param limit ends the search
 */
export function searchRows(root: Json, text: string, limit: number): JsonRow[] {
  const wanted = text.toLowerCase();
  const found: JsonRow[] = [];
  // A stack of our own: answers may be nested deeper than functions may call.
  const stack: { path: JsonPath; value: Json }[] = [{ path: [], value: root }];
  while (found.length < limit) {
    const next = stack.pop();
    if (!next) break;
    const { path, value } = next;
    if (path.length > 0 && matches(path, value, wanted)) found.push(rowOf(path, value));
    if (typeof value !== 'object' || value === null) continue;
    const children = Array.isArray(value)
      ? value.map((item, index) => ({ path: [...path, index], value: item }))
      : Object.entries(value).map(([key, item]) => ({ path: [...path, key], value: item }));
    for (const child of children.reverse()) stack.push(child);
  }
  return found;
}

function matches(path: JsonPath, value: Json, wanted: string): boolean {
  const name = path.at(-1);
  if (typeof name === 'string' && name.toLowerCase().includes(wanted)) return true;
  return typeof value !== 'object' && String(value).toLowerCase().includes(wanted);
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

function counted(count: number, word: string): string {
  return `${count.toLocaleString('en-US')} ${word}${count === 1 ? '' : 's'}`;
}
