import { isDeepStrictEqual } from 'node:util';

/**
 * Replaces what is equal to what was there before by the very object that was there, so that a refresh without news
 * is seen by comparing references.
 * @param before the list as it was
 * @param after the list as read now
 * @param keyOf names an item, the same in both lists
 * @returns `before` itself when nothing at all has changed
 */
export function keepSame<T extends object>(
  before: readonly T[],
  after: readonly T[],
  keyOf: (item: T) => string,
): readonly T[] {
  const known = new Map(before.map((item) => [keyOf(item), item]));
  const kept = after.map((item) => {
    const old = known.get(keyOf(item));
    return old && sameFields(old, item) ? old : item;
  });
  const same = kept.length === before.length && kept.every((item, at) => item === before[at]);
  return same ? before : kept;
}

/** Whether two records have the same fields with the same values; most are flat, and quick to compare. */
function sameFields<T extends object>(a: T, b: T): boolean {
  const names = Object.keys(a) as (keyof T)[];
  return names.length === Object.keys(b).length && names.every((name) => sameValue(a[name], b[name]));
}

function sameValue(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'object' && isDeepStrictEqual(a, b));
}
