import { ModalError } from '../domain/errors.ts';
import type { Logger } from '../domain/logger.ts';
import type { HttpResult, RequestSpec } from '../domain/request.ts';
import { authHeaders } from '../domain/request.ts';

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
    const headers = { ...spec.headers, ...(await this.#authHeader(spec)) };
    const { send } = await this.#loadClient();
    const result = await send({
      method: spec.method,
      url: spec.url,
      headers,
      ...(typeof spec.body === 'string' || spec.body instanceof Uint8Array ? { body: spec.body } : {}),
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

  async #authHeader({ auth }: RequestSpec): Promise<Record<string, string>> {
    if (!auth) return {};
    const value = await this.#options.resolveSecret(auth.secretRef);
    if (!value) throw new ModalError('signedOut', 'This endpoint needs an API key, and none is stored here.');
    return authHeaders(auth, value);
  }
}
