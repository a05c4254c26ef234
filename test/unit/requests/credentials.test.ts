/** Canary: credentials of every known form and name stay out of all that is kept or handed on. */
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { lintSource } from '@secretlint/core';
import { creator, rules } from '@secretlint/secretlint-rule-preset-recommend';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redact, redactHeader, replaceCredentials } from '../../../src/shared/redact.ts';
import type { RequestBody, RequestSpec } from '../../../src/domain/request.ts';
import { draftOf } from '../../../src/features/requests/core/draftOf.ts';
import { snippetKinds } from '../../../src/features/savedRequests/core/export/snippets.ts';
import { RequestHistory } from '../../../src/features/savedRequests/core/history/history.ts';
import { requestText } from '../../../src/features/savedRequests/core/httpFile/write.ts';
import { maskedDraft } from '../../../src/features/requests/core/maskedDraft.ts';
import { wholeBody } from '../../../src/features/requests/core/requestBody.ts';
import { httpResult } from '../support/httpResult.ts';
import { forms, links, named, ordinary, privateKeys } from './fixtures/credentials.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'credentials-'));
});
afterAll(() => rm(folder, { recursive: true }));

const base = 'https://me--demo.modal.run';
const post = (body: RequestBody, headers: Record<string, string> = {}): RequestSpec => ({
  method: 'POST',
  url: `${base}/x`,
  headers,
  body,
});
const get = (url: string): RequestSpec => ({ method: 'GET', url: `${base}${url}`, headers: {} });
const json = (value: unknown) => post(JSON.stringify(value), { 'content-type': 'application/json' });
const encoded = encodeURIComponent;

type Place = (name: string, value: string) => RequestSpec;

