import { listOf, schemasIn, textOf } from './schema.ts';
import type { Schema } from './schema.ts';

/** What of a value decides how long one look at it may take. */
export interface ValueSize {
  /** Entries of its longest list. */
  readonly list: number;
  /** Members of its largest object, and all characters of their names. */
  readonly members: number;
  readonly names: number;
  /** Characters of its longest text. */
  readonly text: number;
  /** Lists, objects and all that is in them. */
  readonly nodes: number;
}

export function sizeOf(value: unknown): ValueSize {
  const size = { list: 0, members: 0, names: 0, text: 0, nodes: 0 };
  const waiting = [value];
  for (let next = waiting.pop(); waiting.length > 0 || next !== undefined; next = waiting.pop()) {
    size.nodes++;
    if (typeof next === 'string') size.text = Math.max(size.text, next.length);
    if (Array.isArray(next)) size.list = Math.max(size.list, next.length);
    if (typeof next !== 'object' || next === null) continue;
    if (!Array.isArray(next)) {
      const names = Object.keys(next);
      size.members = Math.max(size.members, names.length);
      size.names = Math.max(size.names, names.join('').length);
    }
    for (const each of Object.values(next)) waiting.push(each);
  }
  return size;
}

/** Of about ten nanoseconds: what one look at a value takes, whatever the schema says. */
const look = 100;

/** A bound, in parts of `look`, for one look at any part of a value of some size, without the schemas below it. */
export function costOf(schema: Schema): (size: ValueSize) => number {
  const compared = JSON.stringify([schema['const'], schema['enum'], schema['type']]);
  const objects = compared.split('{').length - 1;
  const branches = ['allOf', 'anyOf', 'oneOf', 'prefixItems', 'items'].flatMap((each) =>
    listOf(schema[each]),
  );
  const names = schemasIn(schema['properties']).length + schemasIn(schema['dependentSchemas']).length;
  const once = look + look * namesAsked(schema) + compared.length + 20 * branches.length + 10 * names;
  const patterns = schemasIn(schema['patternProperties']).map(([pattern]) => pattern);
  const eachName = sum(patterns.map(patternCost));
  const eachMember = 2 * objects + 20 * patterns.length + look * count(schema, ofMembers);
  const eachEntry = 20 * count(schema, ofEntries);
  const eachCharacter =
    0.2 * count(schema, ['minLength', 'maxLength']) +
    (schema['format'] === undefined ? 0 : 10) +
    patternCost(textOf(schema['pattern']));
  const eachPair = schema['uniqueItems'] === true ? 1 : 0;
  return (size) =>
    once +
    eachName * size.names +
    eachMember * size.members +
    eachEntry * size.list +
    eachCharacter * size.text +
    eachPair * size.list * size.nodes;
}

const ofMembers = ['additionalProperties', 'unevaluatedProperties', 'propertyNames'];
const ofEntries = ['items', 'contains', 'additionalItems', 'unevaluatedItems'];

const count = (schema: Schema, keywords: readonly string[]) =>
  keywords.filter((keyword) => schema[keyword] !== undefined).length;

/** Each that is missing becomes a problem with a sentence. */
function namesAsked(schema: Schema): number {
  const asked = ['dependentRequired', 'dependencies'].flatMap((each) => schemasIn(schema[each]));
  return listOf(schema['required']).length + sum(asked.map(([, names]) => 1 + listOf(names).length));
}

/** For each character: one that may begin anywhere is tried at each of them. */
function patternCost(pattern: string): number {
  if (pattern === '') return 0;
  return pattern.startsWith('^') ? 0.5 : 25;
}

const sum = (numbers: readonly number[]) => numbers.reduce((all, each) => all + each, 0);
