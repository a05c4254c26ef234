import { fileEncodingOf } from './fileField.ts';
import { plainPattern } from './plainPattern.ts';
import type { Schema } from './schema.ts';
import { isSchema, listOf, resolve, schemasIn, textOf, typesOf, variantsOf, withoutNull } from './schema.ts';
import { ownValue } from '../ownValue.ts';

/** Schemas that require themselves are given up at this depth, and those that branch after so many steps. */
const deepest = 8;
const mostSteps = 5000;
const mostItems = 20;

const formats: Readonly<Record<string, string>> = {
  date: '2026-01-01',
  'date-time': '2026-01-01T12:00:00Z',
  time: '12:00:00Z',
  email: 'name@example.com',
  uri: 'https://example.com',
  url: 'https://example.com',
  uuid: '00000000-0000-4000-8000-000000000000',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
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
  const known = withoutNull(resolve(schema, root), root);
  const variants = variantsOf(known, root);
  work.left -= 1 + variants.length + schemasIn(known['properties']).length;
  const given = givenValue(known);
  if (given !== undefined) return given;
  const [variant] = variants;
  if (variant) return depth < deepest ? valueFor(variant, name, depth + 1, work) : null;
  switch (typesOf(known)[0]) {
    case 'object':
      return initialObject(known, depth, work);
    case 'array':
      return initialList(known, name, depth, work);
    case 'string':
      return initialText(known, name);
    case 'integer':
    case 'number':
      return initialNumber(known);
    case 'boolean':
      return false;
    default:
      return {};
  }
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
  const members = schemasIn(schema['properties']).filter(([name]) => required.has(name));
  return Object.fromEntries(members.map(([name, member]) => [name, valueFor(member, name, depth + 1, work)]));
}

function initialList(schema: Schema, name: string, depth: number, work: Work): unknown {
  const { items, minItems } = schema;
  if (depth >= deepest || !isSchema(items)) return [];
  const count = typeof minItems === 'number' ? Math.min(minItems, mostItems) : 0;
  return Array.from({ length: count }, () => valueFor(items, name, depth + 1, work));
}

function initialText(schema: Schema, name: string): string {
  if (fileEncodingOf(name, schema)) return '';
  const { minLength, maxLength, pattern } = schema;
  const least = typeof minLength === 'number' ? Math.min(minLength, 1000) : 0;
  const most = typeof maxLength === 'number' ? maxLength : Infinity;
  const text = (ownValue(formats, textOf(schema['format'])) ?? (least > 0 ? 'text' : ''))
    .padEnd(least, 'x')
    .slice(0, most);
  const expression = typeof pattern === 'string' ? plainPattern(pattern) : undefined;
  if (!expression) return text;
  return ['', text, 'text', 'a', '0', '1'].find((candidate) => expression.test(candidate)) ?? text;
}

function initialNumber(schema: Schema): number {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, type } = schema;
  const step = typeof multipleOf === 'number' && multipleOf > 0 ? multipleOf : type === 'integer' ? 1 : 0;
  const above = typeof exclusiveMinimum === 'number' ? exclusiveMinimum + (step || 0.5) : -Infinity;
  const below = typeof exclusiveMaximum === 'number' ? exclusiveMaximum - (step || 0.5) : Infinity;
  const least = Math.max(typeof minimum === 'number' ? minimum : -Infinity, above);
  const most = Math.min(typeof maximum === 'number' ? maximum : Infinity, below);
  const number = Math.min(Math.max(0, least), most);
  return step ? Math.ceil(number / step) * step : number;
}
