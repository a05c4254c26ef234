import { ModalError } from '../domain/errors.ts';
import type { Logger } from '../domain/logger.ts';
import type { HttpResult, RequestSpec } from '../domain/request.ts';

type Client = Pick<typeof import('./httpClient.ts'), 'send'>;

export interface SenderOptions {
  readonly logger: Logger;
  readonly resolveSecret: (reference: string) => Promise<string | undefined>;
  /** Limit for the first byte, asked for each request. */
  readonly timeoutSeconds: () => number;
  readonly loadClient?: () => Promise<Client>;
}

export interface SendProgress {
  readonly onText?: (text: string) => void;
  readonly onPoll?: (count: number) => void;
}

/** Sends requests and puts keys in only here, so that they reach no log, view or history. */
export class RequestSender {
  readonly #options: SenderOptions;
  readonly #loadClient: () => Promise<Client>;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#loadClient = options.loadClient ?? (() => import('./httpClient.ts'));
  }

  /** @throws kind `signedOut` when the endpoint's key is not known, else as the client does */
  async send(spec: RequestSpec, signal: AbortSignal, progress: SendProgress = {}): Promise<HttpResult> {
    const headers = await this.headersOf(spec);
    const { send } = await this.#loadClient();
    const result = await send({
      method: spec.method,
      url: spec.url,
      headers,
      ...(spec.body === undefined ? {} : { body: spec.body }),
      signal,
      headersTimeoutMs: this.#options.timeoutSeconds() * 1000,
      ...progress,
    });
    const { origin, pathname } = new URL(spec.url);
    this.#options.logger.info(
      `${spec.method} ${origin}${pathname}: ${result.status} in ${result.timing.total.toFixed(0)} ms`,
    );
    return result;
  }

  /**
   * All headers of a request, with its key put in, for a sender of another kind. They must stay within the process.
   * @throws kind `signedOut` when the endpoint's key is not known
   */
  async headersOf(spec: RequestSpec): Promise<Record<string, string>> {
    return { ...spec.headers, ...(await this.#authHeader(spec)) };
  }

  async #authHeader({ auth }: RequestSpec): Promise<Record<string, string>> {
    if (!auth) return {};
    const value = await this.#options.resolveSecret(auth.secretRef);
    if (!value) throw new ModalError('signedOut', 'This endpoint needs an API key, and none is stored here.');
    return { [auth.header]: auth.scheme ? `${auth.scheme} ${value}` : value };
  }
}
