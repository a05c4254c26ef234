import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileEncodingOf } from '../../../../src/shared/schema/fileField.ts';
import {
  chosenVariant,
  fieldOf,
  itemOf,
  membersOf,
  variantOf,
} from '../../../../src/shared/schema/formField.ts';
import type { FormField } from '../../../../src/shared/schema/formField.ts';
import { initialValue } from '../../../../src/shared/schema/initialValue.ts';
import type { Schema } from '../../../../src/shared/schema/schema.ts';
import { namesAt, valuesAt } from '../../../../src/shared/schema/schemaAt.ts';
import { SchemaChecker } from '../../../../src/shared/schema/validate.ts';

const field = (schema: Schema, root: Schema = schema): FormField => fieldOf(schema, root);
const kinds = (schema: Schema) =>
  membersOf(field(schema), schema).map(({ name, kind }) => `${name}: ${kind}`);

describe('a form from a schema', () => {
  it('has a kind of field for each kind of value, required ones first', () => {
    const schema = {
      type: 'object',
      required: ['texts', 'mode'],
      properties: {
        note: { type: 'string' },
        mode: { enum: ['a', 'b'] },
        texts: { type: 'array', items: { type: 'string' } },
        count: { type: 'integer' },
        share: { type: ['number', 'null'] },
        on: { type: 'boolean' },
        inner: { type: 'object', properties: { x: { type: 'number' } } },
        map: { type: 'object', additionalProperties: { type: 'string' } },
        either: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
        maybe: { anyOf: [{ type: 'string', maxLength: 3 }, { type: 'null' }], description: 'Said once.' },
        anything: {},
        secret: { type: 'string', readOnly: true },
      },
    };
    expect(kinds(schema)).toEqual([
      'mode: enum',
      'texts: list',
      'note: text',
      'count: integer',
      'share: number',
      'on: boolean',
      'inner: object',
      'map: json',
      'either: choice',
      'maybe: text',
      'anything: json',
    ]);
    const maybe = membersOf(field(schema), schema).find(({ name }) => name === 'maybe')!;
    expect(maybe).toMatchObject({ nullable: true, description: 'Said once.', schema: { maxLength: 3 } });
  });

  it('joins allOf and follows references, with what stands beside them', () => {
    const root = {
      allOf: [{ $ref: '#/$defs/Base' }, { properties: { b: { type: 'number' } }, required: ['b'] }],
      $defs: { Base: { type: 'object', properties: { a: { $ref: '#/$defs/A' } } }, A: { type: 'string' } },
    };
    expect(kinds(root)).toEqual(['b: number', 'a: text']);
  });

  it('shows the choice that a value means', () => {
    const schema = {
      anyOf: [
        { title: 'Url', type: 'object', properties: { kind: { const: 'url' }, url: { type: 'string' } } },
        { title: 'File', type: 'object', properties: { kind: { const: 'file' }, data: { type: 'string' } } },
        { type: 'array', items: { type: 'string' } },
      ],
    };
    const choice = field(schema);
    expect(choice.choices).toEqual(['Url', 'File', 'list of string']);
    expect(chosenVariant(choice, schema, { kind: 'file' })).toBe(1);
    expect(chosenVariant(choice, schema, { data: 'x' })).toBe(1);
    expect(chosenVariant(choice, schema, ['x'])).toBe(2);
    expect(variantOf(choice, schema, 2).kind).toBe('list');
  });

  it('ends: schemas that contain themselves become JSON at some depth', () => {
    const root: Schema = {
      $ref: '#/$defs/Node',
      $defs: {
        Node: {
          type: 'object',
          required: ['next', 'many'],
          properties: {
            next: { $ref: '#/$defs/Node' },
            many: { type: 'array', items: { $ref: '#/$defs/Node' }, minItems: 1 },
          },
        },
        Loop: { $ref: '#/$defs/Loop' },
      },
    };
    let at = field(root);
    let depth = 0;
    while (at.kind === 'object') [at, depth] = [membersOf(at, root)[0]!, depth + 1];
    expect([at.kind, depth]).toEqual(['json', 4]);
    expect(JSON.stringify(initialValue(root, root)).length).toBeLessThan(10_000);
    expect(field({ $ref: '#/$defs/Loop' }, root).kind).toBe('json');
  });

  it('follows each reference once, however often schemas name themselves and each other', () => {
    const many = (name: string) => Array.from({ length: 12 }, () => ({ $ref: `#/$defs/${name}` }));
    const chain = Object.fromEntries(
      Array.from({ length: 8 }, (_, at) => [`C${at}`, { allOf: many(`C${at + 1}`) }]),
    );
    const root: Schema = {
      allOf: [...many('Self'), ...many('C0')],
      $defs: {
        Self: { allOf: many('Self'), properties: { a: { type: 'string' } } },
        ...chain,
        C8: { type: 'object', properties: { b: { type: 'number' } } },
      },
    };
    expect(kinds(root)).toEqual(['a: text', 'b: number']);
  });

  it('never fails and never runs away, whatever it is given', () => {
    const keywords = fc.dictionary(
      fc.constantFrom(
        'type',
        'properties',
        'items',
        'anyOf',
        'oneOf',
        'allOf',
        'enum',
        '$ref',
        'required',
        'minLength',
        'pattern',
        'minimum',
        'default',
      ),
      fc.jsonValue({ maxDepth: 4 }),
    );
    fc.assert(
      fc.property(keywords, fc.jsonValue(), (schema, value) => {
        const root = schema as Schema;
        walk(fieldOf(root, root), root, 0);
        initialValue(root, root);
        expect(new SchemaChecker(root).check(value)).toBeInstanceOf(Array);
      }),
    );
  });
});

