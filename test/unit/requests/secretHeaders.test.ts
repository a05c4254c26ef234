/** Canary: a credential of a request reaches the server and nothing else. */
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLogger } from '../../../src/shared/logger.ts';
import type { DraftBody, RequestDraft } from '../../../src/domain/requestDraft.ts';
import { emptyDraft } from '../../../src/domain/requestDraft.ts';
import type { RequestSpec } from '../../../src/domain/request.ts';
import { draftOf } from '../../../src/features/requests/core/draftOf.ts';
import { snippetKinds } from '../../../src/features/savedRequests/core/export/snippets.ts';
import { RequestHistory } from '../../../src/features/savedRequests/core/history/history.ts';
import { readEnvironments } from '../../../src/features/savedRequests/core/httpFile/environment.ts';
import { parseHttpFile } from '../../../src/features/savedRequests/core/httpFile/parse.ts';
import { specOfHttpRequest } from '../../../src/features/savedRequests/core/httpFile/toSpec.ts';
import { Variables } from '../../../src/features/savedRequests/core/httpFile/variables.ts';
import { requestText, updateRequest } from '../../../src/features/savedRequests/core/httpFile/write.ts';
import { KeyedFiles } from '../../../src/features/requests/core/keyedFiles.ts';
import { RecordedSender } from '../../../src/features/savedRequests/core/recordedSender.ts';
import type { SealKeys } from '../../../src/features/requests/core/seal.ts';
import { specOf as specOfDraft } from '../../../src/features/requests/core/spec.ts';
import { RequestSender } from '../../../src/features/requests/core/send.ts';
import { SavedDrafts } from '../../../src/features/requests/ui/savedDrafts.ts';
import { RequestSession, byHand } from '../../../src/features/requests/ui/requestSession.ts';
import { readSession, writeSession } from '../../../src/features/requests/ui/savedSession.ts';
import { secretStorage } from '../support/secretStorage.ts';
import { appOf, endpointOf } from '../support/apps.ts';
import { httpResult } from '../support/httpResult.ts';

vi.mock('vscode', () => import('../support/editor.ts'));

const canary = 'CANARYcanary0123456789';
const url = 'https://me--demo.modal.run/v1/chat/completions';
const target = { app: appOf(), endpoint: endpointOf() };

let folder: string;
let variables: (text: string) => Variables;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'canary-'));
  await writeFile(path.join(folder, 'http-client.env.json'), '{"dev": {"region": "eu"}}');
  await writeFile(
    path.join(folder, 'http-client.private.env.json'),
    JSON.stringify({ $shared: { OTHER: canary }, dev: { TOKEN: canary } }),
  );
  await writeFile(path.join(folder, '.env'), `TOKEN=${canary}\n`);
  const environments = await readEnvironments(folder, folder);
  variables = (text) =>
    new Variables(parseHttpFile(text), {
      environment: environments.values('dev'),
      privateNames: environments.privateNames('dev'),
      dotenv: environments.dotenv,
      processEnv: { TOKEN: canary },
    });
});
afterAll(() => rm(folder, { recursive: true }));

/** Each names the one before twice. */
const doubling = Array.from({ length: 60 }, (_, at) => `@v${at + 1} = {{v${at}}}{{v${at}}}\n`).join('');

async function read(
  headers: string,
  query = '',
  body = '{"model": "m", "messages": []}',
): Promise<{ text: string; spec: RequestSpec }> {
  const text = `@auth = Bearer {{TOKEN}}\n@v0 =\n${doubling}### Chat\nPOST ${url}${query}\nContent-Type: application/json\n${headers}\n\n${body}\n`;
  const file = parseHttpFile(text);
  const spec = await specOfHttpRequest(file, file.requests[0]!, {
    variables: variables(text),
    folder,
    readFile: (name) => readFile(name),
    allowFiles: (files) => Promise.resolve(files),
    secretOf: () => Promise.resolve(undefined),
  });
  return { text, spec };
}

