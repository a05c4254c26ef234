import { plainPattern } from './plainPattern.ts';
import type { Schema } from './schema.ts';
import { isSchema, schemasIn } from './schema.ts';

/** Schemas that are looked at while one value is checked: those that branch at every level would never end. */
const mostSteps = 100_000;
const mostPatterns = 100;

/** Keywords that hold values, not schemas. */
const values = new Set(['const', 'enum', 'default', 'example', 'examples', 'required', 'dependentRequired']);
const named = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']);

type Writable = Record<string, unknown>;

/**
 * A copy of a schema that can be checked in bounded time: without patterns that are not plain, and with a count of
 * steps that throws when there are too many.
 *
 * @param compares whether lists may be asked for equal entries
 * @returns `begin` sets the count back; call it before each check
 */
export function plainSchema(schema: Schema, compares: boolean): { schema: Schema; begin: () => void } {
  const copy = structuredClone(schema) as Writable;
  let steps = 0;
  let patterns = 0;
  const mayUse = (pattern: string) => ++patterns <= mostPatterns && plainPattern(pattern) !== undefined;
  const countSteps = {
    get: () => {
      if (++steps > mostSteps) throw new Error('The schema takes too many steps.');
      return undefined;
    },
  };
  const visit = (each: unknown): void => {
    if (Array.isArray(each)) each.forEach(visit);
    if (!isSchema(each)) return;
    if (!compares) delete (each as Writable)['uniqueItems'];
    leaveOutPatterns(each, mayUse);
    // A keyword that the validator reads of every schema, and that no schema of today has.
    Object.defineProperty(each, '$recursiveAnchor', countSteps);
    for (const [keyword, value] of Object.entries(each)) {
      if (named.has(keyword)) for (const [, member] of schemasIn(value)) visit(member);
      else if (!values.has(keyword)) visit(value);
    }
  };
  visit(copy);
  return { schema: copy, begin: () => (steps = 0) };
}

function leaveOutPatterns(schema: Writable, mayUse: (pattern: string) => boolean): void {
  const { pattern, patternProperties } = schema;
  if (typeof pattern === 'string' && !mayUse(pattern)) delete schema['pattern'];
  if (!isSchema(patternProperties) || Object.keys(patternProperties).every(mayUse)) return;
  // Without them, what they allow would count as unknown.
  for (const keyword of ['patternProperties', 'additionalProperties', 'unevaluatedProperties'])
    Reflect.deleteProperty(schema, keyword);
}

/** Entries of the longest list that a value holds. */
export function longestList(value: unknown): number {
  let longest = 0;
  const waiting = [value];
  for (let next = waiting.pop(); waiting.length > 0 || next !== undefined; next = waiting.pop()) {
    if (Array.isArray(next)) longest = Math.max(longest, next.length);
    if (typeof next === 'object' && next !== null) for (const each of Object.values(next)) waiting.push(each);
  }
  return longest;
}
