/** What forms begin with where the description is not FastAPI's. */
import { describe, expect, it } from 'vitest';
import { choicesOf, isFilePart, membersOf, operationDraft } from '../../../../src/domain/operationDraft.ts';
import { chosenVariant, fieldOf, variantOf } from '../../../../src/shared/schema/formField.ts';
import { initialValue } from '../../../../src/shared/schema/initialValue.ts';
import { parameterLines, parameterText } from '../../../../src/shared/schema/parameterLines.ts';
import type { Schema } from '../../../../src/shared/schema/schema.ts';
import { SchemaChecker } from '../../../../src/shared/schema/validate.ts';
import { readApiDocument } from '../../../../src/features/requests/core/openapi/apiDocument.ts';
import { specOf } from '../../../../src/features/requests/core/spec.ts';

const base = 'https://me--demo.modal.run';
const api = (paths: object, more: object = {}) =>
  readApiDocument(JSON.stringify({ openapi: '3.1.0', paths, ...more }), base);
const operation = (source: object, more: object = {}) => api({ '/x': source }, more).details('POST /x')!;
const withBody = (schema: object, type = 'application/json', media: object = {}) => ({
  post: { requestBody: { required: true, content: { [type]: { schema, ...media } } } },
});
const sent = (parameters: object[]) => specOf(operationDraft(operation({ post: { parameters } })), base);

/** The table of the OpenAPI specification, for `color`. */
const text = 'blue';
const list = ['blue', 'black', 'brown'];
const object = { R: 100, G: 200, B: 150 };

describe('styles of OpenAPI', () => {
  it.each([
    ['form', true, list, 'color=blue&color=black&color=brown'],
    ['form', false, list, 'color=blue%2Cblack%2Cbrown'],
    ['form', true, object, 'R=100&G=200&B=150'],
    ['form', false, object, 'color=R%2C100%2CG%2C200%2CB%2C150'],
    ['spaceDelimited', false, list, 'color=blue+black+brown'],
    ['spaceDelimited', false, object, 'color=R+100+G+200+B+150'],
    ['pipeDelimited', false, list, 'color=blue%7Cblack%7Cbrown'],
    ['pipeDelimited', false, object, 'color=R%7C100%7CG%7C200%7CB%7C150'],
    ['deepObject', true, object, 'color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150'],
    ['form', true, text, 'color=blue'],
    ['form', true, [], ''],
    ['form', false, [], ''],
    ['json', true, list, 'color=%5B%22blue%22%2C%22black%22%2C%22brown%22%5D'],
  ])('query: %s, explode %s, %j', (style, explode, value, query) => {
    const lines = parameterLines('color', value, { style, explode });
    const pairs = lines.map(({ name, value: each }): [string, string] => [name, each]);
    expect(new URLSearchParams(pairs).toString()).toBe(query);
  });

  it.each([
    ['simple', false, text, 'blue'],
    ['simple', false, list, 'blue,black,brown'],
    ['simple', true, list, 'blue,black,brown'],
    ['simple', false, object, 'R,100,G,200,B,150'],
    ['simple', true, object, 'R=100,G=200,B=150'],
    ['label', false, text, '.blue'],
    ['label', false, list, '.blue,black,brown'],
    ['label', true, list, '.blue.black.brown'],
    ['label', true, object, '.R=100.G=200.B=150'],
    ['matrix', false, text, ';color=blue'],
    ['matrix', false, list, ';color=blue,black,brown'],
    ['matrix', true, list, ';color=blue;color=black;color=brown'],
    ['matrix', false, object, ';color=R,100,G,200,B,150'],
    ['matrix', true, object, ';R=100;G=200;B=150'],
  ])('one text: %s, explode %s, %j', (style, explode, value, written) => {
    expect(parameterText('color', value, { style, explode })).toBe(written);
  });

  it('go into the address, headers and cookies of the request', async () => {
    const array = { type: 'array', items: { type: 'string' }, default: ['a', 'b'] };
    const filter = { type: 'object', example: { min: 1 } };
    const spec = await sent([
      { name: 'many', in: 'query', required: true, schema: array },
      { name: 'csv', in: 'query', required: true, explode: false, schema: array },
      { name: 'f', in: 'query', required: true, style: 'deepObject', schema: filter },
      { name: 'q', in: 'query', required: true, content: { 'application/json': { schema: array } } },
      { name: 'X-Ids', in: 'header', required: true, schema: array },
      { name: 'sid', in: 'cookie', required: true, schema: { type: 'integer' } },
      { name: 'mode', in: 'cookie', required: true, schema: { enum: ['dark'] } },
      { name: 'none', in: 'cookie', schema: { type: 'string' } },
    ]);
    expect(spec.url).toBe(`${base}/x?many=a&many=b&csv=a%2Cb&f%5Bmin%5D=1&q=%5B%22a%22%2C%22b%22%5D`);
    expect(spec.headers).toEqual({ 'X-Ids': 'a, b', Cookie: 'sid=0; mode=dark' });
  });
});

