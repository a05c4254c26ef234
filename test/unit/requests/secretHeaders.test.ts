/** Canary: a credential of a header reaches the server and nothing else. */
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { silentLogger } from '../../../src/domain/logger.ts';
import type { RequestSpec } from '../../../src/domain/request.ts';
import { draftOf } from '../../../src/requests/draftOf.ts';
import { snippetKinds } from '../../../src/requests/export/snippets.ts';
import { RequestHistory } from '../../../src/requests/history/history.ts';
import { readEnvironments } from '../../../src/requests/httpFile/environment.ts';
import { parseHttpFile } from '../../../src/requests/httpFile/parse.ts';
import { specOf } from '../../../src/requests/httpFile/toSpec.ts';
import { Variables } from '../../../src/requests/httpFile/variables.ts';
import { requestText, updateRequest } from '../../../src/requests/httpFile/write.ts';
import { RecordedSender } from '../../../src/requests/recordedSender.ts';
import { RequestSender } from '../../../src/requests/send.ts';
import { RequestSession } from '../../../src/ui/requests/requestSession.ts';
import { readSession, writeSession } from '../../../src/ui/requests/savedSession.ts';
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
  const spec = await specOf(file, file.requests[0]!, {
    variables: variables(text),
    folder,
    readFile: (name) => readFile(name),
    checkFile: () => Promise.resolve(),
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
          input.onChunk?.(Buffer.from(echo));
          return Promise.resolve(httpResult(echo, { headers: { 'x-echo': canary } }));
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
