import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { plainNetwork } from '../../../src/domain/network.ts';
import type { TestProxy } from '../support/proxy.ts';
import { proxyTo as startProxy } from '../support/proxy.ts';

const slots = [Symbol.for('undici.globalDispatcher.1'), Symbol.for('undici.globalDispatcher.2')];
const dispatchers = () => slots.map((slot): unknown => Reflect.get(globalThis, slot));
const fetchBefore: unknown = Reflect.get(globalThis, 'fetch');
const before = dispatchers();
const { send } = await import('../../../src/features/requests/core/httpClient.ts');

const fixture = (name: string) => path.join(import.meta.dirname, 'fixtures', name);
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

async function serve(handle: Handler) {
  const server = createServer(handle);
  return { server, url: `http://127.0.0.1:${await listen(server)}/` };
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

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

describe('the HTTP client', () => {
  it.each([
    ['text/event-stream', 'data: {"token": "a"}\n\ndata: {"error": {"message": "gone"}}\n\n', 'gone'],
    ['application/json', '{"error": "gone"}', 'gone'],
    ['application/x-ndjson', '{"error": "gone"}\n', 'gone'],
    ['application/json', '{"error": null}', undefined],
    ['text/plain', '{"error": "gone"}', undefined],
  ])('finds what went wrong in an answer of status 200: %s %s', async (type, body, failure) => {
    const { url } = await serve((_incoming, response) => {
      response.writeHead(200, { 'content-type': type }).write(body.slice(0, 20));
      response.end(body.slice(20));
    });
    const times: number[] = [];
    const result = await request(url, { onChunk: (_bytes, at) => times.push(at) });
    expect(result.failure).toBe(failure);
    expect(Math.max(...times)).toBeLessThanOrEqual(result.timing.total);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(result.timing.firstByte);
  });

  it('leaves the dispatcher and the fetch of the process as they were', async () => {
    const { url } = await serve((_incoming, response) => response.end('ok'));
    await request(url);
    expect(before[0]).toBeDefined();
    expect(dispatchers()).toEqual(before);
    expect(dispatchers()[0]).toBe(before[0]);
    expect(Reflect.get(globalThis, 'fetch')).toBe(fetchBefore);
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

  it('reads files while it sends them, with a length, and keeps names from becoming headers', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'parts-'));
    const file = path.join(folder, 'page.png');
    await writeFile(file, Buffer.alloc(300_000, 7));
    const { url } = await serve((incoming, response) => {
      void bodyOf(incoming).then((body) =>
        response.end(JSON.stringify({ headers: incoming.headers, body: body.toString('latin1') })),
      );
    });
    const parts = [
      { name: 'note', text: 'grüße' },
      { name: 'file', file: { path: file, name: 'a"b\r\nX-Evil: 1.png', type: 'image/png' } },
    ];
    const headers = { 'Content-Type': 'application/json' };
    const result = await request(url, { method: 'POST', headers, body: { parts } });
    const seen = JSON.parse(result.body) as { headers: Record<string, string>; body: string };
    // Deprecated for servers that read large forms; here it is an independent reader of a small one.
    const received = new Response(Buffer.from(seen.body, 'latin1'), {
      headers: { 'content-type': seen.headers['content-type']! },
    });
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    const form = await received.formData();
    expect(form.get('note')).toBe('grüße');
    expect((form.get('file') as File).size).toBe(300_000);
    expect((form.get('file') as File).type).toBe('image/png');
    expect(Number(seen.headers['content-length'])).toBe(seen.body.length);
    expect(seen.body).not.toContain('\r\nX-Evil');
    const gone = { parts: [{ name: 'file', file: { path: `${file}.gone`, name: 'x', type: '' } }] };
    await expect(request(url, { method: 'POST', body: gone })).rejects.toMatchObject({ kind: 'invalid' });
    await rm(folder, { recursive: true });
  });

  it('sends bytes as they are', async () => {
    const { url } = await serve((incoming, response) => incoming.pipe(response));
    const bytes = Uint8Array.of(0, 255, 13, 10, 0);
    const result = await request(url, { method: 'POST', body: bytes });
    expect([...result.bytes!]).toEqual([...bytes]);
    expect(result.body).toBe('');
  });

  it('follows the 303 long poll by GET, counts it and tells how long each took', async () => {
    const seen: string[] = [];
    const { url } = await serve((incoming, response) => {
      seen.push(`${incoming.method ?? ''} ${incoming.url ?? ''} ${incoming.headers['content-type'] ?? ''}`);
      const location = `/?__modal_function_call_id=fc-${seen.length}`;
      if (seen.length < 3) response.writeHead(303, { location }).end();
      else response.end('late');
    });
    const polls: number[] = [];
    const headers = { 'content-type': 'application/json' };
    const result = await request(url, {
      method: 'POST',
      headers,
      body: '{}',
      onPoll: (count) => polls.push(count),
    });
    expect(result).toMatchObject({ body: 'late', timing: { polls: 2 } });
    expect(result.timing.pollTimes).toHaveLength(2);
    expect(seen).toEqual([
      'POST / application/json',
      'GET /?__modal_function_call_id=fc-1 ',
      'GET /?__modal_function_call_id=fc-2 ',
    ]);
    expect(polls).toEqual([1, 2]);
  });

  it.each([
    [301, 'POST', 'GET '],
    [302, 'POST', 'GET '],
    [303, 'PUT', 'GET '],
    [307, 'POST', 'POST body'],
    [308, 'PUT', 'PUT body'],
    [301, 'PUT', 'PUT body'],
  ])('follows %i of a %s as fetch does: %s', async (status, method, expected) => {
    const { url } = await serve((incoming, response) => {
      if (incoming.url === '/') response.writeHead(status, { location: '/next' }).end();
      else void bodyOf(incoming).then((body) => response.end(`${incoming.method} ${body.toString()}`));
    });
    const result = await request(url, { method, body: 'body' });
    expect(result.body).toBe(expected);
    expect(result.timing.polls).toBe(0);
  });

  it('shows a redirect to another server instead of taking the key there', async () => {
    const stolen: unknown[] = [];
    const { url: other } = await serve((incoming, response) => {
      stolen.push(incoming.headers.authorization);
      response.end();
    });
    const { url } = await serve((_incoming, response) => response.writeHead(307, { location: other }).end());
    const result = await request(url, { headers: { authorization: 'Bearer secret' } });
    expect(result).toMatchObject({ status: 307, headers: { location: other } });
    expect(stolen).toEqual([]);
  });

  it('gives up on a server that redirects for ever', async () => {
    const { url } = await serve((_incoming, response) => response.writeHead(302, { location: '/' }).end());
    await expect(request(url)).rejects.toMatchObject({ kind: 'limit' });
  });

  it('tells the head first and passes bytes on as they come', async () => {
    let finish: () => void = () => undefined;
    const { url } = await serve((_incoming, response) => {
      response.write('data: 1\n\n');
      finish = () => response.end('data: 2\n\n');
    });
    const seen: unknown[] = [];
    await request(url, {
      onHead: ({ status }) => seen.push(status),
      onChunk: (bytes) => {
        seen.push(Buffer.from(bytes).toString());
        finish();
      },
    });
    expect(seen).toEqual([200, 'data: 1\n\n', 'data: 2\n\n']);
  });

  it('frees the socket when it is cancelled, before the answer and in the middle of it', async () => {
    for (const early of [true, false]) {
      const { server, url } = await serve((_incoming, response) => {
        if (!early) response.write('half');
      });
      const abort = new AbortController();
      const connected = once(server, 'connection') as Promise<
        [{ once(event: 'close', listener: () => void): void }]
      >;
      const pending = request(url, { signal: abort.signal, onChunk: () => abort.abort() });
      const [socket] = await connected;
      const closed = new Promise<void>((resolve) => socket.once('close', resolve));
      if (early) {
        abort.abort();
        await expect(pending).rejects.toMatchObject({ kind: 'cancelled' });
      } else expect(await pending).toMatchObject({ body: 'half', cut: { kind: 'cancelled' } });
      await closed;
    }
  });

  it('keeps what came of an answer that was cut', async () => {
    const { url } = await serve((_incoming, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    });
    expect(await request(url)).toMatchObject({ status: 200, body: 'half', size: 4, cut: { kind: 'lost' } });
  });
});

