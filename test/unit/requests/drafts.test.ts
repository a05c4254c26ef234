import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ApiOperationDetails } from '../../../src/domain/api.ts';
import { addPart, filePlace, putFile } from '../../../src/features/requests/core/draftFiles.ts';
import { headerProblem } from '../../../src/domain/headerRules.ts';
import { mediaTypeOf } from '../../../src/shared/mediaType.ts';
import { emptyBodies, operationDraft } from '../../../src/domain/operationDraft.ts';
import type { DraftBody, RequestDraft } from '../../../src/domain/requestDraft.ts';
import { emptyDraft, filesOf, switchBody } from '../../../src/domain/requestDraft.ts';
import { authHeaders } from '../../../src/domain/request.ts';
import { defaultAuth, requestAuth } from '../../../src/features/requests/core/auth.ts';
import { asCurl } from '../../../src/features/savedRequests/core/export/curl.ts';
import { fileState } from '../../../src/features/requests/core/files.ts';
import { KeyedFiles } from '../../../src/features/requests/core/keyedFiles.ts';
import { Seal } from '../../../src/features/requests/core/seal.ts';
import { readApiDocument } from '../../../src/features/requests/core/openapi/apiDocument.ts';
import { specOf } from '../../../src/features/requests/core/spec.ts';
import { fileTargetFor } from '../../../src/features/requests/ui/fileTargetFor.ts';
import {
  RequestSession,
  byHand,
  operationEntry,
  sampleEntry,
} from '../../../src/features/requests/ui/requestSession.ts';
import { readSession, writeSession } from '../../../src/features/requests/ui/savedSession.ts';
import { appOf, endpointOf } from '../support/apps.ts';
import { catalogApp } from '../support/catalogApp.ts';
import { secretStorage } from '../support/secretStorage.ts';

vi.mock('vscode', () => import('../support/editor.ts'));

const base = 'https://me--demo.modal.run/';
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'drafts-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const reference = (name: string) => ({
  uri: pathToFileURL(path.join(folder, name)).href,
  name,
  type: mediaTypeOf(name),
});
const post = (body: DraftBody, more: Partial<RequestDraft> = {}): RequestDraft => ({
  ...emptyDraft('POST', '/x'),
  body,
  ...more,
});
const json = (text: string): DraftBody => ({ kind: 'text', type: 'application/json', text, files: [] });

