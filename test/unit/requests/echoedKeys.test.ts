/** Canary: a server that repeats the key, wherever it does, tells it to nobody who shows or keeps the answer. */
import { describe, expect, it } from 'vitest';
import type { HttpResult, RequestSpec } from '../../../src/domain/request.ts';
import type { AnswerHead, ClientRequest } from '../../../src/features/requests/core/httpClient.ts';
import { RequestSender } from '../../../src/features/requests/core/send.ts';
import { httpResult } from '../support/httpResult.ts';

const key = 'CANARYcanary0123456789';
const spec: RequestSpec = {
  method: 'GET',
  url: 'https://me--demo.modal.run/',
  headers: {},
  auth: { header: 'Authorization', scheme: 'Bearer', secretRef: 'demo' },
};
const echo = `you sent ${key}!`;

/** @param answer of a server that was given the key */
async function answered(answer: HttpResult, chunks: readonly string[] = []) {
  const heads: AnswerHead[] = [];
  const seen: string[] = [];
  const logged: string[] = [];
  const log = (text: string) => void logged.push(text);
  const sent: string[] = [];
  const sender = new RequestSender({
    logger: { trace: log, debug: log, info: log, warn: log, error: log },
    resolveSecret: () => Promise.resolve(key),
    timeoutSeconds: () => 5,
    loadClient: () =>
      Promise.resolve({
        send: (request: ClientRequest) => {
          sent.push(JSON.stringify(request.headers));
          request.onHead?.(answer);
          for (const chunk of chunks) request.onChunk?.(Buffer.from(chunk), 1);
          return Promise.resolve(answer);
        },
      }),
  });
  const result = await sender.send(spec, new AbortController().signal, {
    onHead: (head) => heads.push(head),
    onChunk: (bytes) => seen.push(Buffer.from(bytes).toString()),
  });
  expect(sent.join()).toContain(key);
  return { result, heads: JSON.stringify(heads), seen: seen.join(''), logged: logged.join('\n') };
}

const places: readonly (readonly [string, Partial<HttpResult>])[] = [
  ['status text', { statusText: echo }],
  ['headers', { headers: { 'x-echo': echo } }],
  ['call id', { callId: key }],
  ['text', { body: echo }],
  ['bytes', { bytes: Buffer.from(echo) }],
  ['failure', { failure: echo }],
];

describe('a key that a server repeats', () => {
  it.each(places)('in its %s is masked, and the answer says so', async (_place, changes) => {
    const { result, heads, logged } = await answered(httpResult('', changes));
    const { bytes, ...rest } = result;
    const kept = `${JSON.stringify(rest)} ${Buffer.from(bytes ?? []).toString()}`;
    expect(kept + heads + logged).not.toContain(key);
    expect(kept).toContain('*'.repeat(key.length));
    expect(result.keyMasked).toBe(true);
  });

  it('in its head is masked before the body has come', async () => {
    const { heads } = await answered(httpResult('', { statusText: echo, headers: { 'x-echo': echo } }));
    expect(heads.match(/you sent \*{22}!/g)).toHaveLength(2);
  });

  it('in pieces of its body is masked as they come, also across two of them', async () => {
    const { seen } = await answered(httpResult(''), [
      'it is ',
      key,
      ' and CANARY',
      'canary0123456789',
      ' then more',
    ]);
    expect(seen).not.toContain(key);
    expect(seen).not.toContain('canary0123456789');
    expect(seen).toContain('it is ');
  });

  it('changes nothing of an answer that has none', async () => {
    const answer = httpResult('{"ok":true}', { headers: { a: 'b' } });
    const { result, logged } = await answered(answer);
    expect(result).toEqual(answer);
    expect(logged).toContain('GET https://me--demo.modal.run/: 200');
  });
});
