import fc from 'fast-check';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RequestSpec } from '../../../src/domain/request.ts';
import type { HttpFile } from '../../../src/features/savedRequests/core/httpFile/model.ts';
import { parseHttpFile } from '../../../src/features/savedRequests/core/httpFile/parse.ts';
import type { SpecContext } from '../../../src/features/savedRequests/core/httpFile/toSpec.ts';
import { specOfHttpRequest } from '../../../src/features/savedRequests/core/httpFile/toSpec.ts';
import type { VariableSource } from '../../../src/features/savedRequests/core/httpFile/variables.ts';
import { Variables } from '../../../src/features/savedRequests/core/httpFile/variables.ts';
import {
  addRequest,
  fileHead,
  requestText,
  updateRequest,
} from '../../../src/features/savedRequests/core/httpFile/write.ts';

const noSource: VariableSource = { environment: {}, dotenv: {}, processEnv: {} };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'http-'));
});
afterAll(() => rm(folder, { recursive: true }));

const context = (file: HttpFile, source: Partial<VariableSource> = {}, more: Partial<SpecContext> = {}) => ({
  variables: new Variables(file, { ...noSource, ...source }),
  folder,
  readFile: (name: string) => readFile(name),
  allowFiles: (files: readonly string[]) => Promise.resolve(files),
  secretOf: () => Promise.resolve<string | undefined>('endpointKey/main/demo'),
  ...more,
});

async function specsOf(text: string, source: Partial<VariableSource> = {}, more: Partial<SpecContext> = {}) {
  const file = parseHttpFile(text);
  return Promise.all(
    file.requests.map((request) => specOfHttpRequest(file, request, context(file, source, more))),
  );
}

const sample = `# For people.
@host = https://demo.modal.run
@greet = hello {{who}}

### First request
// @title something of another client
POST {{host}}/a b
    ?x=1
    &y={{greet}}
Content-Type: application/json
# a comment between headers
Authorization: Bearer {{MODAL_API_KEY}}

{
  "a": "{{greet}}",

  "b": 1
}


### 
# @name second
{{host}}/plain

###

https://demo.modal.run/third HTTP/1.1
`;

