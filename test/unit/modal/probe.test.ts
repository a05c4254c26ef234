import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { probeServer } from '../../../src/modal/probe.ts';

const sockets = new Set<Socket>();
let server: Server | undefined;

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  if (!server?.listening) return;
  server.close();
  await once(server, 'close');
});

/** @returns the address of a server that listens */
async function listen(made: Server): Promise<string> {
  server = made.listen(0, '127.0.0.1');
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('passes when a server of HTTP/2 is there, and is offline by name when nothing listens', async () => {
  const url = await listen(http2.createServer());
  await expect(probeServer(url)).resolves.toBeUndefined();
  for (const socket of sockets) socket.destroy();
  server!.close();
  await once(server!, 'close');
  await expect(probeServer(url)).rejects.toMatchObject({
    kind: 'offline',
    message: `Modal cannot be reached at ${new URL(url).host} (ECONNREFUSED). Check the network and try again.`,
  });
});

it.each<[string, () => Server]>([
  [
    'a web server of HTTP/1.1',
    () => http.createServer((_, response) => response.end('<html>Sign in</html>')),
  ],
  [
    'a program that sends random bytes',
    () => createServer((socket) => socket.write(Buffer.alloc(500, 0xa7))),
  ],
  [
    'a program that greets in words',
    () => createServer((socket) => socket.write('220 mail.example ESMTP\r\n')),
  ],
  ['a program that closes at once', () => createServer((socket) => socket.end())],
  ['a program that resets', () => createServer((socket) => socket.resetAndDestroy())],
])('says that what answers is not Modal: %s', async (_, make) => {
  await expect(probeServer(await listen(make()))).rejects.toMatchObject({
    kind: 'offline',
    message: expect.stringMatching(/is not Modal: it may be a proxy|cannot be reached at/) as string,
  });
});

it('says that a server takes the connection and is mute', async () => {
  const url = await listen(createServer());
  await expect(probeServer(url, { limitMs: 100 })).rejects.toMatchObject({
    kind: 'offline',
    message: expect.stringContaining('takes the connection and does not answer') as string,
  });
});

it('can be cancelled, before it begins and while a server is mute', async () => {
  const cancelled = { kind: 'cancelled' };
  const before = { signal: AbortSignal.abort() };
  await expect(probeServer('http://127.0.0.1:9', before)).rejects.toMatchObject(cancelled);
  const url = await listen(createServer());
  const abort = new AbortController();
  const probing = probeServer(url, { signal: abort.signal, limitMs: 60_000 });
  await once(server!, 'connection');
  abort.abort();
  await expect(probing).rejects.toMatchObject(cancelled);
});
