import type { Socket } from 'node:net';
import { HTTPParser as Parser } from 'http-parser-js';
import type { buildConnector } from 'undici';
import { requestBytes } from './requestBytes.ts';
import type { Leg, LegAnswer, Wire } from './wire.ts';
import { LegReader } from './wire.ts';

export interface SocketWireOptions {
  readonly connect: buildConnector.connector;
  readonly origin: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Limit for the head of an answer, in milliseconds. */
  readonly headersTimeoutMs: number;
  /** Limit between two parts of its body, in milliseconds. */
  readonly bodyTimeoutMs: number;
}

type HTTPParser = InstanceType<typeof Parser>;

/** A leg whose answer is not complete. */
interface OpenLeg {
  readonly reader: LegReader;
  readonly isHead: boolean;
  readonly resolve: (answer: LegAnswer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Requests over a bare socket, as autocannon and wrk send them: the bytes of the request are made once, and nothing is
 * done for an answer but to find its end. A client for all purposes takes a third more time for each request, which a
 * measurement at full speed would show as the server's.
 */
export class SocketWire implements Wire {
  readonly #options: SocketWireOptions;
  readonly #made = new WeakMap<Leg, Buffer>();
  #socket: Socket | undefined;
  #open: OpenLeg | undefined;
  #headTimer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: SocketWireOptions) {
    this.#options = options;
  }

  async send(leg: Leg): Promise<LegAnswer> {
    const bytes = this.#bytesOf(leg);
    const socket = this.#socket ?? (await this.#connect());
    return new Promise((resolve, reject) => {
      this.#open = { reader: new LegReader(), isHead: leg.method === 'HEAD', resolve, reject };
      socket.write(bytes);
      this.#watchHead();
    });
  }

  close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#headTimer);
    this.#end(coded('ECONNABORTED', 'The load test has ended.'));
    return Promise.resolve();
  }

  #bytesOf(leg: Leg): Buffer {
    const { origin, headers } = this.#options;
    const bytes = this.#made.get(leg) ?? requestBytes(leg, origin.host, headers);
    this.#made.set(leg, bytes);
    return bytes;
  }

  #connect(): Promise<Socket> {
    const { connect, origin } = this.#options;
    const { protocol, host, port } = origin;
    const hostname = origin.hostname.replace(/^\[|\]$/g, ''); // of an IPv6 address
    return new Promise((resolve, reject) => {
      connect({ protocol, host, hostname, port }, (error, socket) => {
        if (error) {
          reject(error);
          return;
        }
        if (this.#isClosed) {
          socket.destroy();
          reject(coded('ECONNABORTED', 'The load test has ended.'));
          return;
        }
        resolve(this.#use(socket));
      });
    });
  }

  #use(socket: Socket): Socket {
    this.#socket = socket;
    const parser = this.#parser();
    const isCurrent = () => this.#socket === socket;
    socket.setTimeout(this.#options.bodyTimeoutMs, () => {
      if (isCurrent() && this.#open?.reader.hasHead)
        this.#end(coded('UND_ERR_BODY_TIMEOUT', 'The answer stopped in its middle.'));
    });
    socket.on('data', (chunk: Buffer) => {
      const problem = isCurrent() ? parse(parser, chunk) : undefined;
      if (problem) this.#end(problem);
    });
    socket.on('end', () => {
      if (isCurrent()) parser.finish(); // an answer without a length ends here
    });
    socket.on('close', () => {
      if (isCurrent()) this.#end(coded('ECONNRESET', 'The connection was closed.'));
    });
    socket.on('error', (error) => {
      if (isCurrent()) this.#end(error);
    });
    return socket;
  }

  #parser(): HTTPParser {
    const parser = new Parser(Parser.RESPONSE);
    let isInterim = false;
    let isLast = false;
    parser.onHeadersComplete = ({ statusCode, headers, shouldKeepAlive }) => {
      isInterim = statusCode >= 100 && statusCode < 200 && statusCode !== 101;
      if (isInterim) return 0;
      const length = valueOf(headers, 'content-length') ?? '0';
      // The parser would wait for ever.
      if (!/^\d+$/.test(length))
        throw coded('HPE_INVALID_CONTENT_LENGTH', `The answer has a content-length of "${length}".`);
      isLast = !shouldKeepAlive;
      this.#open?.reader.head(statusCode, {
        type: valueOf(headers, 'content-type'),
        location: valueOf(headers, 'location'),
      });
      return this.#open?.isHead ? 1 : 0;
    };
    parser.onBody = (chunk, offset, length) => {
      // The parser would read the chunk before this one again, without end.
      if (length < 0) throw coded('HPE_INVALID_CHUNK_SIZE', 'The answer has a part of negative length.');
      this.#open?.reader.body(chunk.subarray(offset, offset + length));
    };
    parser.onMessageComplete = () => {
      if (!isInterim) this.#answered(isLast);
    };
    return parser;
  }

  #answered(isLast: boolean): void {
    const open = this.#open;
    this.#open = undefined;
    // Whatever comes after the last answer, or without a question, is not for us.
    if (isLast || !open) this.#drop();
    open?.resolve(open.reader.end());
  }

  /** The next leg makes a connection of its own. */
  #end(error: Error): void {
    const open = this.#open;
    this.#open = undefined;
    this.#drop();
    open?.reject(error);
  }

  #drop(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  /** One timer for all legs: making one for each would be felt. */
  #watchHead(): void {
    this.#headTimer =
      this.#headTimer?.refresh() ?? setTimeout(this.#headIsLate, this.#options.headersTimeoutMs);
  }

  readonly #headIsLate = (): void => {
    if (this.#open && !this.#open.reader.hasHead)
      this.#end(coded('UND_ERR_HEADERS_TIMEOUT', 'No answer came in time.'));
  };
}

/** @returns what is wrong with the answer */
function parse(parser: HTTPParser, chunk: Buffer): Error | undefined {
  try {
    const done = parser.execute(chunk);
    return done instanceof Error ? done : undefined;
  } catch (error) {
    return error as Error;
  }
}

function valueOf(headers: readonly string[], name: string): string | undefined {
  for (let at = 0; at < headers.length; at += 2)
    if (headers[at]?.toLowerCase() === name) return headers[at + 1];
  return undefined;
}

function coded(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
