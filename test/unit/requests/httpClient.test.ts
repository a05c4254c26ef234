import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';

const slots = [Symbol.for('undici.globalDispatcher.1'), Symbol.for('undici.globalDispatcher.2')];
const dispatchers = () => slots.map((slot): unknown => Reflect.get(globalThis, slot));
Reflect.get(globalThis, 'fetch');
const before = dispatchers();
const { send } = await import('../../../src/requests/httpClient.ts');

let close: (() => void) | undefined;
afterEach(() => close?.());

async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}
const request = (url: string, changes: Partial<Parameters<typeof send>[0]> = {}) =>
  send({
    method: 'GET',
    url,
    headers: {},
    signal: new AbortController().signal,
    headersTimeoutMs: 5000,
    ...changes,
  });

describe('the HTTP client', () => {
  it('leaves the dispatcher of the process as it was', () => {
    expect(before[0]).toBeDefined();
    expect(dispatchers()).toEqual(before);
    expect(dispatchers()[0]).toBe(before[0]);
  });

  it('sends body and headers and reports status, size, timing and call id', async () => {
    const { url } = await serve((incoming, response) => {
      response.setHeader('modal-function-call-id', 'fc-7');
      incoming.pipe(response);
    });
    const result = await request(url, {
      method: 'POST',
      body: 'grüße',
      headers: { 'content-type': 'text/plain' },
    });
    expect(result).toMatchObject({ status: 200, body: 'grüße', size: 7, callId: 'fc-7' });
    expect(result.timing.total).toBeGreaterThanOrEqual(result.timing.firstByte);
    expect(result.timing.connect).toBeGreaterThan(0);
  });

  it('follows the 303 long poll by GET and counts it', async () => {
    const seen: string[] = [];
    const { url } = await serve((incoming, response) => {
      seen.push(`${incoming.method ?? ''} ${incoming.url ?? ''}`);
      if (seen.length < 3) response.writeHead(303, { location: `/?call=${seen.length}` }).end();
      else response.end('late');
    });
    const polls: number[] = [];
    const result = await request(url, { method: 'POST', body: '{}', onPoll: (count) => polls.push(count) });
    expect(result).toMatchObject({ body: 'late', timing: { polls: 2 } });
    expect(seen).toEqual(['POST /', 'GET /?call=1', 'GET /?call=2']);
    expect(polls).toEqual([1, 2]);
  });

  it('does not carry the key to another server', async () => {
    const { url } = await serve((_incoming, response) =>
      response.writeHead(303, { location: 'http://127.0.0.2:1/steal' }).end(),
    );
    await expect(request(url, { headers: { authorization: 'Bearer secret' } })).rejects.toMatchObject({
      kind: 'invalid',
    });
  });

  it('passes text on as it comes', async () => {
    const { url } = await serve((_incoming, response) => {
      response.write('data: 1\n\n');
      setTimeout(() => response.end('data: 2\n\n'), 50);
    });
    const texts: string[] = [];
    await request(url, { onText: (text) => texts.push(text) });
    expect(texts).toEqual(['data: 1\n\n', 'data: 2\n\n']);
  });

  it('frees the socket when it is cancelled', async () => {
    const { server, url } = await serve(() => undefined);
    const abort = new AbortController();
    const connected = once(server, 'connection') as Promise<
      [{ once(event: 'close', listener: () => void): void }]
    >;
    const pending = request(url, { signal: abort.signal });
    const [socket] = await connected;
    const closed = new Promise<void>((resolve) => socket.once('close', resolve));
    abort.abort();
    await expect(pending).rejects.toMatchObject({ kind: 'cancelled' });
    await closed;
  });

  it('names what went wrong', async () => {
    const { server, url } = await serve((_incoming, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
      setTimeout(() => response.destroy(), 20);
    });
    await expect(request(url)).rejects.toMatchObject({ kind: 'offline' });
    const { url: silent } = await serve(() => undefined);
    await expect(request(silent, { headersTimeoutMs: 100 })).rejects.toMatchObject({ kind: 'timeout' });
    server.closeAllConnections();
    server.close();
    await once(server, 'close').catch(() => undefined);
    await expect(request(url)).rejects.toMatchObject({
      kind: 'offline',
      message: expect.stringMatching(/Nothing listens/) as string,
    });
  });
});
