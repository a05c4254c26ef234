import type { Dispatcher } from 'undici';
import type { Leg, LegAnswer, Wire } from './wire.ts';
import { LegReader } from './wire.ts';

const one = (value: unknown) => (typeof value === 'string' ? value : undefined);

export interface ProxiedWireOptions {
  readonly headers: Readonly<Record<string, string>>;
  /** Tells what is the proxy's fault. */
  readonly explain: (error: Error) => Error;
}

/** Requests that a proxy is told, by undici, which knows how. */
export class ProxiedWire implements Wire {
  readonly #dispatcher: Dispatcher;
  readonly #origin: string;
  readonly #headers: Record<string, string>;
  readonly #explain: (error: Error) => Error;

  constructor(dispatcher: Dispatcher, origin: string, { headers, explain }: ProxiedWireOptions) {
    this.#dispatcher = dispatcher;
    this.#origin = origin;
    this.#headers = { ...headers };
    this.#explain = explain;
  }

  send(leg: Leg): Promise<LegAnswer> {
    const reader = new LegReader();
    return new Promise((resolve, reject) => {
      this.#dispatcher.dispatch(
        { ...leg, origin: this.#origin, headers: this.#headers },
        {
          onRequestStart: () => undefined,
          onResponseStart: (_controller, status, headers) =>
            reader.head(status, { type: one(headers['content-type']), location: one(headers['location']) }),
          onResponseData: (_controller, chunk) => reader.body(chunk),
          onResponseEnd: () => resolve(reader.end()),
          onResponseError: (_controller, error) => reject(this.#explain(error)),
        },
      );
    });
  }

  async close(): Promise<void> {
    await this.#dispatcher.destroy();
  }
}