/** Sends through the real sender to a server that repeats what it gets. */
async function send(spec: RequestSpec): Promise<{ sent: Record<string, string>; told: string }> {
  let sent: Record<string, string> = {};
  const told: string[] = [];
  const sender = new RequestSender({
    logger: { ...silentLogger, info: (line) => void told.push(line) },
    resolveSecret: () => Promise.resolve(undefined),
    timeoutSeconds: () => 5,
    loadClient: () =>
      Promise.resolve({
        send: (input) => {
          sent = { ...input.headers };
          const echo = JSON.stringify([input.headers, input.body]);
          input.onChunk?.(Buffer.from(echo), 1);
          return Promise.resolve(
            httpResult(echo, { headers: { 'x-echo': canary }, failure: `Unknown: ${echo}` }),
          );
        },
      }),
  });
  const history = new RequestHistory(await mkdtemp(path.join(folder, 'history-')));
  const added: Promise<unknown>[] = [];
  const recorded = new RecordedSender(sender, (request) => added.push(history.add(request)));
  const result = await recorded.send(spec, new AbortController().signal, {
    onChunk: (bytes) => told.push(Buffer.from(bytes).toString()),
  });
  await Promise.all(added);
  for (const name of await readdir(history.folder))
    told.push(await readFile(path.join(history.folder, name), 'utf8'));
  expect(added).toHaveLength(1);
  return { sent, told: [...told, JSON.stringify(result)].join('\n') };
}

const written = (spec: RequestSpec) => [
  ...snippetKinds.filter(({ fits }) => fits(spec)).map(({ write }) => write(spec)),
  requestText(spec, { name: 'n', folder }).text,
];

describe('a credential that a .http file names', () => {
  it.each([
    ['Authorization: Bearer {{TOKEN}}', 'Authorization', `Bearer ${canary}`],
    ['Authorization: {{auth}}', 'Authorization', `Bearer ${canary}`],
    ['X-Own: {{region}} {{OTHER}}', 'X-Own', `eu ${canary}`],
    ['X-Own: {{auth}}{{v60}}', 'X-Own', `Bearer ${canary}`],
    ['X-Own: {{$dotenv TOKEN}}', 'X-Own', canary],
    ['X-API-Key: {{$processEnv TOKEN}}', 'X-API-Key', canary],
  ])('is sent, and stands nowhere else: %s', async (line, header, value) => {
    const { text, spec } = await read(line);
    const session = new RequestSession(target);
    session.adopt('Chat', draftOf(spec, session.baseUrl)!, spec.secrets);
    // What the view gets, and what it gives back.
    const shown = JSON.stringify([session.draft, session.context]);
    session.put(session.entry, session.draft);
    const again = await session.spec();
    for (const each of [spec, again]) {
      const { sent, told } = await send(each);
      expect(sent[header]).toBe(value);
      expect(told).not.toContain(canary);
      expect(written(each)).toHaveLength(6);
      expect(written(each).join('\n')).not.toContain(canary);
      expect(written(each).join('\n')).toMatch(/TOKEN|OTHER|auth/);
    }
    expect(shown).not.toContain(canary);
    expect(writeSession(session.saved)).not.toContain(canary);
    // Saving it again changes nothing.
    const file = parseHttpFile(text);
    const filled = variables(text);
    const says = (template: string) => filled.fill(template).text;
    const saved = updateRequest(file, file.requests[0]!, again, { folder, says, keepBody: false });
    expect(saved.text).toBe(text);
  });

  it('is known to a request of the history, while the window lives', async () => {
    const { spec } = await read('X-Own: {{TOKEN}}');
    const session = new RequestSession(target);
    session.adopt('Chat', draftOf(spec, session.baseUrl)!, spec.secrets);
    const { method, url: address, headers, body } = spec;
    const kept = { method, url: address, headers, body: body! };
    expect((await send(session.withSecrets(kept))).sent['X-Own']).toBe(canary);
    expect(session.withSecrets(kept)).toEqual(spec);
  });

  it('is asked for again in another window', async () => {
    const { spec } = await read('Authorization: Bearer {{TOKEN}}');
    const session = new RequestSession(target);
    session.adopt('Chat', draftOf(spec, session.baseUrl)!, spec.secrets);
    const next = new RequestSession(target, undefined, readSession(writeSession(session.saved)));
    await expect(send(await next.spec())).rejects.toThrow(
      '{{TOKEN}} in the header Authorization has no value',
    );
  });

  it('has no value by a name that every object has', async () => {
    const headers = { 'X-A': '{{constructor}}' };
    await expect(send({ method: 'GET', url, headers })).rejects.toThrow('{{constructor}} in the header X-A');
  });

  it('leaves ordinary values as they are', async () => {
    const { spec } = await read('Accept: {{TOKEN}}\nX-Region: {{region}}');
    expect(spec.headers).toMatchObject({ Accept: canary, 'X-Region': 'eu' });
    expect(spec.secrets).toBeUndefined();
  });
});