describe('servers', () => {
  it.each([
    ['the same endpoint', [{ url: `${base}/api/v1/` }], '/api/v1/x'],
    ['a relative one', [{ url: '/api' }], '/api/x'],
    ['one relative to the document', [{ url: 'v2' }], '/v2/x'],
    ['a dot', [{ url: './' }], '/x'],
    [
      'variables',
      [{ url: '/{v}/{w}', variables: { v: { default: 'v3' }, w: { enum: ['a', 'b'] } } }],
      '/v3/a/x',
    ],
    ['a variable without a default', [{ url: '/{v}' }], '/{v}/x'],
    ['http behind a proxy', [{ url: 'http://me--demo.modal.run:8000/in' }], '/in/x'],
    [
      'a variable of the host',
      [{ url: 'https://{h}/deep', variables: { h: { default: 'me--demo.modal.run' } } }],
      '/deep/x',
    ],
    ['the own one of several', [{ url: 'https://other.example/v1' }, { url: `${base}/v1` }], '/v1/x'],
    ['what is none', [{ url: 'https://[' }, 7, {}], '/x'],
  ])('%s', (_name, servers, path) => {
    const document = api({ '/x': { post: {} } }, { servers });
    expect(document.operations[0]!.path).toBe(path);
    expect(document.details(document.operations[0]!.id)!.note).toBe('');
  });

  it('of the operation and of the path come before those of the document', () => {
    const item = { servers: [{ url: '/p' }], post: { servers: [{ url: '/o' }] }, put: {} };
    const paths = api({ '/x': item }, { servers: [{ url: '/d' }] }).operations.map(({ path }) => path);
    expect(paths).toEqual(['/o/x', '/p/x']);
  });

  it('elsewhere never get the request with its key, and that is told', async () => {
    const more = { servers: [{ url: 'https://other.example/v1' }, { url: '//third.example' }] };
    const details = operation({ post: {} }, more);
    expect(details.note).toMatch(
      /names another server, https:\/\/other\.example\/v1\. .*your key isn't sent elsewhere/,
    );
    expect((await specOf(operationDraft(details), base)).url).toBe(`${base}/x`);
  });
});

