/** What each hostile server does to a request with a key: where the key goes, what is kept, and what is said. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isModalError } from '../../../src/domain/errors.ts';
import type { HttpResult } from '../../../src/domain/request.ts';
import { AnswerModel } from '../../../src/features/requests/core/answer/answerModel.ts';
import { StreamReader } from '../../../src/features/requests/core/answer/streamReader.ts';
import { largestBody } from '../../../src/features/requests/core/answerBody.ts';
import { RequestSender } from '../../../src/features/requests/core/send.ts';
import type { HostileServer } from '../../hostile/rawAnswers.ts';
import { hostileServers } from '../../hostile/servers.ts';

const key = 'sk-canary-7Qz4Xw9LrT2mVb8N';
const sockets = new Set<Socket>();
let far: Server;
/** Everything that reached the other server, and every connection to it. */
const strayed: string[] = [];
const rejections: unknown[] = [];
const logged: string[] = [];
const note = (error: unknown) => rejections.push(error);

async function listen(onSocket: (socket: Socket) => void): Promise<Server> {
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    onSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
const hostOf = (server: Server) => `127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeAll(async () => {
  process.on('unhandledRejection', note);
  far = await listen((socket) => {
    strayed.push('a connection');
    socket.on('data', (bytes) => strayed.push(bytes.toString()));
  });
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
});
afterAll(() => {
  process.off('unhandledRejection', note);
  far.close();
});

const log = (message: string) => void logged.push(message);
const sender = new RequestSender({
  logger: { debug: log, info: log, warn: log, error: log } as never,
  resolveSecret: () => Promise.resolve(key),
  timeoutSeconds: () => 0.6,
});

interface Outcome {
  readonly ends: string;
  /** All that the editor gets of it. */
  readonly seen: string;
  readonly words: readonly string[];
  readonly kept: number;
}

async function visit({
  answer,
  isTls = false,
  method = 'GET',
  cancelsAfter,
}: HostileServer): Promise<Outcome> {
  const server = await listen((socket) => {
    socket.on('data', (bytes) => {
      const path = / (\S+) HTTP/.exec(bytes.toString())?.[1] ?? '';
      answer({ socket, path, key, near: hostOf(server), far: hostOf(far) });
    });
  });
  const auth = { secretRef: 'ref', header: 'Authorization', scheme: 'Bearer' };
  const spec = { method, url: `${isTls ? 'https' : 'http'}://${hostOf(server)}/`, headers: {}, auth };
  const abort = new AbortController();
  const passed: Buffer[] = [];
  let stream = new StreamReader({});
  let come = 0;
  let head: unknown;
  try {
    const result = await sender.send(spec, abort.signal, {
      onHead: (each) => {
        head = each;
        stream = new StreamReader(each.headers);
      },
      onChunk: (bytes) => {
        come += bytes.length;
        if (passed.length < 100) passed.push(Buffer.from(bytes.subarray(0, 1000)));
        stream.push(bytes, 0);
        if (cancelsAfter !== undefined && come >= cancelsAfter) abort.abort();
      },
    });
    stream.end(0);
    return outcomeOf(result, stream, [JSON.stringify(head), Buffer.concat(passed).toString()]);
  } catch (error) {
    if (!isModalError(error)) throw error;
    return { ends: `error ${error.kind}`, seen: error.message, words: [error.message], kept: 0 };
  } finally {
    server.close();
  }
}

function outcomeOf(result: HttpResult, stream: StreamReader, parts: readonly string[]): Outcome {
  const { bytes = Buffer.alloc(0), body, cut, keyMasked, status, ...facts } = result;
  const model = new AnswerModel({ result, stream });
  const beginning = Buffer.from(bytes.subarray(0, 100_000));
  return {
    ends: [status, cut?.kind, keyMasked ? 'masked' : undefined]
      .filter((part) => part !== undefined)
      .join(' '),
    seen: [
      ...parts,
      ...['utf8', 'utf16le'].map((encoding) => beginning.toString(encoding as BufferEncoding)),
      Buffer.from(beginning.subarray(0, beginning.length & ~1))
        .swap16()
        .toString('utf16le'),
      body.slice(0, 100_000),
      stream.text.slice(0, 100_000),
      JSON.stringify([facts, stream.events.slice(0, 10), model.notes]),
    ].join('\n'),
    words: cut ? [cut.text] : [],
    kept: bytes.length + stream.events.reduce((sum, { data }) => sum + data.length, 0),
  };
}

/** Of the beginning of what is read and the newest events, with what one more piece brings. */
const mostKept = largestBody + 1024 * 1024;
const mostKeptOfEvents = 26 * 1024 * 1024;

describe('a hostile server', () => {
  it('is there in more than 32 kinds, each with a name of its own', () => {
    expect(new Set(hostileServers.map(({ name }) => name)).size).toBe(hostileServers.length);
    expect(hostileServers.length).toBeGreaterThanOrEqual(100);
  });

  it.each(hostileServers)(
    'gets no key for another, fills no memory and is explained: $name',
    async (server) => {
      const { ends, seen, words, kept } = await visit(server);
      expect(ends).toBe(server.ends);
      expect(strayed).toEqual([]);
      expect(`${seen}\n${logged.join('\n')}`).not.toContain(key);
      for (const text of words) expect(text).toMatch(/^[A-Z\d].{15,}[.!?]$/s);
      expect(kept).toBeLessThan(server.name.includes('event') ? mostKeptOfEvents : mostKept);
      // Some reject only when the connection is closed.
      await new Promise((resolve) => setImmediate(resolve));
      expect(rejections).toEqual([]);
      expect(Object.keys(Object.prototype)).toEqual([]);
    },
    30_000,
  );
});
