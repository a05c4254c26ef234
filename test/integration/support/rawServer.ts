import net from 'node:net';
import type { AddressInfo } from 'node:net';

/** A request as its bytes came. */
export interface WireRequest {
  readonly method: string;
  readonly target: string;
  /** Names in lower case, in the order that they came in. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

/** Takes requests over a bare socket, so that no parser tidies up what came; answers each with an empty 200. */
export class RawServer {
  readonly #server = net.createServer((socket) => this.#take(socket));
  readonly #requests: WireRequest[] = [];

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.close();
  }

  /** What came while something was done. */
  async during(act: () => Promise<unknown>): Promise<readonly WireRequest[]> {
    this.#requests.length = 0;
    await act();
    return [...this.#requests];
  }

  #take(socket: net.Socket): void {
    let bytes = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, Buffer.from(chunk)]);
      const request = wholeRequest(bytes);
      if (!request) return;
      this.#requests.push(request);
      bytes = Buffer.alloc(0);
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
    });
  }
}

/** @returns undefined while something is still to come */
function wholeRequest(bytes: Buffer): WireRequest | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const [method = '', target = ''] = first.split(' ');
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  const rest = bytes.subarray(end + 4);
  const value = (name: string) => headers.find(([each]) => each === name)?.[1];
  if (value('transfer-encoding') === 'chunked') {
    const body = unchunked(rest);
    return body && { method, target, headers, body };
  }
  const length = Number(value('content-length') ?? 0);
  return rest.length < length ? undefined : { method, target, headers, body: rest.subarray(0, length) };
}

function unchunked(bytes: Buffer): Buffer | undefined {
  const chunks: Buffer[] = [];
  for (let at = 0; ;) {
    const end = bytes.indexOf('\r\n', at);
    if (end < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, end), 16);
    if (bytes.length < end + 2 + size + 2) return undefined;
    if (size === 0) return Buffer.concat(chunks);
    chunks.push(bytes.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}