describe('what a draft sends', () => {
  it('has path values, query and headers, without what is switched off', async () => {
    const spec = await specOf(
      {
        ...emptyDraft('GET', '/jobs/{id}?old=1'),
        pathValues: { id: 'a/b ?' },
        query: [
          { name: 'q', value: 'ä&b', on: true },
          { name: 'off', value: '1', on: false },
        ],
        headers: [
          { name: 'X-A', value: '1', on: true },
          { name: 'x-a', value: '2', on: true },
          { name: 'X-Off', value: '3', on: false },
        ],
        body: json('{"never": "with GET"}'),
      },
      base,
    );
    expect(spec).toEqual({
      method: 'GET',
      url: 'https://me--demo.modal.run/jobs/a%2Fb%20%3F?old=1&q=%C3%A4%26b',
      headers: { 'X-A': '1, 2' },
    });
  });

  it('never leaves the endpoint, whatever the path', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (typed) => {
        const spec = await specOf(emptyDraft('GET', typed), base).catch(() => undefined);
        if (spec) expect(new URL(spec.url).origin).toBe('https://me--demo.modal.run');
      }),
    );
    for (const typed of [
      '//evil.example/x',
      'https://evil.example',
      '/\\evil.example',
      '@evil.example',
      '..//evil.example',
    ])
      expect(new URL((await specOf(emptyDraft('GET', typed), base)).url).host).toBe('me--demo.modal.run');
  });

  it('asks for the value of a path parameter', async () => {
    await expect(specOf(emptyDraft('GET', '/jobs/{id}'), base)).rejects.toMatchObject({
      kind: 'invalid',
      message: 'The path needs a value for {id}.',
    });
  });

  it.each([
    ['X-A', 'one\r\nX-Evil: 1', /line break/],
    ['X-A', 'one\nmore', /line break/],
    ['X A', '1', /isn't a valid header name/],
    ['X-A:', '1', /isn't a valid header name/],
    ['', '1', /isn't a valid header name/],
    ['Content-Length', '1', /set automatically/],
    ['X-A', '10 €', /aren't allowed/],
    ['X-A', 'a\0b', /aren't allowed/],
  ])('refuses the header %j: %j', async (name, value, why) => {
    expect(headerProblem(name, value)).toMatch(why);
    const draft = post(json('{}'), { headers: [{ name, value, on: true }] });
    await expect(specOf(draft, base)).rejects.toMatchObject({ kind: 'invalid' });
  });

  it('has forms, parts and texts with their content types', async () => {
    const form = await specOf(
      post({
        kind: 'form',
        fields: [
          { name: 'a', value: '1&2', on: true },
          { name: 'b', value: '', on: false },
        ],
      }),
      base,
    );
    expect(form).toMatchObject({
      body: 'a=1%262',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    await writeFile(path.join(folder, 'page.png'), 'png');
    const parts = await specOf(
      post({
        kind: 'multipart',
        parts: [
          { name: 'file', on: true, file: reference('page.png') },
          { name: 'note', on: true, text: 'n' },
        ],
      }),
      base,
    );
    expect(parts.body).toEqual({
      parts: [
        { name: 'file', file: { path: path.join(folder, 'page.png'), name: 'page.png', type: 'image/png' } },
        { name: 'note', text: 'n' },
      ],
    });
    expect(parts.headers).toEqual({});
    const own = await specOf(
      post(json('{}'), { headers: [{ name: 'Content-Type', value: 'application/x', on: true }] }),
      base,
    );
    expect(own.headers).toEqual({ 'Content-Type': 'application/x' });
  });

  it('says what is wrong with a file before anything is sent', async () => {
    await mkdir(path.join(folder, 'inner'), { recursive: true });
    await writeFile(path.join(folder, 'big.bin'), '');
    await truncate(path.join(folder, 'big.bin'), 51 * 1024 * 1024);
    const problems = await Promise.all(
      [
        reference('none.png'),
        reference('inner'),
        reference('big.bin'),
        { uri: 'vscode-vfs://x/a.png', name: 'a.png', type: '' },
      ].map(async (file) => (await fileState(file)).problem),
    );
    expect(problems).toEqual([
      expect.stringContaining('is no longer at'),
      'inner is a folder. Select a file.',
      'big.bin is larger than 50 MB. Select a smaller file.',
      "a.png isn't a file on this computer. Save a local copy first.",
    ]);
    const draft = post({
      kind: 'multipart',
      parts: [{ name: 'file', on: true, file: reference('none.png') }],
    });
    await expect(specOf(draft, base)).rejects.toMatchObject({ kind: 'invalid' });
    const unchosen = post({ kind: 'multipart', parts: [{ name: 'file', on: true }] });
    await expect(specOf(unchosen, base)).rejects.toThrow('No file selected for "file".');
  });
});

const documents: ApiOperationDetails = readApiDocument(
  JSON.stringify({
    openapi: '3.1.0',
    paths: {
      '/extract': {
        post: {
          requestBody: {
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  required: ['document'],
                  properties: {
                    format: { enum: ['markdown'] },
                    document: {
                      type: 'object',
                      required: ['name'],
                      properties: { name: { type: 'string', minLength: 1 }, content_b64: { type: 'string' } },
                    },
                  },
                },
              },
              'multipart/form-data': {
                schema: {
                  type: 'object',
                  properties: { file: { type: 'string', format: 'binary' }, format: { type: 'string' } },
                },
              },
            },
          },
        },
      },
    },
  }),
).details('POST /extract')!;

/** An operation's draft with a file where it takes one. */
function withFile(operation: ApiOperationDetails): RequestDraft {
  const session = new RequestSession({ app, endpoint });
  session.api = { title: '', leftOut: 0, operations: [operation], details: () => operation };
  session.draft = operationDraft(operation);
  const { draft, place } = fileTargetFor(session, reference('page.png'));
  return putFile(draft, place, reference('page.png'));
}

const partsOf = (draft: RequestDraft) =>
  draft.body.kind === 'multipart' ? draft.body.parts.map(({ name, file }) => [name, file?.name]) : [];

describe('files', () => {
  it('go into a part where the operation has one, else into the base64 field', async () => {
    await writeFile(path.join(folder, 'page.png'), Buffer.from([1, 2, 3]));
    expect(filePlace(documents)).toEqual({
      type: 'multipart/form-data',
      target: { kind: 'part', name: 'file' },
    });
    const part = withFile(documents);
    expect(part.body).toMatchObject({
      parts: [{ name: 'file', on: true, file: { name: 'page.png' } }, { name: 'format' }],
    });
    const onlyJson = { ...documents, bodies: documents.bodies.slice(0, 1) };
    const draft = withFile(onlyJson);
    expect(JSON.parse((draft.body as { text: string }).text)).toEqual({
      document: { name: 'page.png', content_b64: '<page.png as base64>' },
    });
    const { body } = await specOf({ ...draft, path: '/extract' }, base);
    expect(JSON.parse(body as string)).toEqual({ document: { name: 'page.png', content_b64: 'AQID' } });
  });

  it('after the first go into parts without one, then into further parts of the same name', () => {
    const parts = [
      { name: 'file', on: true },
      { name: 'mask', on: true },
      { name: 'off', on: false },
    ];
    const begun = post({ kind: 'multipart', parts });
    const first = putFile(begun, { kind: 'part', name: 'file' }, reference('a.png'));
    const all = ['b.png', 'c.png'].reduce((draft, name) => addPart(draft, 'file', reference(name)), first);
    expect(partsOf(all)).toEqual([
      ['file', 'a.png'],
      ['mask', 'b.png'],
      ['off', undefined],
      ['file', 'c.png'],
    ]);
    const other = putFile(all, { kind: 'part', name: 'file', at: 3 }, reference('d.png'));
    expect(partsOf(other).map(([, file]) => file)).toEqual(['a.png', 'b.png', undefined, 'd.png']);
  });

  it('of the same name are told apart, and are not sent once their place is gone', () => {
    const place = (path: (string | number)[]) => ({ kind: 'json' as const, path });
    const one = putFile(post(json('{}')), place(['a']), { uri: 'file:///1/x.png', name: 'x.png', type: '' });
    const two = putFile(one, place(['b']), { uri: 'file:///2/x.png', name: 'x.png', type: '' });
    const body = two.body as Extract<DraftBody, { kind: 'text' }>;
    expect(JSON.parse(body.text)).toEqual({ a: '<x.png as base64>', b: '<x.png 2 as base64>' });
    expect(filesOf(two)).toHaveLength(2);
    expect(filesOf({ ...two, body: { ...body, text: '{"a": "<x.png as base64>"}' } })).toHaveLength(1);
  });

  it('replaces only whole strings, and never inside what a file brought', async () => {
    await writeFile(path.join(folder, 'a.txt'), 'says "<b.txt as text>"');
    await writeFile(path.join(folder, 'b.txt'), 'b $& b');
    const file = (name: string) => ({
      ...reference(name),
      note: `<${name} as text>`,
      encoding: 'text' as const,
    });
    const text = '{"a": "<a.txt as text>", "b": "<b.txt as text>", "c": "see <b.txt as text>"}';
    const { body } = await specOf(
      post({ kind: 'text', type: 'application/json', text, files: [file('a.txt'), file('b.txt')] }),
      base,
    );
    expect(JSON.parse(body as string)).toEqual({
      a: 'says "<b.txt as text>"',
      b: 'b $& b',
      c: 'see <b.txt as text>',
    });
  });
});

const app = appOf();
const endpoint = endpointOf({ url: base });

describe('the drafts of an endpoint', () => {
  it('are kept for each entry, and come back in another window', async () => {
    const session = new RequestSession({ app, endpoint });
    session.api = { title: '', leftOut: 0, operations: [documents], details: () => documents };
    await session.select(operationEntry(documents));
    const begun = session.draft;
    expect(session.context.entries.map(({ edited }) => edited)).toEqual([false, false]);
    session.draft = { ...begun, query: [{ name: 'q', value: '1', on: true }] };
    await session.select(byHand);
    session.put(operationEntry(documents), { ...begun, path: '/edited' });
    expect(session.draft.path).toBe('/');
    await session.select(operationEntry(documents));
    expect(session.draft.path).toBe('/edited');
    const saved = readSession(writeSession(session.saved));
    const next = new RequestSession({ app, endpoint }, undefined, saved);
    expect(next.draft).toEqual(session.draft);
    expect(next.context.entries.map(({ label }) => label)).toContain('POST /extract');
    await session.startOver();
    expect(session.draft).toEqual(begun);
    await session.select(byHand);
    expect(session.draft.path).toBe('/edited'); // what was edited is kept as the request by hand
  });

  it('survive a round trip as text', async () => {
    const seal = await Seal.with(secretStorage());
    const name = fc.oneof(fc.string(), fc.constantFrom('api_key', 'token', 'Authorization', 'n'));
    const pair = fc.record({ name, value: fc.string(), on: fc.boolean() });
    const body: fc.Arbitrary<DraftBody> = fc.oneof(
      fc.constantFrom(...Object.values(emptyBodies)),
      fc.record({
        kind: fc.constant('text' as const),
        type: fc.string(),
        text: fc.oneof(
          fc.string(),
          fc.json(),
          fc.string().map((password) => JSON.stringify({ password })),
        ),
        files: fc.constant([]),
      }),
      fc.record({ kind: fc.constant('form' as const), fields: fc.array(pair) }),
    );
    const draft = fc.record({
      method: fc.constantFrom('GET', 'POST'),
      path: fc.string(),
      // A record of messages drops this one name, so that nobody can put a prototype in place of another.
      pathValues: fc
        .dictionary(
          fc.string().filter((name) => name !== '__proto__'),
          fc.string(),
        )
        .map((each) => ({ ...each })),
      query: fc.array(pair),
      headers: fc.array(pair),
      body,
    });
    fc.assert(
      fc.property(draft, (given) => {
        const session = new RequestSession({ app, endpoint });
        session.draft = given;
        const saved = readSession(writeSession(session.saved, seal), seal)!;
        expect(new RequestSession({ app, endpoint }, undefined, saved).draft).toEqual(given);
      }),
    );
  });

  it.each(['', '{', '{}', '{"drafts": 1}', 'null'])(
    'begin anew when what was kept is damaged: %j',
    (text) => {
      expect(readSession(text)).toBeUndefined();
    },
  );

  it('of a sample begin as it was shipped', async () => {
    const bundled = catalogApp({ folder });
    const sample = {
      ...bundled.samples[0]!,
      function: 'web',
      body: { kind: 'json' as const, template: { a: 1 } },
    };
    const session = new RequestSession({ app, endpoint }, { ...bundled, samples: [sample] });
    await session.select(sampleEntry(sample));
    session.draft = { ...session.draft, body: json('{"a": 2}') };
    await session.startOver(sampleEntry(sample));
    expect(session.draft.body).toMatchObject({ text: '{\n  "a": 1\n}' });
  });

  it('keep a body of another kind while one is edited', () => {
    const draft = post(json('{"a": 1}'));
    const form = switchBody(draft, { kind: 'form', fields: [] });
    const edited = { ...form, body: { kind: 'form' as const, fields: [{ name: 'f', value: '', on: true }] } };
    const back = switchBody(edited, emptyBodies['application/json']!);
    expect(back.body).toEqual(draft.body);
    expect(switchBody(back, { kind: 'form', fields: [] }).body).toEqual(edited.body);
  });

  it('are files of their own, of which the oldest go', async () => {
    const files = new KeyedFiles(path.join(folder, 'kept'), 3);
    for (const key of ['a', 'b', 'c', 'd']) await files.write(key, key);
    files.writeNow('d', 'now');
    expect(await files.read('d')).toBe('now');
    const before = files.write('d', 'before');
    files.writeNow('d', 'after'); // as the window closes
    await before;
    expect(await files.read('d')).toBe('after');
    const left = await Promise.all(['a', 'b', 'c'].map((key) => files.read(key)));
    expect(left.filter((text) => text !== undefined)).toHaveLength(2);
    expect(await files.read('../../etc/passwd')).toBeUndefined();
  });
});

describe('auth by reference', () => {
  const target = (requiresProxyAuth: boolean) => ({ app, endpoint: { ...endpoint, requiresProxyAuth } });

  it('is what the endpoint asks for, and never in what is kept', () => {
    expect(defaultAuth(target(true)).kind).toBe('proxy');
    expect(defaultAuth(target(false)).kind).toBe('none');
    const session = new RequestSession(target(true));
    expect(session.auth).toEqual({
      secretRef: 'secret/main/modal-proxy-token',
      idHeader: 'Modal-Key',
      header: 'Modal-Secret',
      scheme: '',
    });
    expect(writeSession(session.saved)).not.toContain('secretRef');
    expect(JSON.stringify(session.context)).not.toContain('endpointKey');
  });

  it.each([
    ['bearer', '', { Authorization: 'Bearer k.e.y' }],
    ['secretKey', '', { 'X-SECRET-KEY': 'k.e.y' }],
    ['header', 'X-API-Key', { 'X-API-Key': 'k.e.y' }],
    ['proxy', '', { 'Modal-Key': 'k', 'Modal-Secret': 'e.y' }],
  ] as const)('%s', (kind, header, headers) => {
    const auth = requestAuth({ kind, header }, target(false))!;
    expect(authHeaders(auth, 'k.e.y')).toEqual(headers);
    const curl = asCurl({ method: 'GET', url: base, headers: {}, auth });
    for (const name of Object.keys(headers)) expect(curl).toContain(`-H "${name}: `);
  });
});
