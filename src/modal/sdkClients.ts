import type { ModalClient } from 'modal';
import type { Logger } from '../shared/logger.ts';
import { steadyNow } from '../shared/steadyNow.ts';
import { AuthTokens, fetchToken, useTokens } from './authTokens.ts';

/** What still runs over a connection that was given up may end there: log streams ask for at most a minute. */
const retireMs = 90_000;

/**
 * The connections of one account: one for calls, and one for log streams, since a server bounds the streams of one, and
 * all else would wait for them. gRPC holds on to a line that went dead, or that it began to open meanwhile, for up to
 * half a minute after the network is back; new connections are therefore made as soon as that is known.
 */
export class SdkClients {
  readonly tokens: AuthTokens;
  readonly #make: () => ModalClient;
  #calls: ModalClient | undefined;
  #streams: ModalClient | undefined;
  #answeredAt = Number.NEGATIVE_INFINITY;

  /** @param make a client with a connection of its own */
  constructor(make: () => ModalClient, logger: Logger) {
    this.#make = make;
    this.tokens = new AuthTokens(() => fetchToken(this.calls), logger);
  }

  get calls(): ModalClient {
    return (this.#calls ??= this.#made());
  }

  get streams(): ModalClient {
    return (this.#streams ??= this.#made());
  }

  noteAnswer(): void {
    this.#answeredAt = steadyNow();
  }

  /** Notes that a call got no answer. Where no other got one meanwhile, the line is dead. @param since when it began */
  noteSilence(since: number): void {
    if (this.#answeredAt < since) this.renew();
  }

  /** New calls take new connections; what is under way has time to end on the old ones. */
  renew(): void {
    const old = [this.#calls, this.#streams];
    this.#calls = undefined;
    this.#streams = undefined;
    const retire = () => old.forEach((client) => client?.close());
    setTimeout(retire, retireMs).unref();
  }

  close(): void {
    this.#calls?.close();
    this.#streams?.close();
  }

  #made(): ModalClient {
    const client = this.#make();
    useTokens(client, this.tokens);
    return client;
  }
}