/** Where a value stands under a name. */
const places: Readonly<Record<string, Place>> = {
  query: (name, value) => get(`/x?a=1&${name}=${encoded(value)}&b=2`),
  fragment: (name, value) => get(`/x#${name}=${encoded(value)}`),
  'JSON in a query': (name, value) => get(`/x?filter=${encoded(JSON.stringify({ [name]: value }))}`),
  'address in a query': (name, value) => get(`/x?next=${encoded(`https://h/?${name}=${encoded(value)}`)}`),
  form: (name, value) => post(`a=1&${name}=${encoded(value)}`),
  'form of an object': (name, value) => post(`user%5B${name}%5D=${encoded(value)}&b=1`),
  member: (name, value) => json({ a: 1, [name]: value, b: [1, 2] }),
  'member far within': (name, value) => json({ a: [{ b: { c: [{ [name]: value }] } }] }),
  'member in a list': (name, value) => json({ [name]: [value, 'plain'] }),
  'JSON in JSON': (name, value) => json({ a: JSON.stringify({ [name]: value, n: 1 }) }),
  'JSON in JSON in JSON': (name, value) =>
    json({ a: JSON.stringify({ b: JSON.stringify({ [name]: value }) }) }),
  'JSON that is cut': (name, value) =>
    post(`{"a": 1, "b": {"${name}": ${JSON.stringify(value).slice(0, -1)}`),
  'GraphQL variables': (name, value) =>
    json({ query: 'mutation ($a: A!) { a(a: $a) }', variables: { [name]: value } }),
  'name and value': (name, value) => json({ env: [{ name, value }] }),
  part: (name, value) =>
    post({
      parts: [
        { name, text: value },
        { name: 'b', text: '1' },
      ],
    }),
  'part with a type': (name, value) =>
    post({ parts: [{ name: 'a', text: JSON.stringify({ [name]: value }), type: 'application/json' }] }),
  'parts as text': (name, value) =>
    post(`--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n--x--\r\n`),
  YAML: (name, value) => post(`a: 1\nb:\n  - c: 2\n    ${name}: ${value}\n    d: 3\n`),
  'YAML with quotes': (name, value) => post(`a: 1\n${name}: "${value}"\n`),
  'lines of settings': (name, value) => post(`A=1\n${name}=${value}\nB=2\n`),
  'lines of settings in JSON': (name, value) => json({ env: `A=1\n${name}=${value}\nB=2` }),
  XML: (name, value) => post(`<?xml version="1.0"?><a><${name}>${value}</${name}><b>1</b></a>`),
  'attributes of XML': (name, value) => post(`<add key="${name}" value="${value}" /><a ${name}="${value}"/>`),
  code: (name, value) => json({ code: `login(${name.replaceAll(/\W/g, '_')}="${value}", retries=3)` }),
};
/** Names that elements of XML cannot have, and values that need quotes there. */
const fits = (place: string, name: string) => place !== 'XML' || /^[A-Za-z_][\w.-]*$/.test(name);

/** Where a value needs no name. */
const anywhere: Readonly<Record<string, (value: string) => RequestSpec>> = {
  'part of a path': (value) => get(`/files/${value}/x`),
  'encoded part of a path': (value) => get(`/files/${encoded(`a=${value}`)}/x`),
  'any parameter': (value) => get(`/x?q=${value}`),
  'any fragment': (value) => get(`/x#a=${value}`),
  'any member': (value) => json({ note: value, n: 1 }),
  'amid text': (value) =>
    json({ messages: [{ role: 'user', content: `Use ${value}, please.\n${value}\n` }] }),
  'any part': (value) => post({ parts: [{ name: 'a', text: value }] }),
  'any header': (value) => post('{}', { 'X-Anything': value }),
  'header line in a text': (value) => post(`GET / HTTP/1.1\nX-Anything: ${value}\nCookie: a=${value}; b=1\n`),
  'any setting': (value) => post(`A=1\nB=${value}\nC=3\n`),
};

/** All that is written or handed on of a request, and of a server that repeats it. */
async function written(spec: RequestSpec): Promise<string> {
  const body = spec.body === undefined ? '' : Buffer.from((await wholeBody(spec.body)).body ?? '').toString();
  const history = new RequestHistory(await mkdtemp(path.join(folder, 'h-')));
  const echo = JSON.stringify({ url: spec.url, headers: spec.headers, body });
  await history.add({ spec, at: 1, result: httpResult(echo, { headers: { 'x-echo': spec.url } }) });
  const [name = ''] = await readdir(history.folder);
  const kept = await readFile(path.join(history.folder, name), 'utf8');
  const draft = draftOf(spec, base);
  return [
    kept,
    saved(spec),
    ...snippetKinds.filter((kind) => kind.fits(spec)).map((kind) => kind.write(spec)),
    draft ? maskedDraft(draft) : '',
    redact(`${spec.method} ${spec.url}: ${body}`),
    redact(JSON.stringify(spec)),
  ]
    .map((text) => (typeof text === 'string' ? text : JSON.stringify(textOf(text))))
    .join('\n');
}

/** Parts of several lines are refused there. */
function saved(spec: RequestSpec): object {
  try {
    return requestText(spec, { name: `${spec.method} ${spec.url}`, folder, bodyName: (file) => file });
  } catch (error) {
    expect(String(error)).toContain('Send it as a file');
    return {};
  }
}

/** Bodies that are files are texts. */
const textOf = (value: object) =>
  'bodyFile' in value
    ? { ...value, bodyFile: Buffer.from((value.bodyFile as { bytes: Uint8Array }).bytes).toString() }
    : value;

/** As it stands in addresses and in strings too. */
function shows(text: string, value: string): boolean {
  const inString = JSON.stringify(value).slice(1, -1);
  return [value, encoded(value), inString].some((form) => text.includes(form));
}

describe('a credential that its name tells', () => {
  it.each(Object.keys(places))('is nowhere to be read: %s', async (place) => {
    const seen: string[] = [];
    for (const [name, value] of named.filter(([each]) => fits(place, each)))
      if (shows(await written(places[place]!(name, value)), value)) seen.push(`${name} ${value}`);
    expect(seen).toEqual([]);
  });

  it.each([
    ...named.map(([name]) => name).filter((name) => !/^[a-z]+$/.test(name) || name === 'authorization'),
    'X-Access-Key-Id',
    'X-Auth',
    'X-Auth-Key',
    'Api-Key',
    'apikey',
    'Cookie',
    'Set-Cookie',
    'X-Session-Id',
    'X-Functions-Key',
    'Ocp-Apim-Subscription-Key',
    'X-Goog-Api-Key',
    'Private-Token',
    'X-Amz-Security-Token',
    'Modal-Key',
    'Modal-Secret',
    'X-Vault-Token',
    'CF-Access-Client-Secret',
  ])('is nowhere to be read as a header: %s', async (name) => {
    const value = name.endsWith('Cookie') ? 'a=opensesame1234' : 'opensesame1234';
    expect(redactHeader(name, value)).toBe('…');
    expect(shows(await written(post('{}', { [name.replaceAll(/[^\w-]/g, '-')]: value })), value)).toBe(false);
  });
});

describe('a credential that its form tells', () => {
  it.each(Object.keys({ ...places, ...anywhere }))('is nowhere to be read: %s', async (place) => {
    const seen: string[] = [];
    for (const [what, value] of forms) {
      const make = anywhere[place] ?? ((each: string) => places[place]!('note', each));
      if (shows(await written(make(value)), value)) seen.push(`${what} ${value}`);
    }
    expect(seen).toEqual([]);
  });

  it('is nowhere to be read in an address, with or without a name', async () => {
    const seen: string[] = [];
    const all: Readonly<Record<string, Place>> = { ...places, direct: (_name, value) => post(value) };
    for (const [name, value, secret] of links)
      for (const [place, make] of Object.entries(all))
        if (
          fits(place, name) &&
          !/YAML|settings|XML/.test(place) &&
          (await written(make(name, value))).includes(secret)
        )
          seen.push(`${place} ${name} ${value}`);
    for (const url of ['https://someone:hunter2pass@h.example/x', 'https://hunter2pass1@h.example/'])
      if ((await written({ method: 'GET', url, headers: {} })).includes('hunter2pass')) seen.push(url);
    expect(seen).toEqual([]);
  });

  it('is nowhere to be read as a private key, whole or cut', async () => {
    for (const key of privateKeys) {
      const lines = key.split('\n').filter((line) => line.length === 64);
      for (const spec of [
        json({ a: key }),
        post(key),
        post(`before\n${key}\nafter`),
        post(key.slice(0, -40)),
        post({ parts: [{ name: 'a', text: key }] }),
        json({ a: JSON.stringify({ b: key }) }),
        get(`/x?a=${encoded(key)}`),
      ])
        for (const line of lines) expect(shows(await written(spec), line)).toBe(false);
    }
    expect(redact(`before\n${privateKeys[0]!}\nafter`)).toBe('before\n…\nafter');
  }, 60_000);

  it('is nowhere to be read as the secret beside the id of an access key', async () => {
    const id = forms.find(([what]) => what === 'AWS access key')?.[1] ?? '';
    const secret = `wJalrXUtnFEMI/K7MDENG/bPxRfiCYaB3dE5gH7j`;
    for (const text of [
      `${id} ${secret}`,
      `${id}:${secret}`,
      JSON.stringify([id, secret]),
      `id ${id}\nkey ${secret}`,
    ])
      expect(shows(await written(post(text)), secret)).toBe(false);
  });
});

describe('a credential that the server repeats under another name', () => {
  it.each<[string, Partial<RequestSpec>, string]>([
    ['member', { body: '{"password": "hunter2pass"}' }, 'hunter2pass'],
    ['parameter', { url: `${base}/x?api_key=hunter2pass` }, 'hunter2pass'],
    ['part', { body: { parts: [{ name: 'secret', text: 'hunter2pass' }] } }, 'hunter2pass'],
    ['cookie', { headers: { Cookie: 'a=1; session=hunter2pass' } }, 'hunter2pass'],
    ['header', { headers: { 'X-Api-Key': 'hunter2pass' } }, 'hunter2pass'],
    ['Basic', { headers: { Authorization: `Basic ${btoa('someone:hunter2pass')}` } }, 'hunter2pass'],
  ])('is not kept: %s', async (_place, spec, value) => {
    const history = new RequestHistory(await mkdtemp(path.join(folder, 'h-')));
    const echo = JSON.stringify({ you: value, said: `"${value}"` });
    await history.add({
      spec: { ...post('{}'), ...spec },
      at: 1,
      result: httpResult(echo, { headers: { 'x-you': value } }),
    });
    await history.add({ spec: { ...post('{}'), ...spec }, at: 2, error: new Error(`refused ${value}`) });
    for (const name of await readdir(history.folder))
      expect(await readFile(path.join(history.folder, name), 'utf8')).not.toContain(value);
  });
});

describe('a credential of a sign-in, and of .netrc', () => {
  it.each([
    ['https://a.example/callback?code=4/0AfJohXkq7Zx9Lr2mVb8N&scope=email', '4/0AfJohXkq7Zx9Lr2mVb8N'],
    ['https://a.example/callback?state=x&code=SplxlOBeZQQYbYS6WxSbIA', 'SplxlOBeZQQYbYS6WxSbIA'],
    ['machine api.example login me password hunter2pass', 'hunter2pass'],
    ['machine a.example\n  login me\n  password hunter2\nmachine b.example password other', 'hunter2'],
    ['machine a.example\n  login me\n  password hunter2\nmachine b.example password other', 'other'],
  ])('is masked: %j', (text, value) => {
    expect(redact(text)).not.toContain(value);
    expect(replaceCredentials(text, () => '…')).not.toContain(value);
  });

  it.each([
    'https://a.example/x?code=404&lang=en',
    'https://a.example/x?code=INVALID_ARGUMENT',
    'https://a.example/run?code=print(1)',
    'The machine asks who may login and has a password in its memory.',
  ])('is no word of an ordinary text: %j', (text) => {
    expect(redact(text)).toBe(text);
  });
});

describe('what a request sends', () => {
  it('is the same again when the variables are filled in', () => {
    for (const place of [...Object.values(places)])
      for (const [name, value] of [...named, ...forms.slice(0, 20)]) {
        const { url, body } = place(name, value);
        for (const text of [url, typeof body === 'string' ? body : '']) {
          const values: string[] = [];
          const masked = replaceCredentials(text, (_, each) => `\u0000${values.push(each) - 1}\u0001`);
          expect(masked.replaceAll(/\0(\d+)\u0001/g, (_, at: string) => values[Number(at)]!)).toBe(text);
        }
      }
  });

  it.each(ordinary.map((text) => [text.slice(0, 70), text]))(
    'stays as it is without a credential: %s',
    (_begin, text) => {
      expect(replaceCredentials(text, () => '…')).toBe(text);
      expect(redact(text)).toBe(text);
    },
  );

  it('stays as it is in headers without a credential', () => {
    for (const [name, value] of [
      ['Accept', 'text/event-stream'],
      ['Idempotency-Key', '0e5f2b8c-1111-4a4a-9c9c-123456789012'],
      ['X-Request-Id', 'req_011CSHoEeqs5C35K2UUqR7Fy'],
      ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
      ['ETag', '"33a64df551425fcc55e4d42a148795d9f25f89d4"'],
      ['Cache-Control', 'max-age=3600'],
      ['WWW-Authenticate', 'Basic realm="x"'],
      ['X-Auth-User', 'ada'],
      ['Content-Type', 'application/json; charset=utf-8'],
      ['X-Token-Count', '12345678'],
      ['Authorization', 'Bearer {{TOKEN}}'],
    ] as const)
      expect(redactHeader(name, value)).toBe(value);
  });
});

/** Secretlint's published rules: what they find is a credential, and they find none in what we write. */
describe('the rules of secretlint', () => {
  const config = { rules: [{ id: creator.meta.id, rule: creator, options: {} }] };
  const findings = async (content: string) => {
    const source = { filePath: '/a.txt', content, contentType: 'text' as const };
    const { messages } = await lintSource({ source, options: { config } });
    return messages;
  };
  const samples = [
    ...forms.map(([, value]) => `x = ${value}`),
    ...forms.map(([what, value]) =>
      what.startsWith('AWS') ? `aws_access_key_id = ${value}` : `//registry.example/:_authToken=${value}`,
    ),
    ...links.map(([, value]) => value),
    ...privateKeys,
    `AWS_SECRET_ACCESS_KEY = wJalrXUtnFEMI/K7MDENG/bPxRfiCYaB3dE5gH7j`,
    `//npm.example.com/:_authToken=${forms.find(([what]) => what === 'npm')?.[1] ?? ''}`,
    JSON.stringify({
      type: 'service_account',
      project_id: 'p',
      private_key_id: 'a'.repeat(40),
      private_key: privateKeys[1],
      client_email: 'a@p.iam.gserviceaccount.com',
      client_id: '1'.repeat(21),
      auth_uri: 'https://accounts.google.com/o/oauth2/auth',
      token_uri: 'https://oauth2.googleapis.com/token',
    }),
  ];
  /** They look at files of an own kind, or at comments. */
  const withoutSample = ['gcp', 'filter-comments'];

  it('find our samples, of each of them', async () => {
    const found = new Set((await findings(samples.join('\n\n'))).map(({ ruleId }) => ruleId));
    const all = rules
      .map(({ meta }) => meta.id)
      .filter((id) => !withoutSample.some((name) => id.endsWith(name)));
    expect(all.length).toBeGreaterThan(20);
    expect(all.filter((id) => !found.has(id))).toEqual([]);
  });

  it('find nothing in what is kept or handed on', async () => {
    const texts = await Promise.all(
      samples
        .flatMap((sample) => [
          post(sample),
          json({ a: sample }),
          post({ parts: [{ name: 'a', text: sample }] }),
        ])
        .map(written),
    );
    const messages = await findings(texts.join('\n\n'));
    expect(messages.map(({ ruleId, message }) => `${ruleId} ${message}`)).toEqual([]);
  });
});