describe('a credential in address or body', () => {
  it.each([
    ['', '{"hf_token": "{{TOKEN}}"}'],
    ['', '{"a": "{{$dotenv TOKEN}}"}'],
    ['', '{"a": "{{auth}}{{v60}}"}'],
    ['?x={{TOKEN}}', '{}'],
  ])('is sent, and not shown or kept: %s %s', async (query, body) => {
    const { spec } = await read('X-A: 1', query, body);
    expect(`${spec.url} ${spec.body as string}`).toContain(canary);
    expect(draftOf(spec, target.endpoint.url)).toBeUndefined();
    expect((await send(spec)).told).not.toContain(canary);
  });

  it("is told from other values that are the user's own", async () => {
    const { spec } = await read('X-A: 1', '?x={{OTHER}}', '{"a": "{{region}}"}');
    expect(spec.hidden).toBeUndefined();
    expect(draftOf(spec, target.endpoint.url)).toBeDefined();
  });
});

describe('a credential that was typed into a header', () => {
  it.each([
    ['Authorization', `Bearer ${canary}`, 'Bearer {{AUTHORIZATION}}'],
    ['x-api-key', canary, '{{X_API_KEY}}'],
    ['Cookie', `session=${canary}`, '{{COOKIE}}'],
  ])('is sent, and stands in no file: %s', async (name, value, variable) => {
    const session = new RequestSession(target);
    session.draft = {
      ...session.draft,
      method: 'POST',
      path: '/v1/chat/completions',
      headers: [{ name, value, on: true }],
      body: { kind: 'text', type: 'application/json', text: '{"model": "m"}', files: [] },
    };
    const spec = await session.spec();
    const { sent, told } = await send(spec);
    expect(sent[name]).toBe(value);
    expect(told.replaceAll('"x-echo"', '')).not.toContain(name === 'Cookie' ? value : canary);
    expect(written(spec)).toHaveLength(6);
    expect(written(spec).join('\n')).not.toContain(canary);
    expect(requestText(spec, { name: 'n', folder }).text).toContain(`\n${name}: ${variable}\n`);
    const kept = writeSession(session.saved);
    expect(kept).not.toContain(canary);
    expect(readSession(kept)?.drafts['hand']?.headers).toEqual([{ name, value: variable, on: true }]);
    expect(session.draft.headers[0]?.value).toBe(value);
  });
});

const post = (body: DraftBody, more: Partial<RequestDraft> = {}): RequestDraft => ({
  ...emptyDraft('POST', '/x'),
  body,
  ...more,
});
const json = (text: string): DraftBody => ({ kind: 'text', type: 'application/json', text, files: [] });
const line = (name: string, value: string) => [{ name, value, on: true }];

