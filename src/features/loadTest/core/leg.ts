import type { Dispatcher } from 'undici';
import { FailureWatch } from '../../requests/core/index.ts';

/** One request of a load test, or one poll of it. */
export interface Leg {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly body: Uint8Array | null;
}

/** Where all legs of a connection go, and what they have in common. */
export interface LegTarget {
  readonly dispatcher: Dispatcher;
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Limit for the head of an answer, in milliseconds. */
  readonly headersTimeoutMs: number;
}

export interface LegAnswer {
  readonly status: number;
  /** '' when there is none. */
  readonly location: string;
  /** When the head had come, by `performance.now()`. */
  readonly firstByte: number;
  /** Of the body. */
  readonly bytes: number;
  /** How the body of anything but a success begins. */
  readonly text: string;
  /** What the server says went wrong, where the status is a success. */
  readonly failure?: string;
}

/** @throws an error with a `code` of Node's or undici's when no whole answer comes */
export function sendLeg(
  { dispatcher, origin, headers, headersTimeoutMs }: LegTarget,
  leg: Leg,
): Promise<LegAnswer> {
  const reader = new LegReader();
  let interim: NodeJS.Timeout | undefined;
  return new Promise((resolve, reject) => {
    dispatcher.dispatch(
      // `reset`: undici would close the connection after each HEAD, and after each GET with a body.
      { ...leg, origin, headers: { ...headers }, reset: false },
      {
        onRequestStart: () => undefined,
        onResponseStart: (controller, status, fields) => {
          // Each answer that only says "wait" begins the library's limit again.
          if (status < 200) interim ??= setTimeout(() => controller.abort(late()), headersTimeoutMs);
          else {
            clearTimeout(interim);
            reader.head(status, { type: one(fields['content-type']), location: one(fields['location']) });
          }
        },
        onResponseData: (_controller, chunk) => reader.body(chunk),
        onResponseEnd: () => resolve(reader.end()),
        onResponseError: (_controller, error) => {
          clearTimeout(interim);
          reject(error);
        },
      },
    );
  });
}

const one = (value: unknown) => (typeof value === 'string' ? value : undefined);

function late(): Error {
  return Object.assign(new Error('No final answer came in time.'), { code: 'UND_ERR_HEADERS_TIMEOUT' });
}

const keptText = 500;

/** Gathers the answer of one leg. */
class LegReader {
  #status = 0;
  #location = '';
  #firstByte = 0;
  #bytes = 0;
  #text = '';
  #watch: FailureWatch | undefined;

  head(status: number, { type, location }: { type: string | undefined; location: string | undefined }): void {
    this.#firstByte = performance.now();
    this.#status = status;
    if (type) this.#watch = new FailureWatch(status, { 'content-type': type });
    if (status === 303 && location) this.#location = location;
  }

  body(chunk: Buffer): void {
    this.#bytes += chunk.length;
    this.#watch?.push(chunk);
    if (this.#status >= 300 && this.#text.length < keptText)
      this.#text += chunk.toString('utf8').slice(0, keptText);
  }

  end(): LegAnswer {
    const failure = this.#watch?.end();
    return {
      status: this.#status,
      location: this.#location,
      firstByte: this.#firstByte,
      bytes: this.#bytes,
      text: this.#text,
      ...(failure === undefined ? {} : { failure }),
    };
  }
}
