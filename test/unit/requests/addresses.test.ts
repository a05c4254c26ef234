/** Paths, values and queries that try to make another server of an endpoint's address. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isModalError } from '../../../src/domain/errors.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { emptyDraft } from '../../../src/domain/requestDraft.ts';
import { RequestSender } from '../../../src/features/requests/core/send.ts';
import { addressOf, specOf } from '../../../src/features/requests/core/spec.ts';

const key = 'sk-canary-4Rw8Tn1ZqLp';
let near: Server;
let far: Server;
const arrived: { readonly at: Server; readonly key: string | undefined }[] = [];

async function listen(): Promise<Server> {
  const server: Server = createServer((request, response) => {
    arrived.push({ at: server, key: request.headers.authorization });
    response.end('ok');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
const portOf = (server: Server) => (server.address() as AddressInfo).port;

beforeAll(async () => {
  [near, far] = await Promise.all([listen(), listen()]);
});
afterAll(() => {
  for (const server of [near, far]) {
    server.closeAllConnections();
    server.close();
  }
});

/** `evil` stands for the host and port of the other server. */
const paths = [
  '//evil',
  '///evil/',
  '////evil',
  '\\evil',
  '\\\\evil',
  '/\\evil',
  '\\/evil',
  '@evil',
  ':x@evil',
  '/@evil',
  'a@evil/',
  'a:b@evil/',
  '.evil',
  ':80@evil',
  '%2f%2fevil',
  '/%2F/evil',
  '%5cevil',
  '%40evil',
  '%00@evil',
  'http://evil/',
  'HTTP://evil/',
  'http:evil',
  'http:\\\\evil',
  'https://user:word@evil/',
  'ht\ttp://evil/',
  ' //evil',
  '\t//evil',
  '\r\n//evil',
  '\u00a0//evil',
  '\ufeff//evil',
  '/\t/evil',
  '/\n/evil',
  '/../..//evil',
  '/..\\..\\\\evil',
  '/%2e%2e//evil',
  '/.//evil',
  '?@evil',
  '?http://evil',
  '#@evil',
  '#//evil',
  ';@evil',
  'javascript://evil/%0aalert(1)',
  'data:text/html,evil',
  'file://evil/etc/passwd',
  '//evil\\@x',
  '\u2044\u2044evil',
  '\uff0f\uff0fevil',
  '\uff20evil',
  '\u3002evil',
  '{a}//evil',
] as const;

const withEvil = (text: string) => text.replaceAll('evil', `127.0.0.1:${portOf(far)}`);
const auth = { secretRef: 'ref', header: 'Authorization', scheme: 'Bearer' };
const sender = new RequestSender({
  logger: silentLogger,
  resolveSecret: () => Promise.resolve(key),
  timeoutSeconds: () => 10,
});

/** What is made of a text, wherever in the draft it stands. */
const drafts = (text: string) => [
  { ...emptyDraft(), method: 'GET', auth, path: text, pathValues: { a: '//evil' } },
  { ...emptyDraft(), method: 'GET', auth, path: '/{a}', pathValues: { a: text } },
  { ...emptyDraft(), method: 'GET', auth, path: '{a}', pathValues: { a: text } },
  { ...emptyDraft(), method: 'GET', auth, path: '/a', query: [{ name: text, value: text, on: true }] },
];

describe('an address from a path', () => {
  it('is tried in more than 24 forms', () => {
    expect(new Set(paths).size).toBeGreaterThanOrEqual(50);
  });

  it.each(paths)('stays at the endpoint, and so does the key: %j', async (form) => {
    const text = withEvil(form);
    for (const base of [`http://127.0.0.1:${portOf(near)}`, `http://127.0.0.1:${portOf(near)}/api/`])
      for (const draft of drafts(text)) {
        arrived.length = 0;
        expect(new URL(addressOf(draft, base)).origin).toBe(`http://127.0.0.1:${portOf(near)}`);
        await sender.send(await specOf(draft, base), new AbortController().signal);
        expect(arrived).toEqual([{ at: near, key: `Bearer ${key}` }]);
      }
  });

  it.each(paths)('is one part of it as a value: %j', (form) => {
    const draft = { ...emptyDraft('GET', '/x/{a}/y'), pathValues: { a: form } };
    const { pathname } = new URL(addressOf(draft, 'https://a.example/api'));
    const [, first, second, value = '', last, ...more] = pathname.split('/');
    expect([first, second, last, more]).toEqual(['api', 'x', 'y', []]);
    expect(decodeURIComponent(value)).toBe(form);
  });

  it('is refused where a value is missing', () => {
    const draft = { ...emptyDraft(), method: 'GET', path: '/{a}' };
    try {
      addressOf(draft, 'http://a.example');
      expect.unreachable();
    } catch (error) {
      expect(isModalError(error) && error.message).toBe('The path needs a value for {a}.');
    }
  });
});
