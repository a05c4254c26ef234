/** Servers that never come to the point are ended by the limits, whatever they send meanwhile. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { send } from '../../../src/features/requests/core/httpClient.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Speaks bytes, since no HTTP server sends such answers. */
async function serve(answer: (socket: Socket, path: string) => void): Promise<string> {
  const server = createServer((socket) => {
    closers.push(() => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => answer(socket, / (\S+) HTTP/.exec(bytes.toString())?.[1] ?? ''));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** Until the socket is closed. */
function often(socket: Socket, text: string): void {
  const timer = setInterval(() => socket.write(text), 20);
  socket.on('close', () => clearInterval(timer));
}

const request = (url: string) =>
  send({ method: 'GET', url, headers: {}, signal: new AbortController().signal, headersTimeoutMs: 600 });

describe('a server without end', () => {
  it.each([
    ['100 Continue', 'HTTP/1.1 100 Continue\r\n\r\n', 'offline'],
    ['102 Processing', 'HTTP/1.1 102 Processing\r\n\r\n', 'timeout'],
    ['103 Early Hints', 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n', 'timeout'],
  ])('is given up when it only says to wait: %s', async (_what, text, kind) => {
    const url = await serve((socket) => often(socket, text));
    await expect(request(url)).rejects.toMatchObject({ kind });
  });

  it('may say to wait a few times before it answers', async () => {
    const url = await serve((socket) => {
      socket.write('HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n');
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    });
    expect((await request(url)).body).toBe('ok');
  });

  it.each([
    ['drips', 'Transfer-Encoding: chunked\r\n\r\n', '1\r\na\r\n'],
    ['is long', 'Content-Length: 1000000000\r\n\r\n', 'x'.repeat(16_384)],
    ['is silent', 'Content-Length: 5\r\n\r\n', ''],
  ])('does not hold up a redirect whose body %s', async (_what, head, text) => {
    const url = await serve((socket, path) => {
      if (path === '/next') socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
      else {
        socket.write(`HTTP/1.1 307 Temporary Redirect\r\nLocation: /next\r\n${head}`);
        often(socket, text);
      }
    });
    expect((await request(url)).body).toBe('ok');
  });

  it.each([
    ['one long header', `X-A: ${'a'.repeat(100_000)}\r\n`],
    ['many headers', 'X-A: a\r\n'.repeat(20_000)],
  ])('is refused for %s', async (_what, headers) => {
    const url = await serve((socket) => socket.write(`HTTP/1.1 200 OK\r\n${headers}\r\n`));
    await expect(request(url)).rejects.toMatchObject({ kind: 'unexpected' });
  });

  it('may end with trailers', async () => {
    const url = await serve((socket) =>
      socket.write(
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-A\r\n\r\n2\r\nok\r\n0\r\nX-A: 1\r\n\r\n',
      ),
    );
    expect((await request(url)).body).toBe('ok');
  });
});