describe('reading a .http file', () => {
  it('knows names, addresses on several lines, headers, bodies and variables', async () => {
    const file = parseHttpFile(sample);
    expect(file.problems).toEqual([]);
    expect(file.requests.map(({ name, method }) => [name, method])).toEqual([
      ['First request', 'POST'],
      ['second', 'GET'],
      ['', 'GET'],
    ]);
    const [first] = file.requests;
    expect(sample.slice(first!.head.start, first!.head.end)).toMatch(/^POST .*\n.*\n {4}&y=\{\{greet\}\}$/);
    const specs = await specsOf(sample, { environment: { who: 'me' } });
    expect(specs).toEqual([
      {
        method: 'POST',
        url: 'https://demo.modal.run/a%20b?x=1&y=hello%20me',
        headers: { 'Content-Type': 'application/json' },
        body: '{\n  "a": "hello me",\n\n  "b": 1\n}',
        auth: { secretRef: 'endpointKey/main/demo', header: 'Authorization', scheme: 'Bearer' },
      },
      { method: 'GET', url: 'https://demo.modal.run/plain', headers: {} },
      { method: 'GET', url: 'https://demo.modal.run/third', headers: {} },
    ]);
  });

  it('reads the same with CRLF and a byte order mark', async () => {
    const source = { environment: { who: 'me' } };
    const crlf = `\uFEFF${sample.replaceAll('\n', '\r\n')}`;
    expect(await specsOf(crlf, source)).toEqual(await specsOf(sample, source));
  });

  it('sends files as bodies and parts', async () => {
    await writeFile(path.join(folder, 'a.bin'), Buffer.from([0, 255, 10]));
    await writeFile(path.join(folder, 'b.json'), '{"who": "{{who}}"}');
    const text = `@who = Ada
###
POST http://h/bytes

< ./a.bin
###
POST http://h/as-it-is

< ./b.json
###
POST http://h/filled

<@ ./b.json
###
POST http://h/parts
Content-Type: multipart/form-data; boundary="x y"

--x y
Content-Disposition: form-data; name="t\\"q"

to {{who}}
--x y
Content-Disposition: form-data; name="f"; filename="seen.bin"
Content-Type: image/png

< ./a.bin
--x y--
`;
    const [bytes, asItIs, filled, parts] = await specsOf(text);
    expect([...(bytes!.body as Uint8Array)]).toEqual([0, 255, 10]);
    expect(asItIs!.body).toBe('{"who": "{{who}}"}');
    expect(filled!.body).toBe('{"who": "Ada"}');
    expect(parts).toEqual({
      method: 'POST',
      url: 'http://h/parts',
      headers: {},
      body: {
        parts: [
          { name: 't"q', text: 'to Ada' },
          { name: 'f', file: { path: path.join(folder, 'a.bin'), name: 'seen.bin', type: 'image/png' } },
        ],
      },
    });
  });

  it('joins the fields of a form', async () => {
    const text = 'POST http://h/\nContent-Type: application/x-www-form-urlencoded\n\na=1\n&b={{b}}\n';
    expect((await specsOf(text, { dotenv: {}, environment: { b: '2' } }))[0]?.body).toBe('a=1&b=2');
  });

  it('leaves scripts and checks of other clients out, and says so', async () => {
    const text = `###
< {%
  request.variables.set("a", 1)
%}
POST http://h/

{"a": 1}

> {% client.test("x", () => {}) %}
?? status == 200
`;
    const file = parseHttpFile(text);
    expect(file.problems.map(({ severity }) => severity)).toEqual([
      'information',
      'information',
      'information',
    ]);
    expect((await specsOf(text))[0]?.body).toBe('{"a": 1}');
  });

  it.each([
    ['GRPC http://h/\n', /GRPC requests aren't supported/],
    ['YELL http://h/\n', /Unknown method YELL/],
    ['nonsense\n', /URL is missing/],
    ['GET http://h/\nno header\n', /This isn't a header/],
    ['POST http://h/\nContent-Type: multipart/form-data\n\n--x\n', /needs a boundary/],
    ['GET ftp://h/\n', /URL is missing/],
    ['GET http://\n', /URL is missing|isn't an http/],
    ['GET {{a}}\n', /\{\{a\}\} isn't defined/],
    ['@a={{b}}\n@b={{a}}\nGET http://h/{{a}}\n', /refers to itself: a → b → a/],
    ['GET http://h/{{$processEnv NOT_THERE}}\n', /isn't set in the environment/],
    ['GET http://h/{{$nothing}}\n', /is not one of/],
    ['GET http://h/?k={{MODAL_API_KEY}}\n', /stands for a whole header value/],
  ])('says what is wrong with %j', async (text, message) => {
    await expect(specsOf(text)).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringMatching(message) as string,
    });
  });

  it('keeps the requests around a broken one', async () => {
    const file = parseHttpFile(
      '### a\nGET http://h/a\n### b\nGET http://h/b\nbroken\n### c\nGET http://h/c\n',
    );
    expect(file.requests).toHaveLength(3);
    const [a, b, c] = file.requests.map((request) => specOfHttpRequest(file, request, context(file)));
    await expect(b).rejects.toThrow("isn't a header");
    expect([(await a)?.url, (await c)?.url]).toEqual(['http://h/a', 'http://h/c']);
  });

  it('does not let a variable smuggle in a header or an address', async () => {
    const environment = { bad: 'x\r\nX-Evil: 1' };
    const refused = { kind: 'invalid', message: expect.stringContaining('line break') as string };
    await expect(specsOf('GET http://h/\nX-A: {{bad}}\n', { environment })).rejects.toMatchObject(refused);
    await expect(specsOf('GET http://h/{{bad}}\n', { environment })).rejects.toMatchObject(refused);
  });

  it('gives a key only to an address that it belongs to, and leaves the user their own', async () => {
    const text = 'GET https://evil.example/\nAuthorization: Bearer {{MODAL_API_KEY}}\n';
    const secretOf = () => Promise.resolve(undefined);
    await expect(specsOf(text, {}, { secretOf })).rejects.toThrow('No key for https://evil.example');
    const [own] = await specsOf(text, { environment: { MODAL_API_KEY: 'mine' } }, { secretOf });
    expect(own).toMatchObject({
      headers: { Authorization: 'Bearer {{MODAL_API_KEY}}' },
      secrets: { MODAL_API_KEY: 'mine' },
    });
    expect(own!.auth).toBeUndefined();
    const [pair] = await specsOf(
      'GET https://a/\nModal-Key: {{MODAL_KEY}}\nModal-Secret: {{MODAL_SECRET}}\n',
      {},
      { secretOf: (_url, kind) => Promise.resolve(`kept ${kind}`) },
    );
    expect(pair!.auth).toEqual({
      secretRef: 'kept proxy',
      header: 'Modal-Secret',
      idHeader: 'Modal-Key',
      scheme: '',
    });
  });

  it('reads a file of 1 MB, and does not fall for values that double', async () => {
    const many = '### r\nPOST http://h/\n\n{"a": "{{x}}"}\n\n'.repeat(19_000);
    expect(many.length).toBeGreaterThan(700_000);
    expect(parseHttpFile(many).requests).toHaveLength(19_000);
    expect(parseHttpFile(many.repeat(2)).problems[0]?.message).toContain('larger than 1 MB');
    const doubling = Array.from({ length: 40 }, (_, at) => `@v${at + 1} = {{v${at}}}{{v${at}}}\n`).join('');
    await expect(specsOf(`@v0 = 0123456789\n${doubling}GET http://h/\nX-A: {{v40}}\n`)).rejects.toThrow(
      '20 MB',
    );
  });

  it('never throws but in words, and every place lies inside the text', async () => {
    const line = fc.oneof(
      fc.constantFrom(
        '###',
        '### n',
        'GET http://h/',
        'A: b',
        '',
        '< {%',
        '< ./f',
        '--x',
        '{{',
        '@a = b',
        '# c',
        '%}',
        '/*',
        '*/',
        '?a=1',
        '    &b=2',
        '--x--',
        '<@latin1 ./f',
        '> {%',
        'GRAPHQL http://h/',
        'X-Request-Type: GraphQL',
        'Content-Type: multipart/form-data; boundary=x',
        'Content-Disposition: form-data; name="a"; filename="b"',
        'Content-Type: application/x-www-form-urlencoded',
        'Authorization: Basic a b',
        '{{$timestamp -1 d}}',
      ),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.constantFrom('\n', '\r\n'), async (lines, end) => {
        const text = lines.join(end);
        const file = parseHttpFile(text);
        const { requests, problems, variables } = file;
        const read = { readFile: () => Promise.resolve(new Uint8Array([0xe9])) };
        for (const request of requests)
          await specOfHttpRequest(file, request, context(file, {}, read)).catch((error: unknown) => {
            expect(error).toMatchObject({ kind: 'invalid' });
          });
        for (const { range } of [...requests, ...problems, ...variables]) {
          expect(range.start).toBeGreaterThanOrEqual(0);
          expect(range.end).toBeGreaterThanOrEqual(range.start);
          expect(range.end).toBeLessThanOrEqual(text.length);
        }
      }),
    );
  });
});

const headerValue = fc
  .string({ unit: fc.constantFrom(...Array.from('abcXYZ019 -_.:;,/"\'$`{}#@<>é')), minLength: 1 })
  .map((text) => text.trim())
  .filter((text) => text !== '' && !text.includes('{{'));
const nasty = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '\n',
      '\r\n',
      '"',
      "'",
      '`',
      '$',
      '\\',
      '{{',
      '}}',
      '#',
      '< ',
      '> ',
      '###',
      '\0',
      'é',
      '😀',
      ' ',
      '@a=',
      '//',
      '\ufeff',
    ),
    fc.string({ unit: 'grapheme', maxLength: 3 }),
  ),
});
const specs: fc.Arbitrary<RequestSpec> = fc.record(
  {
    method: fc.constantFrom('POST', 'PUT', 'PATCH', 'DELETE'),
    url: fc.webUrl({ withQueryParameters: true }).map((url) => new URL(url).href),
    headers: fc.dictionary(fc.stringMatching(/^X-[A-Z][a-z0-9]{0,7}$/), headerValue, { maxKeys: 3 }),
    body: nasty.filter((text) => text !== '' && text.isWellFormed()),
    auth: fc.constantFrom(
      { secretRef: 'endpointKey/main/demo', header: 'Authorization', scheme: 'Bearer' },
      { secretRef: 'endpointKey/main/demo', header: 'X-SECRET-KEY', scheme: '' },
      { secretRef: 'endpointKey/main/demo', header: 'Modal-Secret', scheme: '', idHeader: 'Modal-Key' },
    ),
  },
  { requiredKeys: ['method', 'url', 'headers'] },
);

