import type { HttpClient } from './loadHttpClient.ts';
import { loadHttpClient } from './loadHttpClient.ts';
import { ModalError } from '../../../domain/errors.ts';
import type { Logger } from '../../../shared/logger.ts';
import type { NetworkSettings } from '../../../domain/network.ts';
import type { HttpResult, RequestSpec } from '../../../domain/request.ts';
import { authHeaders } from '../../../domain/request.ts';
import { checkHost } from './checkHeaders.ts';
import type { AnswerHead } from './httpClient.ts';
import { KeyMask } from './keyMask.ts';
import { lazyText } from './lazyText.ts';
import { decodeText } from './textBody.ts';

/** They know the list of credentials, which is too large for a file that every start evaluates. */
const secretHeaders = () => import('./secretHeaders.ts');

type Client = Pick<HttpClient, 'send'>;

export interface SenderOptions {
  readonly logger: Logger;
  readonly resolveSecret: (reference: string) => Promise<string | undefined>;
  /** Limit for the first byte, asked for each request. */
  readonly timeoutSeconds: () => number;
  /** Asked for each request; without it, the environment's variables alone count. */
  readonly network?: () => NetworkSettings;
  readonly loadClient?: () => Promise<Client>;
}

export interface SendProgress {
  readonly onHead?: (head: AnswerHead) => void;
  /** Bytes as they arrive, after decompression, with the milliseconds since the request was sent. */
  readonly onChunk?: (bytes: Uint8Array, at: number) => void;
  readonly onPoll?: (count: number) => void;
}

/** Sends requests and puts keys in only here, so that they reach no log, view or history, also when a server repeats them. */
export class RequestSender {
  readonly #options: SenderOptions;
  readonly #loadClient: () => Promise<Client>;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#loadClient = options.loadClient ?? loadHttpClient;
  }

  /** @throws kind `signedOut` when the endpoint's key is not known, `invalid` for a header without value, else as the client does */
  async send(spec: RequestSpec, signal: AbortSignal, progress: SendProgress = {}): Promise<HttpResult> {
    const key = await this.#key(spec);
    const { secretValues } = await secretHeaders();
    const mask = new KeyMask([...secretValues(spec), ...(spec.auth && key ? secretsOf(spec.auth, key) : [])]);
    const { send } = await this.#loadClient();
    const result = await send({
      method: spec.method,
      url: spec.url,
      headers: await headersWith(spec, key),
      ...(spec.body === undefined ? {} : { body: spec.body }),
      signal,
      headersTimeoutMs: this.#options.timeoutSeconds() * 1000,
      ...(this.#options.network ? { network: this.#options.network() } : {}),
      ...maskedProgress(progress, mask),
    });
    const { origin, pathname } = new URL(spec.url);
    this.#options.logger.info(
      `${spec.method} ${origin}${pathname}: ${result.status} in ${result.timing.total.toFixed(0)} ms`,
    );
    return maskedResult(result, mask);
  }

  /**
   * All headers of a request, with its key put in, for a sender of another kind. They must stay within the process.
   * @throws kind `signedOut` when the endpoint's key is not known, `invalid` for a header without value
   */
  async headersOf(spec: RequestSpec): Promise<Record<string, string>> {
    const key = await this.#key(spec);
    return headersWith(spec, key);
  }

  async #key({ auth }: RequestSpec): Promise<string | undefined> {
    if (!auth) return undefined;
    const value = await this.#options.resolveSecret(auth.secretRef);
    if (!value) throw new ModalError('signedOut', 'This endpoint requires an API key, and none is saved.');
    return value;
  }
}

/** A key belongs to the server of the address, and no header may make another of it. */
async function headersWith(spec: RequestSpec, key: string | undefined): Promise<Record<string, string>> {
  const { filledHeaders } = await secretHeaders();
  const headers = { ...filledHeaders(spec), ...(spec.auth && key ? authHeaders(spec.auth, key) : {}) };
  for (const [name, value] of Object.entries(headers))
    if (name.toLowerCase() === 'host') checkHost(new URL(spec.url), value);
  return headers;
}

/** All that must not be repeated: the key, and of a pair its secret half. */
function secretsOf(auth: NonNullable<RequestSpec['auth']>, key: string): string[] {
  return [key, ...(auth.idHeader === undefined ? [] : [key.slice(key.indexOf('.') + 1)])];
}

function maskedProgress({ onHead, onChunk, onPoll }: SendProgress, mask: KeyMask): SendProgress {
  return {
    ...(onPoll ? { onPoll } : {}),
    ...(onHead ? { onHead: (head) => onHead(maskedHead(head, mask)) } : {}),
    ...(onChunk ? { onChunk: (bytes, at) => onChunk(mask.push(bytes), at) } : {}),
  };
}

function maskedHead({ status, statusText, headers }: AnswerHead, mask: KeyMask): AnswerHead {
  return { status, statusText: mask.text(statusText), headers: mask.headers(headers) };
}

/** A result that holds no key stays as it is. */
function maskedResult(result: HttpResult, mask: KeyMask): HttpResult {
  const head = maskedHead(result, mask);
  const callId = mask.text(result.callId);
  const bytes = result.bytes && mask.bytes(result.bytes);
  const textOnly = result.bytes ? undefined : mask.text(result.body);
  // Its letters may have been written as escapes, which the bytes do not show.
  const failure = result.failure === undefined ? {} : { failure: mask.text(result.failure) };
  if (!mask.found) return result;
  const { size, cut } = result;
  const isCut = cut !== undefined || size > (bytes?.length ?? 0);
  const decoded = () => (bytes && decodeText(bytes, { headers: head.headers, isCut })) ?? '';
  const text = lazyText(bytes?.length ?? 0, () => textOnly ?? mask.text(decoded()));
  const body = { get: text, enumerable: true };
  const masked = { ...head, ...failure, callId, ...(bytes ? { bytes } : {}), keyMasked: true };
  return Object.defineProperty({ ...withoutText(result), ...masked }, 'body', body) as HttpResult;
}

/** Its text would be decoded by a spread, of bytes that are not kept. */
function withoutText(result: HttpResult): Omit<HttpResult, 'body'> {
  const others = Object.entries(Object.getOwnPropertyDescriptors(result)).filter(([name]) => name !== 'body');
  return Object.defineProperties({}, Object.fromEntries(others)) as Omit<HttpResult, 'body'>;
}
