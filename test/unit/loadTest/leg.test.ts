import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Client } from 'undici';
import { plainNetwork } from '../../../src/domain/network.ts';
import { failureOf } from '../../../src/features/loadTest/core/failure.ts';
import { makeConnection } from '../../../src/features/requests/core/dispatcher.ts';
import { sendLeg } from '../../../src/features/loadTest/core/leg.ts';
import type { Leg } from '../../../src/features/loadTest/core/leg.ts';

const get: Leg = { method: 'GET', path: '/', body: null };
const end = '\r\n\r\n';
const limitMs = 300;

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
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const dispatcher = makeConnection({ network: plainNetwork, url: origin, headersTimeoutMs: limitMs });
  const target = { dispatcher, origin, headers: { a: 'b' }, headersTimeoutMs: limitMs };
  close = async () => {
    await dispatcher.destroy();
    server.close();
  };
  const send = (leg: Leg) => sendLeg(target, leg);
  return { send, seen, origin, connections: () => connections, target };
}

describe('a request of a load test on its socket', () => {
  it('is one text with its own length, over one connection', async () => {
    const { send, seen, origin, connections } = await serve((socket) =>
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 2${end}ok`),
    );
    await send({ method: 'POST', path: '/a?b=c', body: Buffer.from('größe') });
    await send({ method: 'POST', path: '/a', body: null });
    await send(get);
    expect(connections()).toBe(1);
    const head = (line: string) =>
      `${line} HTTP/1.1\r\nhost: ${new URL(origin).host}\r\nconnection: keep-alive\r\na: b\r\n`;
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
    const { send, connections } = await serve((socket, asked) => {
      if (asked === 1) socket.write(text);
      else for (const byte of Buffer.from(text)) socket.write(Buffer.of(byte));
    });
    expect(await send(get)).toMatchObject(expected);
    expect(await send(get)).toMatchObject(expected);
    expect(connections()).toBe(1);
  });

  it('has an answer to HEAD that tells a length and has no body', async () => {
    const { send, connections } = await serve((socket) =>
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 99${end}`),
    );
    const head: Leg = { ...get, method: 'HEAD' };
    expect(await send(head)).toMatchObject({ status: 200, bytes: 0 });
    expect(await send(head)).toMatchObject({ status: 200, bytes: 0 });
    expect(connections()).toBe(1);
  });

  it('keeps its connection after a GET with a body', async () => {
    const { send, connections } = await serve((socket) =>
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 2${end}ok`),
    );
    const asked: Leg = { ...get, body: Buffer.from('{}') };
    expect(await send(asked)).toMatchObject({ status: 200 });
    expect(await send(asked)).toMatchObject({ status: 200 });
    expect(connections()).toBe(1);
  });

  it('makes a new connection where the server closes each, with or without telling a length', async () => {
    const { send, connections } = await serve((socket, asked) =>
      asked === 1
        ? socket.end(`HTTP/1.1 200 OK\r\nconnection: close${end}all of it`)
        : socket.end(`HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2${end}ok`),
    );
    expect(await send(get)).toMatchObject({ bytes: 9 });
    expect(await send(get)).toMatchObject({ bytes: 2 });
    expect(await send(get)).toMatchObject({ bytes: 2 });
    expect(connections()).toBe(3);
  });

  it('keeps where a redirect leads and how a failure begins', async () => {
    const { send } = await serve((socket, asked) =>
      socket.write(
        asked === 1
          ? `HTTP/1.1 303 See Other\r\nLocation: /next\r\ncontent-length: 0${end}`
          : `HTTP/1.1 500 No\r\ncontent-length: 2000${end}${'e'.repeat(2000)}`,
      ),
    );
    expect(await send(get)).toMatchObject({ status: 303, location: '/next' });
    expect(await send(get)).toMatchObject({ status: 500, bytes: 2000, text: 'e'.repeat(500) });
  });

  const chunked = 'transfer-encoding: chunked';
  const broken: readonly (readonly [string, string, string])[] = [
    ['closed without an answer', '', 'reset'],
    ['closed in the middle of its head', 'HTTP/1.1 200 OK\r\nconte', 'reset'],
    ['closed in the middle of its body', `HTTP/1.1 200 OK\r\ncontent-length: 9${end}abc`, 'reset'],
    ['closed in the middle of a chunk', `HTTP/1.1 200 OK\r\n${chunked}${end}5\r\nab`, 'reset'],
    [
      'closed in the middle of its last chunk',
      `HTTP/1.1 200 OK\r\nconnection: close\r\n${chunked}${end}5\r\nab`,
      'reset',
    ],
    ['no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n', 'other'],
    ['in parts of negative length', `HTTP/1.1 200 OK\r\n${chunked}${end}1\r\na\r\n-5\r\nxx`, 'other'],
    ['of no length', `HTTP/1.1 200 OK\r\ncontent-length: abc${end}abc`, 'other'],
  ];
  it.each(broken)(
    'fails with an answer that is %s, and the next is not touched by it',
    async (_name, text, kind) => {
      const { send } = await serve((socket, asked) =>
        asked === 1 ? socket.end(text) : socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 2${end}ok`),
      );
      expect(failureOf(await send(get).catch((error: unknown) => error))).toMatchObject({ kind });
      expect(await send(get)).toMatchObject({ status: 200, bytes: 2 });
    },
  );

  it('never takes bytes that came too many as the next answer', async () => {
    const answer = `HTTP/1.1 200 OK\r\ncontent-length: 2${end}ok`;
    const { send } = await serve((socket, asked) =>
      socket.write(asked === 1 ? `${answer}HTTP/1.1 500 Forged\r\ncontent-length: 0${end}` : answer),
    );
    expect(await send(get)).toMatchObject({ status: 200 });
    expect(await send(get)).toMatchObject({ status: 200 });
  });

  it('waits no longer than it may for the head, and for more of the body', async () => {
    const { send, origin, target } = await serve((socket, asked) => {
      if (asked === 2) socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 9${end}abc`);
    });
    await expect(send(get)).rejects.toMatchObject({ code: 'UND_ERR_HEADERS_TIMEOUT' });
    // The limit of the real connection is minutes.
    const dispatcher = new Client(origin, { bodyTimeout: limitMs });
    await expect(sendLeg({ ...target, dispatcher }, get)).rejects.toMatchObject({
      code: 'UND_ERR_BODY_TIMEOUT',
    });
    await dispatcher.destroy();
  });

  it('waits no longer where the server says again and again that it is not ready', async () => {
    const { send } = await serve((socket, asked) => {
      if (asked === 2) {
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 2${end}ok`);
        return;
      }
      const again = setInterval(() => socket.write(`HTTP/1.1 102 Processing${end}`), limitMs / 6);
      socket.on('close', () => clearInterval(again));
    });
    expect(failureOf(await send(get).catch((error: unknown) => error))).toMatchObject({ kind: 'timeout' });
    expect(await send(get)).toMatchObject({ status: 200 });
  });

  it('frees its socket at once', async () => {
    const closed = Promise.withResolvers<boolean>();
    const { send, target } = await serve((socket) => {
      socket.on('close', () => closed.resolve(true));
      void target.dispatcher.destroy();
    });
    await expect(send(get)).rejects.toMatchObject({ code: 'UND_ERR_DESTROYED' });
    expect(await closed.promise).toBe(true);
  });
});
