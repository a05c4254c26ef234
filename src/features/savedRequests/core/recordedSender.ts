import type { HttpResult, RequestSpec } from '../../../domain/request.ts';
import { isCancelled } from '../../../domain/errors.ts';
import type { SentRequest } from './history/entry.ts';
import type { RequestSender, SendProgress } from '../../requests/core/index.ts';

/**
 * Tells of every request that a person sent, once its end is known. Load tests and health checks use the sender below,
 * so that they do not fill the history.
 */
export class RecordedSender implements Pick<RequestSender, 'send'> {
  readonly #sender: Pick<RequestSender, 'send'>;
  readonly #onDidSend: (sent: SentRequest) => void;

  constructor(sender: Pick<RequestSender, 'send'>, onDidSend: (sent: SentRequest) => void) {
    this.#sender = sender;
    this.#onDidSend = onDidSend;
  }

  /** @throws as the sender does; a request that was cancelled is not told */
  async send(spec: RequestSpec, signal: AbortSignal, progress?: SendProgress): Promise<HttpResult> {
    const at = Date.now();
    try {
      const result = await this.#sender.send(spec, signal, progress);
      this.#onDidSend({ spec, at, result });
      return result;
    } catch (error) {
      if (!isCancelled(error)) this.#onDidSend({ spec, at, error });
      throw error;
    }
  }
}