function walk(at: FormField, root: Schema, depth: number): void {
  if (depth > 6) return;
  if (at.kind === 'object') for (const member of membersOf(at, root)) walk(member, root, depth + 1);
  if (at.kind === 'list') walk(itemOf(at, root, 0), root, depth + 1);
  if (at.kind === 'choice')
    at.choices.forEach((_, index) => walk(variantOf(at, root, index), root, depth + 1));
}

describe('what a form begins with', () => {
  it.each<[Schema, unknown]>([
    [{ type: 'string' }, ''],
    [{ type: 'string', minLength: 3 }, 'text'],
    [{ type: 'string', minLength: 6, maxLength: 6 }, 'textxx'],
    [{ type: 'string', format: 'date' }, '2026-01-01'],
    [{ type: 'string', pattern: '^\\d*$' }, ''],
    [{ type: 'integer', minimum: 72, maximum: 300 }, 72],
    [{ type: 'number', exclusiveMinimum: 0 }, 0.5],
    [{ type: 'integer', multipleOf: 8, minimum: 3 }, 8],
    [{ type: 'integer', default: 150 }, 150],
    [{ type: 'string', examples: ['Hello'] }, 'Hello'],
    [{ enum: ['a', 'b'] }, 'a'],
    [{ type: 'array', items: { type: 'string', minLength: 1 }, minItems: 2 }, ['text', 'text']],
    [
      { type: 'object', required: ['a'], properties: { a: { type: 'boolean' }, b: { type: 'string' } } },
      { a: false },
    ],
    [{ anyOf: [{ type: 'null' }, { type: 'integer', minimum: 1 }] }, 1],
  ])('%j fits itself', (schema, value) => {
    expect(initialValue(schema, schema)).toEqual(value);
    expect(new SchemaChecker(schema).check(value)).toEqual([]);
  });

  it.each(['(?P<name>a)', '(', '[', 'a{2', '(?<!x)(?#c)'])(
    'is made also where the pattern %j is none that is understood here',
    (pattern) => {
      const schema = { type: 'string', pattern, minLength: 3 } as const;
      expect(initialValue(schema, schema)).toBe('text');
    },
  );
});

