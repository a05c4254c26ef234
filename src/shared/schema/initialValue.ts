import { fileEncodingOf } from './fileField.ts';
import { plainPattern, plainSample } from './plainPattern.ts';
import type { Schema } from './schema.ts';
import {
  isNullable,
  isSchema,
  itemOf,
  listOf,
  resolve,
  schemasIn,
  textOf,
  typesOf,
  variantsOf,
  withoutNull,
} from './schema.ts';
import { ownValue } from '../ownValue.ts';

/** Schemas that require themselves are given up at this depth, and those that branch after so many steps. */
const deepest = 8;
const deepestNullable = 2;
const mostSteps = 5000;
const mostItems = 20;

const formats: Readonly<Record<string, string>> = {
  date: '2026-01-01',
  'date-time': '2026-01-01T12:00:00Z',
  time: '12:00:00Z',
  duration: 'P1D',
  email: 'name@example.com',
  'idn-email': 'name@example.com',
  'name-email': 'Name <name@example.com>',
  uri: 'https://example.com',
  url: 'https://example.com',
  iri: 'https://example.com',
  'uri-reference': '/path',
  'iri-reference': '/path',
  'uri-template': '/path/{id}',
  'multi-host-uri': 'https://example.com',
  hostname: 'example.com',
  'idn-hostname': 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  ipvanyaddress: '192.0.2.1',
  ipv4network: '192.0.2.0/24',
  ipv6network: '2001:db8::/32',
  ipvanynetwork: '192.0.2.0/24',
  ipv4interface: '192.0.2.1/24',
  ipv6interface: '2001:db8::1/32',
  ipvanyinterface: '192.0.2.1/24',
  'json-pointer': '/path',
  'relative-json-pointer': '0',
  'json-string': '{}',
  regex: '^a$',
  color: 'red',
};

/** What a form begins with: examples and defaults where the schema has them, else the least that it accepts. */
export function initialValue(schema: unknown, root: Schema, name = '', work = workOn(root)): unknown {
  return valueFor(schema, name, 0, work);
}

export interface Work {
  readonly root: Schema;
  /** Steps that may still be taken. */
  left: number;
}

/** What is made together shares its steps. */
export function workOn(root: Schema): Work {
  return { root, left: mostSteps };
}

function valueFor(schema: unknown, name: string, depth: number, work: Work): unknown {
  const { root } = work;
  if (work.left <= 0) return null;
  const resolved = resolve(schema, root);
  const known = withoutNull(resolved, root);
  const variants = variantsOf(known, root);
  work.left -= 1 + variants.length + schemasIn(known['properties']).length;
  const given = givenValue(known);
  if (given !== undefined) return given;
  // What may be left out within the inner levels may be there for ever.
  if (depth >= deepestNullable && isNullable(resolved, root)) return null;
  const variant = variants.find(isMade) ?? variants[0];
  if (variant) return depth < deepest ? valueFor(variant, name, depth + 1, work) : null;
  switch (typesOf(known)[0]) {
    case 'object':
      return initialObject(known, depth, work);
    case 'array':
      return initialList(known, name, depth, work);
    case 'string':
      return initialText(known, name, depth, work);
    case 'integer':
    case 'number':
      return initialNumber(known);
    case 'boolean':
      return false;
    default:
      return known['type'] === 'null' ? null : {};
  }
}

/** Whether a text of it can be made here. */
function isMade({ pattern, format }: Schema): boolean {
  return typeof pattern !== 'string' || format !== undefined || plainPattern(pattern) !== undefined;
}

/** What the schema itself proposes. */
function givenValue(schema: Schema): unknown {
  const examples = schema['examples'];
  const [example] = Array.isArray(examples) ? (examples as unknown[]) : [];
  const [choice] = listOf(schema['enum']);
  return [schema['const'], schema['example'], example, schema['default'], choice].find(
    (value) => value !== undefined,
  );
}

function initialObject(schema: Schema, depth: number, work: Work): unknown {
  if (depth >= deepest) return {};
  const required = new Set(listOf(schema['required']));
  const members = schemasIn(schema['properties']).filter(
    ([name, member]) => required.has(name) && !(isSchema(member) && member['readOnly'] === true),
  );
  const entries = members.map(([name, member]) => [name, valueFor(member, name, depth + 1, work)] as const);
  return Object.fromEntries([...entries, ...otherMembers(schema, entries.length, depth, work)]);
}

