import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { plainNetwork } from '../../../src/domain/network.ts';
import { makeConnection } from '../../../src/features/requests/core/dispatcher.ts';
import { SocketWire } from '../../../src/features/loadTest/core/socketWire.ts';
import type { Leg } from '../../../src/features/loadTest/core/wire.ts';

const get: Leg = { method: 'GET', path: '/', body: null };
const end = '\r\n\r\n';

let close: (() => Promise<void>) | undefined;
afterEach(() => close?.());

/** A server that says exactly what it is told, as many times as it is asked. */
async function serve(answer: (socket: Socket, asked: number, request: string) => void) {
  const seen: string[] = [];
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      seen.push(chunk.toString('latin1'));
      answer(socket, seen.length, chunk.toString('latin1'));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const options = { network: plainNetwork, url: 'http://127.0.0.1/', headersTimeoutMs: 300 };
  const connection = makeConnection(options);
  if (connection.kind === 'forwarded') throw new Error('No proxy is set.');
  const origin = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const wire = new SocketWire({ ...options, ...connection, bodyTimeoutMs: 300, origin, headers: { a: 'b' } });
  close = async () => {
    await wire.close();
    server.close();
  };
  return { wire, seen, origin, connections: () => connections };
}

describe('a request of a load test on its socket', () => {
  it('is one text with its own length, over one connection', async () => {
    const { wire, seen, origin, connections } = await serve((socket) =>
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 2${end}ok`),
    );
    await wire.send({ method: 'POST', path: '/a?b=c', body: 'größe' });
    await wire.send({ method: 'POST', path: '/a', body: null });
    await wire.send(get);
    expect(connections()).toBe(1);
    const head = (line: string) =>
      `${line} HTTP/1.1\r\nhost: ${origin.host}\r\nconnection: keep-alive\r\na: b\r\n`;
    expect(seen.map((text) => Buffer.from(text, 'latin1').toString())).toEqual([
      `${head('POST /a?b=c')}content-length: 7\r\n\r\ngröße`,
      `${head('POST /a')}content-length: 0\r\n\r\n`,
      `${head('GET /')}\r\n`,
    ]);
  });

  const answers: readonly (readonly [string, string, { status: number; bytes: number }])[] = [
    ['a length', `HTTP/1.1 200 OK\r\nContent-Length: 5${end}hello`, { status: 200, bytes: 5 }],
    [
      'chunks',
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked${end}3\r\nabc\r\n2;x=y\r\nde\r\n0\r\ntrail: er${end}`,
      { status: 200, bytes: 5 },
    ],
    ['no body', `HTTP/1.1 204 No Content${end}`, { status: 204, bytes: 0 }],
    [
      'an interim answer before it',
      `HTTP/1.1 103 Early Hints\r\nlink: </x>${end}HTTP/1.1 200 OK\r\ncontent-length: 1${end}x`,
      { status: 200, bytes: 1 },
    ],
  ];
  it.each(answers)('has an answer with %s, also byte by byte', async (_name, text, expected) => {
    const { wire, connections } = await serve((socket, asked) => {
      if (asked === 1) socket.write(text);
      else for (const byte of Buffer.from(text)) socket.write(Buffer.of(byte));
    });
    expect(await wire.send(get)).toMatchObject(expected);
    expect(await wire.send(get)).toMatchObject(expected);
    expect(connections()).toBe(1);
  });

  it('has an answer to HEAD that tells a length and has no body', async () => {
    const { wire } = await serve((socket) => socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 99${end}`));
    const head: Leg = { ...get, method: 'HEAD' };
    expect(await wire.send(head)).toMatchObject({ status: 200, bytes: 0 });
    expect(await wire.send(head)).toMatchObject({ status: 200, bytes: 0 });
  });

  it('makes a new connection where the server closes each, with or without telling a length', async () => {
    const { wire, connections } = await serve((socket, asked) =>
      asked === 1
        ? socket.end(`HTTP/1.1 200 OK\r\nconnection: close${end}all of it`)
        : socket.end(`HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2${end}ok`),
    );
    expect(await wire.send(get)).toMatchObject({ bytes: 9 });
    expect(await wire.send(get)).toMatchObject({ bytes: 2 });
    expect(await wire.send(get)).toMatchObject({ bytes: 2 });
    expect(connections()).toBe(3);
  });

  it('keeps where a redirect leads and how a failure begins', async () => {
    const { wire } = await serve((socket, asked) =>
      socket.write(
        asked === 1
          ? `HTTP/1.1 303 See Other\r\nLocation: /next\r\ncontent-length: 0${end}`
          : `HTTP/1.1 500 No\r\ncontent-length: 2000${end}${'e'.repeat(2000)}`,
      ),
    );
    expect(await wire.send(get)).toMatchObject({ status: 303, location: '/next' });
    expect(await wire.send(get)).toMatchObject({ status: 500, bytes: 2000, text: 'e'.repeat(500) });
  });

  const broken: readonly (readonly [string, string, string])[] = [
    ['closed without an answer', '', 'ECONNRESET'],
    ['closed in the middle of its head', 'HTTP/1.1 200 OK\r\nconte', 'ECONNRESET'],
    ['closed in the middle of its body', `HTTP/1.1 200 OK\r\ncontent-length: 9${end}abc`, 'ECONNRESET'],
    ['no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n', 'HPE_INVALID_CONSTANT'],
    [
      'in parts of negative length',
      `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked${end}1\r\na\r\n-5\r\nxx`,
      'HPE_INVALID_CHUNK_SIZE',
    ],
    ['of no length', `HTTP/1.1 200 OK\r\ncontent-length: abc${end}abc`, 'HPE_INVALID_CONTENT_LENGTH'],
  ];
  it.each(broken)(
    'fails with an answer that is %s, and the next is not touched by it',
    async (_name, text, code) => {
      const { wire } = await serve((socket, asked) =>
        asked === 1 ? socket.end(text) : socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 2${end}ok`),
      );
      await expect(wire.send(get)).rejects.toMatchObject({ code });
      expect(await wire.send(get)).toMatchObject({ status: 200, bytes: 2 });
    },
  );

  it('never takes bytes that came too many as the next answer', async () => {
    const answer = `HTTP/1.1 200 OK\r\ncontent-length: 2${end}ok`;
    const { wire } = await serve((socket, asked) =>
      socket.write(asked === 1 ? `${answer}HTTP/1.1 500 Forged\r\ncontent-length: 0${end}` : answer),
    );
    expect(await wire.send(get)).toMatchObject({ status: 200 });
    expect(await wire.send(get)).toMatchObject({ status: 200 });
  });

  it('waits no longer than it may for the head, and for more of the body', async () => {
    const { wire } = await serve((socket, asked) => {
      if (asked === 2) socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 9${end}abc`);
    });
    await expect(wire.send(get)).rejects.toMatchObject({ code: 'UND_ERR_HEADERS_TIMEOUT' });
    await expect(wire.send(get)).rejects.toMatchObject({ code: 'UND_ERR_BODY_TIMEOUT' });
  });

  it('frees its socket at once', async () => {
    const closed = Promise.withResolvers<boolean>();
    const { wire } = await serve((socket) => {
      socket.on('close', () => closed.resolve(true));
      void wire.close();
    });
    await expect(wire.send(get)).rejects.toThrow('The load test has ended.');
    expect(await closed.promise).toBe(true);
  });
});
