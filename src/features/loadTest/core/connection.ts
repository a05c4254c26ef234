import { ModalError } from '../../../domain/errors.ts';
import { isReservedHeader } from '../../../domain/headerRules.ts';
import type { NetworkSettings } from '../../../domain/network.ts';
import type { HttpClient } from '../../requests/core/index.ts';
import { checkHeaders } from '../../requests/core/index.ts';
import type { Leg, LegAnswer, LegTarget } from './leg.ts';
import { sendLeg } from './leg.ts';
import type { LoadAnswer } from './stats.ts';

/** What each request of a test sends. It carries the key and never leaves this process. */
export interface LoadRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** What the bundle of the HTTP client gives. */
export type LoadLibrary = Pick<HttpClient, 'makeConnection' | 'forwardError'>;

export interface ConnectionOptions {
  /** Limit for the first byte of each leg, in milliseconds. */
  readonly headersTimeoutMs: number;
  readonly network: NetworkSettings;
}

/** As many as browsers follow. */
const mostPolls = 20;

/** One connection of a load test: it is kept alive, and carries one request after the other. */
export class LoadConnection {
  readonly #target: LegTarget;
  readonly #first: Leg;
  readonly #library: LoadLibrary;
  readonly #options: ConnectionOptions & { readonly url: string };

  /** @throws kind `invalid` for a header that cannot be sent */
  constructor(library: LoadLibrary, request: LoadRequest, options: ConnectionOptions) {
    const { origin, pathname, search } = new URL(request.url);
    const body = typeof request.body === 'string' ? Buffer.from(request.body) : (request.body ?? null);
    const given = Object.entries({ 'accept-encoding': 'identity', ...request.headers });
    const headers = Object.fromEntries(given.filter(([name]) => !isReservedHeader(name)));
    checkHeaders(headers);
    this.#library = library;
    this.#options = { ...options, url: request.url };
    this.#first = { method: request.method, path: pathname + search, body };
    this.#target = { ...options, origin, headers, dispatcher: library.makeConnection(this.#options) };
  }

  /**
   * Sends once, and follows the 303 with which Modal cuts a request that takes longer than its limit for one leg.
   * @throws what the connection throws, or kind `limit` or `invalid` for redirects that are not followed
   */
  async send(): Promise<LoadAnswer> {
    const start = performance.now();
    let leg = this.#first;
    let bytes = 0;
    for (let polls = 0; ; polls++) {
      const answer = await this.#send(leg);
      bytes += answer.bytes;
      if (answer.status !== 303 || !answer.location) {
        const { status, text, failure } = answer;
        return {
          status,
          ...(failure === undefined ? {} : { failure }),
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

  /** Frees the socket at once; what is open fails. */
  async close(): Promise<void> {
    await this.#target.dispatcher.destroy();
  }

  async #send(leg: Leg): Promise<LegAnswer> {
    try {
      return await sendLeg(this.#target, leg);
    } catch (error) {
      throw this.#library.forwardError(error, this.#options) ?? error;
    }
  }

  /** The key must not follow a redirect to another server. */
  #samePlace(location: string): string {
    const { origin, pathname, search } = new URL(location, this.#target.origin + this.#first.path);
    if (origin === this.#target.origin) return pathname + search;
    throw new ModalError(
      'invalid',
      `The endpoint redirects to another server, ${origin}, which is not followed.`,
    );
  }
}