describe('choices', () => {
  const schemas = {
    Cat: {
      type: 'object',
      properties: { kind: { type: 'string' }, lives: { type: 'integer' } },
      required: ['lives'],
    },
    Dog: { type: 'object', properties: { kind: { type: 'string' }, name: { type: 'string' } } },
  };
  const choiceOf = (schema: object, more: object) => {
    const { schema: closed } = operation(withBody(schema), { components: { schemas: more } }).bodies[0]!;
    return { closed, field: fieldOf(closed, closed) };
  };
  const valid = (closed: Schema, value: unknown) => new SchemaChecker(closed).check(value);

  it('have names and values of a mapping', () => {
    const mapping = { tom: '#/components/schemas/Cat', rex: '#/components/schemas/Dog', pup: 'Dog' };
    const refs = [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }];
    const { closed, field } = choiceOf(
      { oneOf: refs, discriminator: { propertyName: 'kind', mapping } },
      schemas,
    );
    expect(field.choices).toEqual(['tom', 'rex, pup']);
    expect(initialValue(closed, closed)).toEqual({ lives: 0, kind: 'tom' });
    expect(initialValue(variantOf(field, closed, 1).schema, closed)).toEqual({ kind: 'rex' });
    expect(chosenVariant(field, closed, { kind: 'pup' })).toBe(1);
    expect(valid(closed, { kind: 'rex' })).toEqual([]);
    expect(valid(closed, { kind: 'none', lives: 1 })).not.toEqual([]);
  });

  it('have the names of their schemas without a mapping', () => {
    const anyOf = [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }];
    const { closed, field } = choiceOf({ anyOf, discriminator: { propertyName: 'kind' } }, schemas);
    expect(field.choices).toEqual(['Cat', 'Dog']);
    expect(initialValue(closed, closed)).toEqual({ lives: 0, kind: 'Cat' });
  });

  it('are those that are made of a schema that only maps', () => {
    const Pet = {
      type: 'object',
      required: ['kind', 'name'],
      properties: { kind: { type: 'string' }, name: { type: 'string' } },
      discriminator: {
        propertyName: 'kind',
        mapping: { cat: '#/components/schemas/Cat', fish: '#/components/schemas/Fish' },
      },
    };
    const part = { $ref: '#/components/schemas/Pet' };
    const Cat = {
      allOf: [
        part,
        { type: 'object', required: ['lives'], properties: { lives: { type: 'integer', minimum: 1 } } },
      ],
    };
    const { closed, field } = choiceOf(part, { Pet, Cat, Fish: { allOf: [part] } });
    expect(field.choices).toEqual(['cat', 'fish']);
    expect(initialValue(closed, closed)).toEqual({ kind: 'cat', name: '', lives: 1 });
    expect(valid(closed, { kind: 'cat', name: '', lives: 1 })).toEqual([]);
  });

  it('have the members that stand beside them', () => {
    const schema = {
      type: 'object',
      required: ['id'],
      properties: { id: { type: 'integer' }, url: { type: 'string' }, data: { type: 'string' } },
      oneOf: [{ required: ['url'] }, { required: ['data'] }],
    };
    expect(initialValue(schema, schema)).toEqual({ id: 0, url: '' });
  });

  it('of lines are found behind references, in lists and beside null', () => {
    const root = {
      a: { $ref: '#/$defs/E' },
      b: { type: 'array', items: { $ref: '#/$defs/E' } },
      c: { anyOf: [{ type: 'array', items: { $ref: '#/$defs/E' } }, { type: 'null' }] },
      d: { type: ['boolean', 'null'] },
      e: { const: 7 },
      f: { oneOf: [{ const: 'x', title: 'The x' }, { const: 'y' }] },
      g: { type: 'string' },
      $defs: { E: { enum: ['x', 2, null] } },
    };
    const found = Object.entries(root).map(([name, each]) => [
      name,
      choicesOf(each as Schema, root as Schema),
    ]);
    expect(Object.fromEntries(found)).toMatchObject({
      a: ['x', '2'],
      b: ['x', '2'],
      c: ['x', '2'],
      d: ['true', 'false'],
      e: ['7'],
      f: ['x', 'y'],
      g: [],
    });
  });
});

describe('forms with files', () => {
  it.each([
    [{ type: 'string', format: 'binary' }, true],
    [{ anyOf: [{ type: 'string', format: 'binary' }, { type: 'null' }] }, true],
    [{ type: ['string', 'null'], contentMediaType: 'image/png' }, true],
    [{ anyOf: [{ type: 'array', items: { type: 'string', format: 'binary' } }, { type: 'null' }] }, true],
    [{ type: 'array', items: { $ref: '#/$defs/File' } }, true],
    [{ anyOf: [{ $ref: '#/$defs/File' }, { type: 'null' }] }, true],
    [{ type: 'string', contentMediaType: 'application/json', contentSchema: {} }, false],
    [{ type: 'string', contentMediaType: 'text/plain' }, false],
    [{ type: 'array', items: { type: 'string' } }, false],
  ])('%j', (schema, isFile) => {
    const root = { $defs: { File: { type: 'string', format: 'binary' } } };
    expect(isFilePart('f', schema as Schema, root)).toBe(isFile);
  });

  it('have parts for lists, objects and what the encoding says', () => {
    const schema = {
      type: 'object',
      required: ['tags', 'meta', 'csv', 'note'],
      properties: {
        tags: { type: 'array', items: { type: 'string' }, default: ['a', 'b'] },
        meta: { type: 'object', default: { k: 1 } },
        csv: { type: 'array', items: { type: 'integer' }, default: [1, 2] },
        note: { type: 'string', default: 'n' },
        answer: { type: 'string', readOnly: true },
        file: { type: 'string', format: 'binary' },
      },
    };
    const encoding = {
      csv: { style: 'form', explode: false },
      note: { contentType: 'text/markdown, text/plain' },
    };
    const { body } = operationDraft(operation(withBody(schema, 'multipart/form-data', { encoding })));
    expect(body).toEqual({
      kind: 'multipart',
      parts: [
        { name: 'tags', on: true, text: 'a' },
        { name: 'tags', on: true, text: 'b' },
        { name: 'meta', on: true, text: '{"k":1}', type: 'application/json' },
        { name: 'csv', on: true, text: '1,2' },
        { name: 'note', on: true, text: 'n', type: 'text/markdown' },
        { name: 'file', on: false },
      ],
    });
  });
});

