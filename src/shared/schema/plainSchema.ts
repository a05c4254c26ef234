import { plainPattern } from './plainPattern.ts';
import type { Schema } from './schema.ts';
import { isSchema, schemasIn } from './schema.ts';
import type { ValueSize } from './schemaCost.ts';
import { costOf } from './schemaCost.ts';

/** What checking one value may cost: schemas that branch at every level would never end. */
const mostCost = 10_000_000;
const mostPatterns = 100;
/** Each entry of longer lists is not compared with each other one. */
const mostCompared = 200;
/** Longer texts are not read to see whether they have a form. */
const longestFormatted = 2000;
const longestMatched = 20_000;
const longestCounted = 1_000_000;

/** Keywords that a value is too large for. */
export function tooSlowFor({ list, text }: ValueSize): readonly string[] {
  return [
    ...(list > mostCompared ? ['uniqueItems'] : []),
    ...(text > longestFormatted ? ['format'] : []),
    ...(text > longestMatched ? ['pattern'] : []),
    ...(text > longestCounted ? ['minLength', 'maxLength'] : []),
  ];
}

/** Keywords that hold values, not schemas. */
const values = new Set(['const', 'enum', 'default', 'example', 'examples', 'required', 'dependentRequired']);
const named = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']);

type Writable = Record<string, unknown>;

/**
 * A copy of a schema that can be checked in bounded time: without patterns that are not plain, and with a count of
 * what it costs that throws when it is too much.
 *
 * @param without keywords that are not checked
 * @returns `begin` sets the count back; call it before each check with the size of the value
 */
export function plainSchema(
  schema: Schema,
  without: readonly string[],
): { schema: Schema; begin: (size: ValueSize) => void } {
  const copy = JSON.parse(JSON.stringify(schema)) as Writable;
  let spent = 0;
  let size: ValueSize | undefined;
  let patterns = 0;
  const mayUse = (pattern: string) => ++patterns <= mostPatterns && plainPattern(pattern) !== undefined;
  const visit = (each: unknown): void => {
    if (Array.isArray(each)) each.forEach(visit);
    if (!isSchema(each)) return;
    for (const keyword of without) Reflect.deleteProperty(each, keyword);
    leaveOutSlow(each, mayUse);
    const cost = costOf(each);
    const spend = () => {
      spent += size ? cost(size) : 0;
      if (spent > mostCost) throw new Error('The schema takes too long.');
    };
    // A keyword that the validator reads of every schema, and that no schema of today has.
    Object.defineProperty(each, '$recursiveAnchor', { get: spend });
    for (const [keyword, value] of Object.entries(each)) {
      if (named.has(keyword)) for (const [, member] of schemasIn(value)) visit(member);
      else if (!values.has(keyword)) visit(value);
    }
  };
  visit(copy);
  return { schema: copy, begin: (next) => ([spent, size] = [0, next]) };
}

function leaveOutSlow(schema: Writable, mayUse: (pattern: string) => boolean): void {
  // The validator's expression for it can take time by the square of a text.
  if (schema['format'] === 'url') delete schema['format'];
  // Of schemas with names in one another, the validator reads the inner ones twice at each level.
  for (const keyword of ['$id', 'id']) Reflect.deleteProperty(schema, keyword);
  const { pattern, patternProperties } = schema;
  if (typeof pattern === 'string' && !mayUse(pattern)) delete schema['pattern'];
  if (!isSchema(patternProperties) || Object.keys(patternProperties).every(mayUse)) return;
  // Without them, what they allow would count as unknown.
  for (const keyword of ['patternProperties', 'additionalProperties', 'unevaluatedProperties'])
    Reflect.deleteProperty(schema, keyword);
}
