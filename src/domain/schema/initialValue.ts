import { fileEncodingOf } from './fileField.ts';
import type { Schema } from './schema.ts';
import { isSchema, listOf, resolve, schemasIn, textOf, typesOf, variantsOf, withoutNull } from './schema.ts';

/** Schemas that require themselves are given up at this depth. */
const deepest = 8;
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
export function initialValue(schema: unknown, root: Schema, name = '', depth = 0): unknown {
  const known = withoutNull(resolve(schema, root), root);
  const given = givenValue(known);
  if (given !== undefined) return given;
  const [variant] = variantsOf(known, root);
  if (variant) return depth < deepest ? initialValue(variant, root, name, depth + 1) : null;
  switch (typesOf(known)[0]) {
    case 'object':
      return initialObject(known, root, depth);
    case 'array':
      return initialList(known, root, name, depth);
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

function initialObject(schema: Schema, root: Schema, depth: number): unknown {
  if (depth >= deepest) return {};
  const required = listOf(schema['required']);
  const members = schemasIn(schema['properties']).filter(([name]) => required.includes(name));
  return Object.fromEntries(
    members.map(([name, member]) => [name, initialValue(member, root, name, depth + 1)]),
  );
}

function initialList(schema: Schema, root: Schema, name: string, depth: number): unknown {
  const { items, minItems } = schema;
  if (depth >= deepest || !isSchema(items)) return [];
  const count = typeof minItems === 'number' ? Math.min(minItems, mostItems) : 0;
  return Array.from({ length: count }, () => initialValue(items, root, name, depth + 1));
}

function initialText(schema: Schema, name: string): string {
  if (fileEncodingOf(name, schema)) return '';
  const { minLength, maxLength, pattern } = schema;
  const least = typeof minLength === 'number' ? Math.min(minLength, 1000) : 0;
  const most = typeof maxLength === 'number' ? maxLength : Infinity;
  const text = (formats[textOf(schema['format'])] ?? (least > 0 ? 'text' : ''))
    .padEnd(least, 'x')
    .slice(0, most);
  if (typeof pattern !== 'string') return text;
  return ['', text, 'text', 'a', '0', '1'].find((candidate) => matches(pattern, candidate)) ?? text;
}

function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(text);
  } catch {
    return true;
  }
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
