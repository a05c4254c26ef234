/** How a server speaks bytes that no HTTP library sends. */
import type { Socket } from 'node:net';

export interface Visit {
  readonly socket: Socket;
  readonly path: string;
  /** What the client sent as its key. */
  readonly key: string;
  /** Host and port of the server itself, and of another one. */
  readonly near: string;
  readonly far: string;
}

export interface HostileServer {
  readonly name: string;
  readonly answer: (visit: Visit) => void;
  /** Status and cause of a cut, or the kind of the error. */
  readonly ends: string;
  readonly isTls?: boolean;
  readonly method?: string;
  /** The user cancels when so many bytes have come. */
  readonly cancelsAfter?: number;
}

export const mb = 1024 * 1024;
export const answer = (head: string, body: string | Buffer = '', line = 'HTTP/1.1 200 OK') =>
  Buffer.concat([Buffer.from(`${line}\r\n${head}\r\n`, 'latin1'), Buffer.from(body)]);
export const sized = (head: string, body: string | Buffer, line?: string) =>
  answer(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n`, body, line);
export const chunked = (body: string, head = '') => answer(`${head}Transfer-Encoding: chunked\r\n`, body);

export const says =
  (bytes: string | Buffer | ((visit: Visit) => string | Buffer)): HostileServer['answer'] =>
  (visit) =>
    visit.socket.write(typeof bytes === 'function' ? bytes(visit) : bytes);
export const saysAndEnds =
  (bytes: string | Buffer): HostileServer['answer'] =>
  ({ socket }) =>
    socket.end(bytes);

/** Until the client has enough, as fast as it reads. */
export function pours(head: string, piece: string | Buffer, times = Infinity): HostileServer['answer'] {
  return ({ socket }) => {
    let left = times;
    const pour = () => {
      while (!socket.destroyed && left > 0) {
        left--;
        if (!socket.write(piece)) return void socket.once('drain', pour);
      }
      if (left <= 0) socket.end();
    };
    socket.write(head);
    pour();
  };
}

export function drips(head: string, piece: string): HostileServer['answer'] {
  return ({ socket }) => {
    socket.write(head);
    const timer = setInterval(() => socket.write(piece), 10);
    socket.on('close', () => clearInterval(timer));
  };
}

/** One byte for each write, so that the client reads them apart. */
export const inBytes =
  (bytes: (visit: Visit) => Buffer): HostileServer['answer'] =>
  (visit) => {
    const all = bytes(visit);
    let at = 0;
    const next = () => {
      if (at >= all.length || visit.socket.destroyed) return;
      visit.socket.write(all.subarray(at, ++at), () => setImmediate(next));
    };
    visit.socket.setNoDelay(true);
    next();
  };
