/** The HTTP client of test requests: undici with a dispatcher of its own. A bundle of its own, loaded on first use. */
import { restoreDispatcher } from '../../../modal/network/keepDispatcher.ts';
import { request } from 'undici';
import type { Dispatcher } from 'undici';
import { ModalError } from '../../../domain/errors.ts';
import type { NetworkSettings } from '../../../domain/network.ts';
import { plainNetwork } from '../../../domain/network.ts';
import type { HttpResult, RequestBody } from '../../../domain/request.ts';
import { FailureWatch } from './answer/failureWatch.ts';
import { readBody } from './answerBody.ts';
import { cutOf, requestError } from './clientErrors.ts';
import { makeDispatcher } from './dispatcher.ts';
import { lazyText } from './lazyText.ts';
import type { Target } from './redirects.ts';
import { isPoll, redirected } from './redirects.ts';
import { openBody } from './requestBody.ts';
import { decodeText } from './textBody.ts';

restoreDispatcher();

/** For load tests: the library is in this bundle alone. */
export { makeConnection } from './dispatcher.ts';
export { forwardError } from './clientErrors.ts';

export interface AnswerHead {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface ClientRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
  readonly signal: AbortSignal;
  /** Limit for the first byte of each leg, in milliseconds. */
  readonly headersTimeoutMs: number;
  readonly network?: NetworkSettings;
  /** The final answer begins. */
  readonly onHead?: (head: AnswerHead) => void;
  /** Bytes of the answer as they arrive, after decompression, with the milliseconds since the request was sent. */
  readonly onChunk?: (bytes: Uint8Array, at: number) => void;
  /** A long poll begins, counted from 1. */
  readonly onPoll?: (count: number) => void;
}

/** As long as the longest call of Modal, 24 hours, in legs of 150 s. */
const mostPolls = 600;
/** As many as browsers follow. */
const mostRedirects = 20;
/** A redirect's body that is longer in time or bytes is cut off, with its connection. */
const redirectBodyMs = 1000;
const redirectBodyBytes = 64 * 1024;
const callHeader = 'modal-function-call-id';

/**
 * Sends a request. An answer that has begun is kept whatever happens then; `cut` says why it is not whole.
 * @throws `ModalError` of kind `cancelled`, `timeout`, `offline`, `limit`, `invalid` or `unexpected`
 */
export async function send(input: ClientRequest): Promise<HttpResult> {
  let connectedAt = 0;
  let dispatcher: Dispatcher | undefined;
  const start = performance.now();
  try {
    input.signal.throwIfAborted();
    dispatcher = makeDispatcher({
      network: input.network ?? plainNetwork,
      url: input.url,
      headersTimeoutMs: input.headersTimeoutMs,
      onConnect: () => (connectedAt ||= performance.now()),
    });
    const { response, pollTimes } = await follow(dispatcher, input);
    const firstByte = performance.now() - start;
    const { statusCode: status, statusText } = response;
    const headers = flatHeaders(response.headers);
    input.onHead?.({ status, statusText, headers });
    const watch = new FailureWatch(status, headers);
    const { bytes, ...read } = await readBody(response, {
      onChunk: (chunk) => {
        watch.push(chunk);
        input.onChunk?.(chunk, performance.now() - start);
      },
      explainCut: (error) => cutOf(error, input),
    });
    const total = performance.now() - start;
    const connect = connectedAt ? connectedAt - start : 0;
    const failure = watch.end();
    const isCut = read.cut !== undefined || read.size > bytes.length;
    const text = lazyText(bytes.length, () => decodeText(bytes, { headers, isCut }) ?? '');
    return {
      status,
      statusText,
      headers,
      bytes,
      /** Decoding a large answer takes time, and not every answer is read as text. */
      get body() {
        return text();
      },
      ...read,
      ...(failure === undefined ? {} : { failure }),
      timing: { connect, firstByte, total, polls: pollTimes.length, pollTimes },
      callId: headers[callHeader] ?? '',
    };
  } catch (error) {
    throw requestError(error, input);
  } finally {
    // Nothing is kept alive: the next measurement includes its connect, and a cancel frees the socket at once.
    await dispatcher?.destroy();
  }
}

/** Sends, and follows redirects of the same server, also the 303 of a request that takes longer than one leg may. */
async function follow(
  dispatcher: Dispatcher,
  input: ClientRequest,
): Promise<{ response: Dispatcher.ResponseData; pollTimes: number[] }> {
  const pollTimes: number[] = [];
  let target: Target = { method: input.method, url: input.url, withBody: true };
  for (let redirects = 0; ;) {
    const sentAt = performance.now();
    const response = await sendTo(dispatcher, input, target);
    const location = response.headers['location'];
    const next = redirected(response.statusCode, location?.toString(), target);
    if (!next) return { response, pollTimes };
    if (isPoll(response.statusCode, next)) {
      pollTimes.push(performance.now() - sentAt);
      input.onPoll?.(pollTimes.length);
    } else redirects++;
    if (redirects > mostRedirects || pollTimes.length > mostPolls)
      throw new ModalError(
        'limit',
        `The endpoint redirected ${redirects + pollTimes.length - 1} times without a final response. Check its logs.`,
      );
    await leave(response.body);
    target = next;
  }
}

async function sendTo(
  dispatcher: Dispatcher,
  { headers, body, signal, headersTimeoutMs }: ClientRequest,
  { method, url, withBody }: Target,
): Promise<Dispatcher.ResponseData> {
  const open = await openBody(withBody ? body : undefined);
  const own = withBody ? headers : withoutContentHeaders(headers);
  const leg = new Leg(signal, headersTimeoutMs);
  return request(url, {
    dispatcher,
    onInfo: () => leg.begin(),
    method,
    headers: { 'accept-encoding': 'identity', ...lowerCased(own), ...open.headers },
    body: open.body as Exclude<Dispatcher.DispatchOptions['body'], undefined>,
    signal: leg.signal,
  }).finally(() => leg.end());
}

/**
 * Answers that only say "wait" begin the library's limit for the headers again, each of them; this one counts from the
 * first.
 */
class Leg {
  readonly signal: AbortSignal;
  readonly #late = new AbortController();
  readonly #limitMs: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(signal: AbortSignal, limitMs: number) {
    this.signal = AbortSignal.any([signal, this.#late.signal]);
    this.#limitMs = limitMs;
  }

  begin(): void {
    const error = Object.assign(new Error('No final response'), { code: 'UND_ERR_HEADERS_TIMEOUT' });
    this.#timer ??= setTimeout(() => this.#late.abort(error), this.#limitMs);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

/** Of a redirect nothing is read; a short body leaves the connection for what follows. */
async function leave(body: Dispatcher.ResponseData['body']): Promise<void> {
  const enough = AbortSignal.timeout(redirectBodyMs);
  await body.dump({ limit: redirectBodyBytes, signal: enough }).catch(() => undefined);
  body.destroy();
}

/** One header has one spelling: a type of the user's must give way to the one with the boundary. */
function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function withoutContentHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !/^content-/i.test(name)));
}

function flatHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}
