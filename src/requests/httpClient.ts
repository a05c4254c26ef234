/** The HTTP client of test requests: undici with a dispatcher of its own. A bundle of its own, loaded on first use. */
import { restoreDispatcher } from './keepDispatcher.ts';
import { Agent, request } from 'undici';
import type { Dispatcher } from 'undici';
import { ModalError, isModalError } from '../domain/errors.ts';
import type { HttpResult, Timing } from '../domain/request.ts';

restoreDispatcher();

/** One connection, for load tests: the library is in this bundle alone. */
export { Client } from 'undici';

export interface ClientRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** Limit for the first byte of each leg, in milliseconds. */
  readonly headersTimeoutMs: number;
  /** Text as it arrives, for streams. */
  readonly onText?: (text: string) => void;
  /** A long poll begins, counted from 1. */
  readonly onPoll?: (count: number) => void;
}

const connectLimitMs = 10_000;
const idleBodyLimitMs = 5 * 60_000;
const largestBody = 100 * 1024 * 1024;
/** As many as browsers follow. */
const mostPolls = 20;
const callHeader = 'modal-function-call-id';

/** @throws `ModalError` of kind `cancelled`, `timeout`, `offline`, `limit` or `unexpected` */
export async function send(input: ClientRequest): Promise<HttpResult> {
  let connectedAt = 0;
  const start = performance.now();
  const agent = new Agent({
    connect: { timeout: connectLimitMs },
    headersTimeout: input.headersTimeoutMs,
    bodyTimeout: idleBodyLimitMs,
  });
  agent.on('connect', () => (connectedAt ||= performance.now()));
  try {
    const { response, polls } = await follow(agent, input);
    const firstByte = performance.now() - start;
    const { text, size } = await readBody(response, input);
    const timing: Timing = {
      connect: connectedAt ? connectedAt - start : 0,
      firstByte,
      total: performance.now() - start,
      polls,
    };
    const headers = flatHeaders(response.headers);
    return {
      status: response.statusCode,
      statusText: response.statusText,
      headers,
      body: text,
      size,
      timing,
      callId: headers[callHeader] ?? '',
    };
  } catch (error) {
    throw explain(error, input);
  } finally {
    // Nothing is kept alive: the next measurement includes its connect, and a cancel frees the socket at once.
    await agent.destroy();
  }
}

/** Sends, and follows the 303 with which Modal cuts a request that takes longer than its limit for one leg. */
async function follow(
  agent: Agent,
  input: ClientRequest,
): Promise<{ response: Dispatcher.ResponseData; polls: number }> {
  let target = { method: input.method, url: input.url, body: input.body };
  for (let polls = 0; ; polls++) {
    const response = await request(target.url, {
      dispatcher: agent,
      method: target.method,
      headers: { 'accept-encoding': 'identity', ...input.headers },
      body: target.body ?? null,
      signal: input.signal,
    });
    const location = response.headers['location'];
    if (response.statusCode !== 303 || typeof location !== 'string') return { response, polls };
    if (polls >= mostPolls)
      throw new ModalError('limit', `The endpoint redirected ${mostPolls} times without an answer.`);
    await response.body.dump();
    input.onPoll?.(polls + 1);
    target = { method: 'GET', url: sameOrigin(location, target.url), body: undefined };
  }
}

/** The key must not follow a redirect to another server. */
function sameOrigin(location: string, from: string): string {
  const url = new URL(location, from);
  if (url.origin === new URL(from).origin) return url.href;
  throw new ModalError(
    'invalid',
    `The endpoint redirects to another server, ${url.origin}, which is not followed.`,
  );
}

async function readBody(
  response: Dispatcher.ResponseData,
  input: ClientRequest,
): Promise<{ text: string; size: number }> {
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let size = 0;
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody)
      throw new ModalError('limit', 'The answer is larger than 100 MB and was cut off.');
    const text = decoder.decode(chunk, { stream: true });
    parts.push(text);
    input.onText?.(text);
  }
  parts.push(decoder.decode());
  return { text: parts.join(''), size };
}

function flatHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}

function explain(error: unknown, { signal, url, headersTimeoutMs }: ClientRequest): ModalError {
  if (isModalError(error)) return error;
  if (signal.aborted) return new ModalError('cancelled', 'Cancelled', { cause: error });
  const { code = '', message } = error as { code?: string; message: string };
  const { host } = new URL(url);
  const seconds = Math.round(headersTimeoutMs / 1000);
  switch (code) {
    case 'UND_ERR_HEADERS_TIMEOUT':
      return new ModalError(
        'timeout',
        `No answer within ${seconds} s. A cold start may take longer: raise modalGpu.requests.timeoutSeconds, or look at the logs.`,
        { cause: error },
      );
    case 'UND_ERR_BODY_TIMEOUT':
      return new ModalError('timeout', 'The answer stopped for 5 minutes and was given up.', {
        cause: error,
      });
    case 'UND_ERR_CONNECT_TIMEOUT':
      return new ModalError('offline', `No connection to ${host} within 10 s.`, { cause: error });
    case 'ECONNREFUSED':
      return new ModalError('offline', `Nothing listens at ${host}. Is the app still deployed?`, {
        cause: error,
      });
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new ModalError('offline', `The name ${host} cannot be resolved. Check the network.`, {
        cause: error,
      });
    case 'ECONNRESET':
    case 'UND_ERR_SOCKET':
      return new ModalError('offline', `${host} closed the connection before the answer was complete.`, {
        cause: error,
      });
    default:
      return new ModalError('unexpected', `The request to ${host} failed: ${message}`, { cause: error });
  }
}