describe('compressed answers', () => {
  const text = 'an answer that is worth compressing '.repeat(500);
  const compress: Record<string, (data: string) => Buffer> = {
    gzip: zlib.gzipSync,
    br: zlib.brotliCompressSync,
    zstd: zlib.zstdCompressSync,
    deflate: zlib.deflateSync,
    'deflate, gzip': (data) => zlib.gzipSync(zlib.deflateSync(data)),
  };
  it.each(Object.keys(compress))('are read: %s', async (encoding) => {
    const { url } = await serve((_incoming, response) =>
      response.setHeader('content-encoding', encoding).end(compress[encoding]!(text)),
    );
    const result = await request(url);
    expect(result.body).toBe(text);
    expect(result.size).toBe(text.length);
    expect(result.compressedSize).toBe(compress[encoding]!(text).length);
  });

  it('are read also as deflate without its header', async () => {
    const { url } = await serve((_incoming, response) =>
      response.setHeader('content-encoding', 'deflate').end(zlib.deflateRawSync(text)),
    );
    expect((await request(url)).body).toBe(text);
  });

  it('are stopped when they are bombs', async () => {
    const bomb = zlib.gzipSync(Buffer.alloc(60 * 1024 * 1024));
    const { url } = await serve((_incoming, response) =>
      response.setHeader('content-encoding', 'gzip').end(bomb),
    );
    const result = await request(url);
    expect(result.cut?.kind).toBe('bomb');
    expect(result.size).toBeLessThan(20 * 1024 * 1024);
  });

  it.each(['gzip', 'br', 'deflate', 'zstd'])(
    'that end before their first byte say why: %s',
    async (encoding) => {
      for (const isCancelled of [true, false]) {
        const lost: (() => void)[] = [];
        const { url } = await serve((_incoming, response) => {
          response.writeHead(200, { 'content-encoding': encoding });
          response.flushHeaders();
          lost.push(() => response.destroy());
        });
        const abort = new AbortController();
        const result = await request(url, {
          signal: abort.signal,
          onHead: () => (isCancelled ? abort.abort() : lost[0]?.()),
        });
        expect(result).toMatchObject({ size: 0, cut: { kind: isCancelled ? 'cancelled' : 'lost' } });
      }
    },
  );

  it.each(['gzip', 'br', 'deflate', 'zstd'])('that have no body are whole: %s', async (encoding) => {
    const { url } = await serve((_incoming, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(),
    );
    for (const method of ['HEAD', 'GET']) expect((await request(url, { method })).cut).toBeUndefined();
  });

  it('that are damaged keep what could be read', async () => {
    const whole = zlib.gzipSync(Buffer.from(Array.from({ length: 50_000 }, (_, index) => index % 251)));
    const { url } = await serve((_incoming, response) =>
      response.setHeader('content-encoding', 'gzip').end(whole.subarray(0, whole.length - 100)),
    );
    expect((await request(url)).cut?.kind).toBe('damaged');
  });
});

describe('failures are named', () => {
  it('when nothing answers in time, and when nothing listens', async () => {
    const { url: silent } = await serve(() => undefined);
    await expect(request(silent, { headersTimeoutMs: 100 })).rejects.toMatchObject({ kind: 'timeout' });
    const { server, url } = await serve(() => undefined);
    server.close();
    await once(server, 'close');
    await expect(request(url)).rejects.toMatchObject({
      kind: 'offline',
      message: expect.stringMatching(/refused the connection/) as string,
    });
  });

  it('when the name does not exist', async () => {
    await expect(request('http://no-such-name.invalid/')).rejects.toMatchObject({
      kind: 'offline',
      message: expect.stringMatching(/Can't resolve/) as string,
    });
  });

  it('when what answers does not speak HTTP, or not TLS', async () => {
    const server = createTcpServer((socket) =>
      socket.on('error', () => undefined).end('SSH-2.0-OpenSSH\r\n'),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closers.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    await expect(request(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({
      message: expect.stringMatching(/isn't HTTP/) as string,
    });
    const { url } = await serve((_incoming, response) => response.end());
    await expect(request(url.replace('http:', 'https:'))).rejects.toMatchObject({
      message: expect.stringMatching(/doesn't support TLS/) as string,
    });
  });

  it('when a header would become two', async () => {
    const { url } = await serve((_incoming, response) => response.end());
    const injected = request(url, { headers: { 'x-name': 'value\r\nx-evil: 1' } });
    await expect(injected).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringMatching(/line breaks/) as string,
    });
  });
});

describe('certificates', () => {
  async function tlsServer(): Promise<string> {
    const [key, cert] = await Promise.all(
      ['localhost-key.pem', 'localhost-cert.pem'].map((name) => readFile(fixture(name))),
    );
    const server = createTlsServer({ key, cert }, (_incoming, response) => response.end('over TLS'));
    return `https://localhost:${await listen(server)}/`;
  }

  it('are checked, unless the user turned that off', async () => {
    const url = await tlsServer();
    await expect(request(url)).rejects.toMatchObject({
      kind: 'offline',
      message: expect.stringMatching(/signed by itself.*NODE_EXTRA_CA_CERTS\.$/s) as string,
    });
    const network = { ...plainNetwork, strictSsl: false };
    expect((await request(url, { network })).body).toBe('over TLS');
  });

  it('are also those of NODE_EXTRA_CA_CERTS', async () => {
    const url = await tlsServer();
    const client = path.resolve(import.meta.dirname, '../../../src/features/requests/core/httpClient.ts');
    const script = `
      const { send } = await import(${JSON.stringify(`file://${client}`)});
      const signal = new AbortController().signal;
      const result = await send({ method: 'GET', url: ${JSON.stringify(url)}, headers: {}, signal, headersTimeoutMs: 5000 });
      process.stdout.write(result.body);`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: fixture('localhost-cert.pem') },
    });
    expect(stdout).toBe('over TLS');
  });
});

describe('proxies', () => {
  async function proxyTo(port: number): Promise<TestProxy> {
    const proxy = await startProxy(port);
    closers.push(() => void proxy[Symbol.asyncDispose]());
    return proxy;
  }

  it('of the settings are used, with their password, but not for this machine', async () => {
    const { url } = await serve((_incoming, response) => response.end('answered'));
    const { seen, address } = await proxyTo(Number(new URL(url).port));
    const network = { ...plainNetwork, proxy: address, proxyAuthorization: 'Basic abc' };
    const through = await request('http://endpoint.example/', { network });
    expect(through.body).toBe('answered');
    expect(through.timing.connect).toBeGreaterThan(0);
    expect(seen.join()).toMatch(/endpoint\.example.*Basic abc/);
    const count = seen.length;
    await request(url, { network });
    expect(seen).toHaveLength(count);
  });

  it('are left out for the hosts that the user names, and when they are turned off', async () => {
    const { url } = await serve((_incoming, response) => response.end('answered'));
    const { seen, address } = await proxyTo(Number(new URL(url).port));
    const named = { ...plainNetwork, proxy: address, noProxy: ['*.invalid'] };
    await expect(request('http://direct.invalid/', { network: named })).rejects.toThrow(/Can't resolve/);
    const off = { ...plainNetwork, proxy: address, useProxy: false };
    await expect(request('http://direct.invalid/', { network: off })).rejects.toThrow(/Can't resolve/);
    expect(seen).toEqual([]);
  });

  it('carry TLS through a tunnel', async () => {
    const [key, cert] = await Promise.all(
      ['localhost-key.pem', 'localhost-cert.pem'].map((name) => readFile(fixture(name))),
    );
    const server = createTlsServer({ key, cert }, (_incoming, response) => response.end('tunnelled'));
    const { seen, address } = await proxyTo(await listen(server));
    const network = { ...plainNetwork, proxy: address, strictSsl: false };
    expect((await request('https://endpoint.example/', { network })).body).toBe('tunnelled');
    expect(seen).toEqual(['CONNECT endpoint.example:443 ']);
    const strict = { ...plainNetwork, proxy: address };
    await expect(request('https://endpoint.example/', { network: strict })).rejects.toThrow(/certificate/);
  });

  it('that ask for a password, or refuse, are named', async () => {
    for (const [status, words] of [
      [407, /asks for a name and password/],
      [403, /refused a connection to endpoint\.example:443 with status 403.*http\.noProxy|NO_PROXY/],
    ] as const) {
      const server = createServer((_incoming, response) => response.writeHead(status).end());
      server.on('connect', (_incoming, client: Socket) =>
        client.on('error', () => undefined).end(`HTTP/1.1 ${status} No\r\n\r\n`),
      );
      const network = { ...plainNetwork, proxy: `http://127.0.0.1:${await listen(server)}` };
      await expect(request('https://endpoint.example/', { network })).rejects.toMatchObject({
        kind: 'offline',
        message: expect.stringMatching(words) as string,
      });
    }
  });
});
