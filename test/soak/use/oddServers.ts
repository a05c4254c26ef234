import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import { random } from '../random.ts';

/** What may answer in Modal's place. */
export type OddServer = 'mute' | 'HTML' | 'random bytes' | 'half a greeting';

export interface Listening extends AsyncDisposable {
  readonly url: string;
  /** Connections so far. */
  readonly taken: () => number;
}

/** The settings of HTTP/2, as a server says them first, end in the middle of a frame. */
const halfGreeting = Buffer.from([0, 0, 18, 4, 0, 0, 0, 0, 0, 0, 3]);
const page = '<!doctype html><title>Sign in</title><h1>Sign in to the network</h1>';

function answer(kind: OddServer, socket: Socket, next: () => number): void {
  if (kind === 'HTML')
    socket.end(`HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: ${page.length}\r\n\r\n${page}`);
  if (kind === 'random bytes') socket.end(Buffer.from(Array.from({ length: 512 }, () => next() * 256)));
  if (kind === 'half a greeting') socket.write(halfGreeting);
}

export async function listen(kind: OddServer): Promise<Listening> {
  const open = new Set<Socket>();
  const next = random(5);
  let taken = 0;
  const server = createServer((socket) => {
    taken++;
    open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => open.delete(socket));
    answer(kind, socket, next);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken: () => taken,
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