/** Reads a written request with the file beside it. */
function readBack(text: string, bodyFile?: { readonly bytes: Uint8Array }): Promise<RequestSpec[]> {
  return specsOf(text, {}, { readFile: () => Promise.resolve(bodyFile?.bytes ?? new Uint8Array()) });
}

describe('writing a request', () => {
  it('is read back as exactly the same', async () => {
    await fc.assert(
      fc.asyncProperty(specs, fc.string(), async (spec, name) => {
        const { text, bodyFile } = requestText(spec, { name, folder });
        expect(await readBack(text, bodyFile)).toEqual([spec]);
      }),
      { numRuns: 300 },
    );
  });

  it('writes parts with their files by name', async () => {
    const spec: RequestSpec = {
      method: 'POST',
      url: 'https://h/up',
      headers: {},
      body: {
        parts: [
          { name: 'note', text: 'one line' },
          {
            name: 'f"',
            file: { path: path.join(folder, 'in/a b.pdf'), name: 'ü.pdf', type: 'application/pdf' },
          },
        ],
      },
    };
    const { text } = requestText(spec, { name: 'up', folder });
    expect(text).toContain('< ./in/a b.pdf\n');
    expect(await readBack(text)).toEqual([spec]);
    const several = { ...spec, body: { parts: [{ name: 'note', text: 'two\nlines' }] } };
    expect(() => requestText(several, { name: 'up', folder })).toThrow('line breaks');
  });

  it('keeps a body that would mean something else in a file beside it', () => {
    for (const body of [
      '{{x}}',
      '# no comment',
      'a\r\nb',
      'ends\n',
      '### no',
      '\ufeffa',
      'x'.repeat(70_000),
    ]) {
      const { text, bodyFile } = requestText(
        { method: 'POST', url: 'https://h/', headers: {}, body },
        { name: 'n', folder },
      );
      expect(text).toMatch(/\n\n< \.\/bodies\/n\.(?:txt|json)\n$/);
      expect(Buffer.from(bodyFile!.bytes).toString()).toBe(body);
    }
  });

  it('uses a variable of the file for the address, and refuses what only another client would misread', () => {
    const variables = parseHttpFile('@baseUrl = https://h/v1\n').variables;
    const spec = { method: 'GET', url: 'https://h/v1/x?{{a}}', headers: {} };
    expect(requestText(spec, { name: 'n', folder, variables }).text).toContain(
      'GET {{baseUrl}}/x?%7B%7Ba%7D%7D\n',
    );
    const twice = parseHttpFile('@baseUrl = https://h/v1\n@baseUrl = https://elsewhere\n').variables;
    expect(
      requestText({ ...spec, url: 'https://h/v1/x' }, { name: 'n', folder, variables: twice }).text,
    ).toContain('GET https://h/v1/x\n');
    const other = { ...spec, url: 'https://h/v10/x' };
    expect(requestText(other, { name: 'n', folder, variables }).text).toContain('GET https://h/v10/x\n');
    expect(() => requestText({ ...spec, headers: { a: 'b\nc: d' } }, { name: 'n', folder })).toThrow(
      'line break',
    );
  });

  it('adds at the end with the line ends of the file, and touches nothing else', () => {
    const { text } = requestText({ method: 'GET', url: 'https://h/', headers: {} }, { name: 'n', folder });
    const head = fileHead('demo', 'https://h');
    expect(addRequest(head, text)).toBe(head + text);
    const crlf = addRequest('GET https://a/\r\n', text);
    expect(crlf.startsWith('GET https://a/\r\n\r\n### n\r\n')).toBe(true);
    expect(crlf.replaceAll('\r\n', '')).not.toContain('\n');
  });
});