describe('hostile and broken descriptions', () => {
  it('have members of any name', () => {
    const text = `{"openapi": "3.1.0", "paths": {"/x/{__proto__}": {"post": {
      "parameters": [{"name": "__proto__", "in": "path", "schema": {"type": "integer"}},
                     {"name": "constructor", "in": "query", "required": true, "schema": {"type": "string", "default": "q"}}],
      "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/__proto__"}}}}}}},
      "components": {"schemas": {"__proto__": {"type": "object", "required": ["__proto__", "toString"],
        "properties": {"__proto__": {"type": "integer", "default": 1.0}, "toString": {"type": "string"}}}}}}`;
    const details = readApiDocument(text).details('POST /x/{__proto__}')!;
    const draft = operationDraft(details);
    expect(draft.body).toMatchObject({ text: '{\n  "__proto__": 1,\n  "toString": ""\n}' });
    expect(Object.entries(draft.pathValues)).toEqual([['__proto__', '0']]);
    expect(draft.query).toEqual([{ name: 'constructor', value: 'q', on: true }]);
    expect(membersOf(details.bodies[0]!.schema).map(([name]) => name)).toEqual(['__proto__', 'toString']);
    expect(({} as Record<string, unknown>)['type']).toBeUndefined();
  });

  it.each([
    ['a pattern that is none', { type: 'string', pattern: '(' }],
    ['limits that leave nothing', { type: 'integer', minimum: 5, maximum: 1 }],
    ['a list of nothing', { type: 'array', items: false, minItems: 3 }],
    ['a reference to nowhere', { $ref: '#/components/schemas/Gone' }],
    [
      'a discriminator of nowhere',
      { oneOf: [{ $ref: '#/components/schemas/Gone' }], discriminator: { propertyName: 'k' } },
    ],
    ['a mapping in a circle', { $ref: '#/components/schemas/Loop' }],
    ['words in place of limits', { type: 'number', minimum: 'x', multipleOf: -1, maximum: null }],
  ])('%s still give a request', async (_name, schema) => {
    const Loop = { discriminator: { propertyName: 'k', mapping: { a: '#/components/schemas/Loop' } } };
    const details = operation(withBody(schema), { components: { schemas: { Loop } } });
    expect((await specOf(operationDraft(details), base)).body).toBeTypeOf('string');
  });

  it('keep numbers that programs round', () => {
    const text = `{"openapi": "3.1.0", "paths": {"/x": {"post": {
      "parameters": [{"name": "id", "in": "query", "required": true,
                      "schema": {"type": "integer", "default": 9007199254740993, "maximum": 18446744073709551615}}],
      "requestBody": {"content": {"application/json": {"schema": {"type": "object", "required": ["n", "e"],
        "properties": {"n": {"type": "number", "default": 0.12345678901234567890}, "e": {"enum": [12345678901234567890]}}}}}}}}}}`;
    const draft = operationDraft(readApiDocument(text).details('POST /x')!);
    expect(draft.query).toEqual([{ name: 'id', value: '9007199254740993', on: true }]);
    expect(draft.body).toMatchObject({
      text: '{\n  "n": 0.12345678901234567890,\n  "e": 12345678901234567890\n}',
    });
  });
});
