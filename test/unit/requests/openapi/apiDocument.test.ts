import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { matchOperation } from '../../../../src/domain/api.ts';
import { silentLogger } from '../../../../src/shared/logger.ts';
import { operationDraft } from '../../../../src/domain/operationDraft.ts';
import { fieldOf, membersOf } from '../../../../src/shared/schema/formField.ts';
import type { Schema } from '../../../../src/shared/schema/schema.ts';
import { SchemaChecker } from '../../../../src/shared/schema/validate.ts';
import { KeyedFiles } from '../../../../src/features/requests/core/keyedFiles.ts';
import { readApiDocument } from '../../../../src/features/requests/core/openapi/apiDocument.ts';
import { ApiDescriptions } from '../../../../src/features/requests/core/openapi/apiDescriptions.ts';

const document = (paths: object, more: object = {}) =>
  JSON.stringify({ openapi: '3.1.0', info: { title: 'T', version: '1' }, paths, ...more });
const jsonBody = (schema: object) => ({ content: { 'application/json': { schema } } });
const details = (text: string, id: string) => readApiDocument(text).details(id)!;

describe('an OpenAPI document', () => {
  it('has operations with tags, parameters, bodies and examples', () => {
    const text = document(
      {
        '/things/{id}': {
          parameters: [{ $ref: '#/components/parameters/Id' }],
          post: {
            tags: ['things'],
            summary: 'Change',
            description: 'Long.',
            deprecated: true,
            parameters: [
              { name: 'dry', in: 'query', schema: { type: 'boolean', default: false } },
              { name: 'X-Mode', in: 'header', required: true, schema: { enum: ['fast', 'slow'] } },
              { name: 'session', in: 'cookie', schema: { type: 'string' } },
            ],
            requestBody: {
              required: true,
              content: {
                'multipart/form-data': {
                  schema: {
                    type: 'object',
                    required: ['file'],
                    properties: {
                      note: { type: 'string', default: 'n' },
                      file: { type: 'string', format: 'binary' },
                    },
                  },
                },
                'application/json; charset=utf-8': {
                  schema: { $ref: '#/components/schemas/Thing' },
                  examples: { one: { value: { name: 'given' } } },
                },
              },
            },
          },
        },
      },
      {
        servers: [{ url: '/api/v1/' }],
        components: {
          parameters: { Id: { name: 'id', in: 'path', required: true, schema: { type: 'integer' } } },
          schemas: { Thing: { type: 'object', properties: { name: { type: 'string' } } } },
        },
      },
    );
    const api = readApiDocument(text);
    expect(api.leftOut).toBe(0);
    expect(api.operations).toEqual([
      {
        id: 'POST /api/v1/things/{id}',
        method: 'POST',
        path: '/api/v1/things/{id}',
        title: 'Change',
        tag: 'things',
        deprecated: true,
      },
    ]);
    const operation = api.details('POST /api/v1/things/{id}')!;
    expect(operation.bodies.map(({ type }) => type)).toEqual(['application/json', 'multipart/form-data']);
    const draft = operationDraft(operation);
    expect(draft).toMatchObject({
      pathValues: { id: '0' },
      query: [{ name: 'dry', value: 'false', on: false }],
      headers: [
        { name: 'X-Mode', value: 'fast', on: true },
        { name: 'Cookie', value: 'session=', on: false },
      ],
      body: { kind: 'text', text: '{\n  "name": "given"\n}' },
    });
    const multipart = operationDraft({ ...operation, bodies: operation.bodies.slice(1) }).body;
    expect(multipart).toEqual({
      kind: 'multipart',
      parts: [
        { name: 'file', on: true },
        { name: 'note', on: false, text: 'n' },
      ],
    });
  });

  it('finds the operation of a path whose parameters are filled in', () => {
    const api = readApiDocument(
      document({ '/jobs/{id}': { get: {} }, '/jobs/all': { get: {} }, '/j(o)b': { get: {} } }),
    );
    const found = (path: string) => matchOperation(api.operations, 'GET', path)?.path;
    expect([found('/jobs/all'), found('/jobs/7?x=1'), found('/jobs/7/8'), found('/j(o)b')]).toEqual([
      '/jobs/all',
      '/jobs/{id}',
      undefined,
      '/j(o)b',
    ]);
  });

  it.each([
    ['/jobs/7/files/a', '/jobs/{id}/files/{name}'],
    ['/jobs/7/files/', undefined],
    ['/jobs//files/a', undefined],
    ['/jobs/7/8/files/a', undefined],
    ['/jobs/7/files/a/b', undefined],
    ['/from/1-2.json', '/from/{a}-{b}.json'],
    ['/from/1-2-3.json', '/from/{a}-{b}.json'],
    ['/from/1.json', undefined],
    ['/from/-2.json', undefined],
    ['/from/1-.json', undefined],
  ])('finds the operation of a path with several parameters: %s', (path, operation) => {
    const api = readApiDocument(
      document({ '/jobs/{id}/files/{name}': { get: {} }, '/from/{a}-{b}.json': { get: {} } }),
    );
    expect(matchOperation(api.operations, 'GET', path)?.path).toBe(operation);
  });

  it("reads OpenAPI 3.0 as today's JSON Schema", () => {
    const schema = {
      type: 'object',
      properties: {
        a: { type: 'string', nullable: true, enum: ['x'] },
        b: { $ref: '#/components/schemas/B', nullable: true },
        c: { type: 'number', minimum: 1, exclusiveMinimum: true, maximum: 5, exclusiveMaximum: false },
        d: { type: 'string', pattern: '(' },
      },
    };
    const text = document(
      { '/': { post: { requestBody: jsonBody(schema) } } },
      {
        openapi: '3.0.3',
        components: { schemas: { B: { type: 'integer' } } },
      },
    );
    const [body] = details(text, 'POST /').bodies;
    const checker = new SchemaChecker(body!.schema);
    const wrong = (value: unknown) => checker.check(value).map(({ path }) => path.join('.'));
    expect(wrong({ a: null, b: null, c: 1.5, d: 'x' })).toEqual([]);
    expect(wrong({ a: 'y', b: 'z', c: 1 })).toEqual(['a', 'b', 'c']);
    expect(wrong({ c: 5 })).toEqual([]);
  });

  it.each([
    ['<!doctype html><p>Hello', 'a web page'],
    ['{"openapi": ', 'not valid JSON'],
    ['[]', 'not an OpenAPI description'],
    ['{"hello": 1}', 'not an OpenAPI description'],
    ['{"swagger": "2.0", "paths": {}}', 'Swagger (OpenAPI 2)'],
    ['{"openapi": "4.0.0", "paths": {}}', 'OpenAPI 4.0.0'],
    ['{"openapi": "3.1.0"}', 'no paths'],
  ])('says what %j is instead', (text, words) => {
    expect(() => readApiDocument(text)).toThrow(words);
  });

  it('survives references that lead nowhere, outside or in circles', () => {
    const schema = {
      properties: {
        none: { $ref: '#/components/schemas/None' },
        out: { $ref: 'https://example.com/schema.json' },
        loop: { $ref: '#/components/schemas/Loop' },
        tree: { $ref: '#/components/schemas/Tree' },
      },
    };
    const schemas = {
      Loop: { $ref: '#/components/schemas/Loop' },
      Tree: {
        type: 'object',
        properties: { below: { type: 'array', items: { $ref: '#/components/schemas/Tree' } } },
      },
    };
    const [body] = details(
      document({ '/': { post: { requestBody: jsonBody(schema) } } }, { components: { schemas } }),
      'POST /',
    ).bodies;
    const names = membersOf(fieldOf(body!.schema, body!.schema), body!.schema).map(
      ({ name, kind }) => `${name}: ${kind}`,
    );
    expect(names).toEqual(['none: json', 'out: json', 'loop: json', 'tree: object']);
    const checker = new SchemaChecker(body!.schema);
    expect(checker.check({ tree: { below: [{ below: 1 }] } }).map(({ path }) => path)).toEqual([
      ['tree', 'below', 0, 'below'],
    ]);
  });

  it('takes of 5 MB of schemas that all refer to each other what a person can edit', () => {
    const count = 5000;
    const schemas = Object.fromEntries(
      Array.from({ length: count }, (_, at) => [
        `S${at}`,
        {
          type: 'object',
          description: 'x'.repeat(900),
          properties: {
            next: { $ref: `#/components/schemas/S${(at + 1) % count}` },
            far: { $ref: `#/components/schemas/S${(at * 7) % count}` },
          },
        },
      ]),
    );
    const text = document(
      { '/': { post: { requestBody: jsonBody({ $ref: '#/components/schemas/S0' }) } } },
      { components: { schemas } },
    );
    expect(text.length).toBeGreaterThan(5_000_000);
    const [body] = details(text, 'POST /').bodies;
    expect(body!.cut).toBe(true);
    expect(Object.keys(body!.schema['$defs'] as Schema).length).toBeLessThan(count);
    expect(new SchemaChecker(body!.schema).check({ next: { next: 3 } })).toHaveLength(1);
  });
});

