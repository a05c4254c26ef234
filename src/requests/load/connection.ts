import type { Dispatcher } from 'undici';
import { ModalError } from '../../domain/errors.ts';
import type { NetworkSettings } from '../../domain/network.ts';
import type { LoadAnswer } from './stats.ts';

/** What each request of a test sends. It carries the key and never leaves this process. */
export interface LoadRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** What the bundle of the HTTP client gives. */
export type LoadLibrary = Pick<typeof import('../httpClient.ts'), 'makeConnection'>;

export interface ConnectionOptions {
  /** Limit for the first byte of each leg, in milliseconds. */
  readonly headersTimeoutMs: number;
  readonly network: NetworkSettings;
}

/** As many as browsers follow. */
const mostPolls = 20;
const keptText = 500;

interface Leg {
  readonly method: string;
  readonly path: string;
  readonly body: string | Uint8Array | null;
}

interface LegAnswer {
  readonly status: number;
  readonly location: string;
  readonly firstByte: number;
  readonly bytes: number;
  readonly text: string;
}

/** One connection of a load test: it is kept alive, and carries one request after the other. */
export class LoadConnection {
  readonly #client: Dispatcher;
  readonly #origin: string;
  readonly #first: Leg;
  readonly #headers: Record<string, string>;

  constructor(library: LoadLibrary, request: LoadRequest, options: ConnectionOptions) {
    const { origin, pathname, search, protocol } = new URL(request.url);
    this.#origin = origin;
    this.#first = { method: request.method, path: pathname + search, body: request.body ?? null };
    this.#headers = { 'accept-encoding': 'identity', ...request.headers };
    this.#client = library.makeConnection(origin, { ...options, isHttps: protocol === 'https:' });
  }

  /**
   * Sends once, and follows the 303 with which Modal cuts a request that takes longer than its limit for one leg.
   * @throws what undici throws, or kind `limit` or `invalid` for redirects that are not followed
   */
  async send(): Promise<LoadAnswer> {
    const start = performance.now();
    let leg = this.#first;
    let bytes = 0;
    for (let polls = 0; ; polls++) {
      const answer = await this.#dispatch(leg);
      bytes += answer.bytes;
      if (answer.status !== 303 || !answer.location) {
        const { status, text } = answer;
        return {
          status,
          firstByte: answer.firstByte - start,
          total: performance.now() - start,
          bytes,
          polls,
          text,
        };
      }
      if (polls >= mostPolls)
        throw new ModalError('limit', `The endpoint redirected ${mostPolls} times without an answer.`);
      leg = { method: 'GET', path: this.#samePlace(answer.location), body: null };
    }
  }

  /** Frees the socket at once. */
  async close(): Promise<void> {
    await this.#client.destroy();
  }

  /** The key must not follow a redirect to another server. */
  #samePlace(location: string): string {
    const { origin, pathname, search } = new URL(location, this.#origin + this.#first.path);
    if (origin === this.#origin) return pathname + search;
    throw new ModalError(
      'invalid',
      `The endpoint redirects to another server, ${origin}, which is not followed.`,
    );
  }

  #dispatch({ method, path, body }: Leg): Promise<LegAnswer> {
    return new Promise((resolve, reject) => {
      let status = 0;
      let location = '';
      let firstByte = 0;
      let bytes = 0;
      let text = '';
      this.#client.dispatch(
        { origin: this.#origin, method, path, body, headers: this.#headers },
        {
          onRequestStart: () => undefined,
          onResponseStart: (_controller, code, headers) => {
            firstByte = performance.now();
            status = code;
            if (code === 303 && typeof headers['location'] === 'string') location = headers['location'];
          },
          onResponseData: (_controller, chunk) => {
            bytes += chunk.length;
            if (status >= 300 && text.length < keptText) text += chunk.toString('utf8').slice(0, keptText);
          },
          onResponseEnd: () => resolve({ status, location, firstByte, bytes, text }),
          onResponseError: (_controller, error) => reject(error),
        },
      );
    });
  }
}