/** Those of a map that may not be empty. */
function otherMembers(
  schema: Schema,
  there: number,
  depth: number,
  work: Work,
): (readonly [string, unknown])[] {
  const { minProperties, propertyNames, patternProperties, additionalProperties } = schema;
  const missing = typeof minProperties === 'number' ? Math.min(minProperties, mostItems) - there : 0;
  if (missing <= 0) return [];
  const [pattern] = schemasIn(patternProperties);
  const isNamed = isSchema(propertyNames);
  const member = isNamed ? (additionalProperties ?? pattern?.[1]) : (pattern?.[1] ?? additionalProperties);
  const names = isNamed
    ? { type: 'string', ...propertyNames }
    : { type: 'string', minLength: 1, ...(pattern ? { pattern: pattern[0] } : {}) };
  return distinctValues(names, 'name', missing, depth, work).map((name) => [
    String(name),
    valueFor(isSchema(member) ? member : {}, String(name), depth + 1, work),
  ]);
}

function initialList(schema: Schema, name: string, depth: number, work: Work): unknown {
  const { items, prefixItems, minItems, uniqueItems, contains } = schema;
  if (depth >= deepest) return [];
  const first = listOf(prefixItems).map((_, at) => valueFor(itemOf(schema, at), name, depth + 1, work));
  const count = typeof minItems === 'number' ? Math.min(minItems, mostItems) - first.length : 0;
  if (count <= 0 || (!isSchema(items) && !isSchema(contains))) return first;
  if (uniqueItems === true) return [...first, ...distinctValues(items, name, count, depth, work)];
  return [
    ...first,
    ...Array.from({ length: count }, () => valueFor(items ?? contains, name, depth + 1, work)),
  ];
}

/** Values of one schema that differ: its choices, or what it begins with and what comes after that. */
function distinctValues(schema: unknown, name: string, count: number, depth: number, work: Work): unknown[] {
  const known = withoutNull(resolve(schema, work.root), work.root);
  const choices = 'const' in known ? [known['const']] : listOf(known['enum']);
  if (choices.length > 0) return choices.slice(0, count);
  const first = valueFor(known, name, depth + 1, work);
  const { multipleOf } = known;
  const step = typeof multipleOf === 'number' && multipleOf > 0 ? multipleOf : 1;
  return Array.from({ length: count }, (_, at) => {
    if (at > 0 && typeof first === 'boolean') return !first;
    if (at > 0 && typeof first === 'number') return first + at * step;
    return at > 0 && typeof first === 'string' ? `${first}${at}` : first;
  });
}

function initialText(schema: Schema, name: string, depth: number, work: Work): string {
  if (fileEncodingOf(name, schema)) return '';
  const { minLength, maxLength, pattern, contentSchema } = schema;
  if (isSchema(contentSchema) && depth < deepest)
    return JSON.stringify(valueFor(contentSchema, name, depth + 1, work));
  const least = typeof minLength === 'number' ? Math.min(minLength, 1000) : 0;
  const most = typeof maxLength === 'number' ? maxLength : Infinity;
  const sized = (text: string) => text.padEnd(least, text.at(-1) ?? 'x').slice(0, most);
  const known = formatText(textOf(schema['format']));
  const text = known ?? (least > 0 ? 'text' : '').padEnd(least, 'x').slice(0, most);
  const expression = typeof pattern === 'string' ? plainPattern(pattern) : undefined;
  if (!expression) return text;
  const sample = plainSample(pattern as string);
  const candidates = ['', text, 'text', 'a', '0', '1', sample, sized(sample)];
  const fits = (each: string) => each.length >= least && each.length <= most && expression.test(each);
  return candidates.find(fits) ?? text;
}

function formatText(format: string): string | undefined {
  const version = /^uuid([1-8]?)$/.exec(format)?.[1];
  if (version !== undefined) return `00000000-0000-${version || '4'}000-8000-000000000000`;
  return ownValue(formats, format);
}

function initialNumber(schema: Schema): number {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, type } = schema;
  const limit = (value: unknown, without: number) => (typeof value === 'number' ? value : without);
  const isWhole =
    type === 'integer' || (Array.isArray(type) && type.includes('integer') && !type.includes('number'));
  const step = limit(multipleOf, 0) > 0 ? limit(multipleOf, 0) : isWhole ? 1 : 0;
  const least = Math.max(limit(minimum, -Infinity), limit(exclusiveMinimum, -Infinity));
  const most = Math.min(limit(maximum, Infinity), limit(exclusiveMaximum, Infinity));
  const isInside = (value: number) =>
    value >= limit(minimum, -Infinity) &&
    value <= limit(maximum, Infinity) &&
    value > limit(exclusiveMinimum, -Infinity) &&
    value < limit(exclusiveMaximum, Infinity);
  const nearest = Math.min(Math.max(0, least), most);
  const candidates = step
    ? [
        Math.ceil(nearest / step),
        Math.floor(nearest / step),
        Math.floor(least / step) + 1,
        Math.ceil(most / step) - 1,
      ].map((times) => rounded(times * step))
    : [nearest, nearest + 0.5, nearest - 0.5, (least + most) / 2];
  return candidates.find((value) => Number.isFinite(value) && isInside(value)) ?? nearest;
}

/** 3 × 0.1 is 0.3. */
const rounded = (value: number) => Number(value.toPrecision(15)) + 0;