describe('asking an endpoint for its description', () => {
  let server: Server | undefined;
  let folder = '';
  afterEach(async () => {
    server?.closeAllConnections();
    server?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
    folder = '';
  });

  async function serve(listener: RequestListener): Promise<string> {
    const started = createServer(listener);
    server = started;
    await new Promise<void>((done) => started.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
  }

  const never = new AbortController().signal;
  const open = document({ '/a': { get: {} } });

  it('asks once for each version, with the key, and knows it in the next window', async () => {
    const asked: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      asked.push(`${request.url ?? ''} ${request.headers.authorization ?? ''}`);
      response.end(open);
    });
    folder = await mkdtemp(path.join(os.tmpdir(), 'apis-'));
    const files = new KeyedFiles(folder, 5);
    const first = new ApiDescriptions(files, silentLogger);
    expect(await first.known({ url, version: '1' })).toBeUndefined();
    await first.read({ url, version: '1' }, { authorization: 'Bearer CANARY' }, never);
    const next = new ApiDescriptions(files, silentLogger);
    expect(await next.known({ url, version: '1' })).toMatchObject({ operations: [{ id: 'GET /a' }] });
    expect(await next.known({ url, version: '2' })).toBeUndefined();
    expect(asked).toEqual(['/openapi.json Bearer CANARY']);
    expect(await readdir(folder)).toHaveLength(1);
    expect(JSON.stringify(await files.read(`${url} 1`))).not.toContain('CANARY');
  });

  it.each([
    [404, '', undefined],
    [401, '', /requires a valid key/],
    [302, '', /returned 302/],
    [500, 'oops', /returned 500/],
    [200, '<html>', /a web page/],
  ])('answer %i %s', async (status, body, failure) => {
    const seen: string[] = [];
    const url = await serve((request, response) => {
      seen.push(request.url ?? '');
      response.writeHead(status, { location: '/elsewhere' }).end(body);
    });
    const reading = new ApiDescriptions(undefined, silentLogger).read({ url, version: '1' }, {}, never);
    if (failure) await expect(reading).rejects.toThrow(failure);
    else expect(await reading).toBe('absent');
    expect(seen).toEqual(['/openapi.json']);
  });

  it('stops at 10 MB', async () => {
    const url = await serve((_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(1 << 20)));
      };
      response.on('drain', more);
      more();
    });
    const reading = new ApiDescriptions(undefined, silentLogger).read({ url, version: '1' }, {}, never);
    await expect(reading).rejects.toMatchObject({ kind: 'limit' });
  });

  it('can be cancelled', async () => {
    const abort = new AbortController();
    const url = await serve(() => abort.abort());
    const reading = new ApiDescriptions(undefined, silentLogger).read(
      { url, version: '1' },
      {},
      abort.signal,
    );
    await expect(reading).rejects.toMatchObject({ kind: 'cancelled' });
  });

  it('says where nobody listens', async () => {
    const url = await serve(() => undefined);
    await new Promise((done) => server?.close(done));
    const reading = new ApiDescriptions(undefined, silentLogger).read({ url, version: '1' }, {}, never);
    await expect(reading).rejects.toMatchObject({ kind: 'offline' });
  });
});

it('lists two thousand operations and says how many it left out', () => {
  const paths = Object.fromEntries(
    Array.from({ length: 1300 }, (_, at) => [`/items/${at}`, { get: {}, delete: {} }]),
  );
  const api = readApiDocument(JSON.stringify({ openapi: '3.1.0', paths }));
  expect([api.operations.length, api.leftOut]).toEqual([2000, 600]);
});