describe('checking', () => {
  const schema = {
    type: 'object',
    required: ['texts'],
    additionalProperties: false,
    properties: {
      texts: { type: 'array', minItems: 1, items: { type: 'string', minLength: 1 } },
      dpi: { type: 'integer', minimum: 72, maximum: 300 },
      format: { type: 'string', enum: ['markdown', 'json'] },
      file: { anyOf: [{ $ref: '#/$defs/File' }, { type: 'null' }] },
      either: {
        anyOf: [
          { type: 'string', maxLength: 2 },
          { type: 'array', items: { type: 'integer' } },
        ],
      },
    },
    $defs: { File: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } } },
  };
  const checker = new SchemaChecker(schema);

  it.each<[unknown, string, string]>([
    [{}, 'texts', 'This field is required.'],
    [{ texts: [] }, 'texts', 'Must have at least 1 item.'],
    [{ texts: ['a', ''] }, 'texts/1', 'May not be empty.'],
    [{ texts: ['a'], dpi: 20 }, 'dpi', 'Must be 72 or more.'],
    [{ texts: ['a'], dpi: 400 }, 'dpi', 'Must be 300 or less.'],
    [{ texts: ['a'], dpi: 'much' }, 'dpi', 'Must be a whole number.'],
    [{ texts: ['a'], format: 'xml' }, 'format', 'Must be one of "markdown", "json".'],
    [{ texts: ['a'], more: 1 }, 'more', 'This field is not known.'],
    [{ texts: ['a'], file: {} }, 'file/name', 'This field is required.'],
    [{ texts: ['a'], either: 'abc' }, 'either', 'May have at most 2 characters.'],
    [{ texts: ['a'], either: [1, 'b'] }, 'either/1', 'Must be a whole number.'],
    [{ texts: ['a'], either: true }, 'either', 'Fits none of the choices.'],
    [7, '', 'Must be an object.'],
  ])('%j: %s', (value, place, message) => {
    const problems = checker.check(value).map(({ path, message: said }) => `${path.join('/')}: ${said}`);
    expect(problems).toEqual([`${place}: ${message}`]);
  });

  it('has nothing against a value that fits', () => {
    expect(checker.check({ texts: ['a'], file: null, either: [1] })).toEqual([]);
    expect(checker.check({ texts: ['a'], file: { name: 'x' } })).toEqual([]);
  });

  it("lets a broken schema stand in nobody's way", () => {
    expect(new SchemaChecker({ type: 'string', pattern: '(' }).check('x')).toEqual([]);
    expect(new SchemaChecker({ $ref: '#/$defs/None' }).check('x')).toEqual([]);
  });
});

describe('completion', () => {
  const schema = {
    type: 'object',
    properties: {
      task: { enum: ['query', 'document'] },
      items: { type: 'array', items: { anyOf: [{ properties: { url: {} } }, { properties: { file: {} } }] } },
    },
  };

  it('knows the names and values of a place, in all its choices', () => {
    expect([...namesAt(schema, []).keys()]).toEqual(['task', 'items']);
    expect([...namesAt(schema, ['items', 3]).keys()]).toEqual(['url', 'file']);
    expect(valuesAt(schema, ['task'])).toEqual(['query', 'document']);
    expect(valuesAt(schema, ['none', 'such'])).toEqual([]);
  });
});

describe('fields that take a file', () => {
  it.each<[string, Schema, string | undefined]>([
    ['file', { type: 'string', format: 'binary' }, 'binary'],
    ['data', { type: 'string', format: 'byte' }, 'base64'],
    ['data', { type: 'string', contentEncoding: 'base64', contentMediaType: 'image/png' }, 'base64'],
    ['file', { type: 'string', contentMediaType: 'application/octet-stream' }, 'binary'],
    ['content_b64', { type: 'string' }, 'base64'],
    ['imageBase64', { type: 'string' }, 'base64'],
    ['content', { type: 'string', description: 'Strict base64; a data: prefix is accepted.' }, 'base64'],
    ['encoding_format', { type: 'string', enum: ['float', 'base64'] }, undefined],
    ['encoding', { type: 'string', description: 'float or base64' }, undefined],
    ['base64', { type: 'boolean' }, undefined],
    ['name', { type: 'string' }, undefined],
  ])('%s %j', (name, schema, encoding) => {
    expect(fileEncodingOf(name, schema)).toBe(encoding);
  });
});