describe('writing a request again', () => {
  const update = async (text: string, change: (spec: RequestSpec) => RequestSpec, at = 0) => {
    const file = parseHttpFile(text);
    const request = file.requests[at]!;
    const spec = await specOfHttpRequest(file, request, context(file, { environment: { who: 'me' } }));
    const variables = new Variables(file, { ...noSource, environment: { who: 'me' } });
    const says = (template: string) => {
      const { text: filled, unknown } = variables.fill(template);
      return unknown.length === 0 ? filled : undefined;
    };
    return updateRequest(file, request, change(spec), { folder, says, keepBody: false });
  };

  it('changes nothing when nothing changed, whatever stands in the file', async () => {
    for (const at of [0, 1, 2]) expect((await update(sample, (spec) => spec, at)).text).toBe(sample);
    const crlf = `\uFEFF${sample.replaceAll('\n', '\r\n')}`;
    expect((await update(crlf, (spec) => spec)).text).toBe(crlf);
  });

  it('leaves lines of the same header that say the same together', async () => {
    const several = 'GET https://h/\nX-A: 1\nX-B: 0\nX-A: 2\n';
    expect((await update(several, (spec) => spec)).text).toBe(several);
    const changed = await update(several, (spec) => ({ ...spec, headers: { 'X-A': '3', 'X-B': '0' } }));
    expect(changed.text).toBe('GET https://h/\nX-A: 3\nX-B: 0\n');
  });

  it('changes only the line that says something else', async () => {
    const { text } = await update(sample, (spec) => ({ ...spec, method: 'PUT' }));
    expect(text).toContain(
      'PUT {{host}}/a b\n    ?x=1\n    &y={{greet}}\nContent-Type: application/json\n# a comment',
    );
    expect(text).toContain('"a": "{{greet}}",');
    const header = await update(sample, (spec) => ({
      ...spec,
      headers: { 'Content-Type': 'text/x', 'X-New': '1' },
    }));
    expect(header.text).toContain(
      'Content-Type: text/x\n# a comment between headers\nAuthorization: Bearer {{MODAL_API_KEY}}\nX-New: 1\n\n{',
    );
    const less = await update(sample, ({ method, url, body }) => ({ method, url, headers: {}, body: body! }));
    expect(less.text).toContain('&y={{greet}}\n# a comment between headers\n\n{');
  });

  it('says afterwards what it should', async () => {
    await fc.assert(
      fc.asyncProperty(specs, specs, fc.constantFrom('\n', '\r\n'), async (before, after, end) => {
        const first = requestText(before, { name: 'n', folder }).text.replaceAll('\n', end);
        const around = `# top${end}${end}${first}${end}### last${end}GET https://z/${end}`;
        const file = parseHttpFile(around);
        const written = updateRequest(file, file.requests[0]!, after, {
          folder,
          says: (text) => text,
          keepBody: false,
        });
        const [changed, last] = await readBack(written.text, written.bodyFile);
        expect(changed).toEqual(after);
        expect(last?.url).toBe('https://z/');
        expect(written.text.startsWith(`# top${end}${end}### n${end}`)).toBe(true);
      }),
    );
  });
});