describe('a credential in a draft', () => {
  const places: [string, RequestDraft, string][] = [
    ['path', emptyDraft('GET', `/x?api_key=${canary}`), '/x?api_key={{API_KEY}}'],
    ['path value', { ...emptyDraft(), pathValues: { token: canary } }, '"token":"{{TOKEN}}"'],
    ['query', { ...emptyDraft(), query: line('key', canary) }, '{{KEY}}'],
    ['value of any name', { ...emptyDraft(), query: line('q', `hf_${canary}`) }, '{{TOKEN}}'],
    [
      'header',
      { ...emptyDraft(), headers: line('Authorization', `Bearer ${canary}`) },
      'Bearer {{AUTHORIZATION}}',
    ],
    [
      'line that is off',
      { ...emptyDraft(), query: [{ name: 'api_key', value: canary, on: false }] },
      '{{API_KEY}}',
    ],
    ['form field', post({ kind: 'form', fields: line('password', canary) }), '{{PASSWORD}}'],
    [
      'part',
      post({ kind: 'multipart', parts: [{ name: 'client_secret', on: true, text: canary }] }),
      '{{CLIENT_SECRET}}',
    ],
    [
      'member',
      post(json(`{"api_key": "${canary}", "n": 1.0}`)),
      String.raw`{\"api_key\": \"{{API_KEY}}\", \"n\": 1.0}`,
    ],
    ['nested member', post(json(`{"a": [{"hf_token": "${canary}"}]}`)), '{{HF_TOKEN}}'],
    ['JSON in JSON', post(json(JSON.stringify({ a: JSON.stringify({ password: canary }) }))), '{{PASSWORD}}'],
    ['broken JSON', post(json(`{"api_key": "${canary}", "n":`)), '{{API_KEY}}'],
    ['string being typed', post(json(`{"api_key": "${canary}`)), '{{API_KEY}}'],
    ['member without quotes', post(json(`{"api_key": ${canary}}`)), String.raw`\"api_key\": {{API_KEY}}`],
    [
      'other body',
      post({ kind: 'none' }, { otherBodies: [{ kind: 'form', fields: line('password', canary) }] }),
      '{{PASSWORD}}',
    ],
  ];
  let storage: ReturnType<typeof secretStorage>;
  let drafts: string;
  const saved = (keys: SealKeys = storage) => new SavedDrafts(new KeyedFiles(drafts, 3), keys, silentLogger);
  const sessionWith = (draft: RequestDraft) => {
    const session = new RequestSession(target);
    session.draft = draft;
    return session.saved;
  };
  /** Every byte that was written. */
  const bytes = async () => {
    const names = await readdir(drafts);
    return (await Promise.all(names.map((name) => readFile(path.join(drafts, name), 'utf8')))).join('\n');
  };
  beforeEach(async () => {
    storage = secretStorage();
    drafts = await mkdtemp(path.join(folder, 'canary-'));
  });

  it.each(places)('stands in no file, and comes back: %s', async (_place, draft, masked) => {
    const session = sessionWith(draft);
    const before = saved();
    await before.read(url);
    await before.write(url, session);
    expect(await bytes()).not.toContain(canary);
    expect(await bytes()).toContain(masked);
    expect(await saved().read(url)).toEqual(session);
    before.writeNow(url, session);
    expect(await bytes()).not.toContain(canary);
    expect(await saved().read(url)).toEqual(session);
    expect([...storage.kept.values()].join('')).not.toContain(canary);
  });

  it.each(places.filter(([place]) => !/off|other body/.test(place)))(
    'is a variable in saved requests and code: %s',
    async (_place, draft) => {
      const path = draft.path === '/' && draft.pathValues['token'] ? '/x?token={token}' : draft.path;
      const spec = await specOfDraft({ ...draft, path }, url);
      const texts = written(spec);
      expect(texts).toHaveLength(5);
      expect(texts.join('\n')).not.toContain(canary);
      for (const text of texts) expect(text).toMatch(/API_KEY|TOKEN|KEY|AUTHORIZATION|PASSWORD|SECRET/);
    },
  );

  it.each<[string, SealKeys]>([
    ['lost its key', secretStorage()],
    [
      'fails',
      { get: () => Promise.reject(new Error('locked')), store: () => Promise.reject(new Error('locked')) },
    ],
  ])('is a variable where the secret storage %s, and all else is there', async (_what, keys) => {
    const draft = post(json(`{"api_key": "${canary}", "n": 1}`), { query: line('q', '1') });
    const before = saved();
    await before.read(url);
    await before.write(url, sessionWith(draft));
    const after = await saved(keys).read(url);
    expect(after?.drafts[byHand]).toEqual({ ...draft, body: json('{"api_key": "{{API_KEY}}", "n": 1}') });
    await saved(keys).write(url, sessionWith(draft));
    expect(await bytes()).not.toContain(canary);
  });

  it('goes with its draft, and the secret storage has one key for all', async () => {
    const all = saved();
    for (const name of ['a', 'b', 'c', 'd']) {
      await all.read(name);
      await all.write(name, sessionWith(emptyDraft('GET', `/x?api_key=${canary}`)));
    }
    expect(await readdir(drafts)).toHaveLength(3);
    expect([...storage.kept.keys()].every((name) => name.startsWith('requestDraftsKey'))).toBe(true);
    expect(new Set(storage.kept.values()).size).toBe(1);
  });
});
