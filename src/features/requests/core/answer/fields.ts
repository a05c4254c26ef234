/** Values of other people's JSON, of which nothing is known. */

export type Fields = Readonly<Record<string, unknown>>;

/** @returns no fields for what is no object */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function wordsOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Most events of a stream of text are no JSON, and finding that out by an exception takes the time of many. */
const mayBeJson = /^\s*[[{"\dtfn-]/;

/** @returns undefined for what is no JSON */
export function jsonOrNothing(text: string): unknown {
  if (!mayBeJson.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
