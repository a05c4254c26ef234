import { FailureWatch } from '../../requests/core/index.ts';

/** One request of a load test, or one poll of it. */
export interface Leg {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly body: string | Uint8Array | null;
}

export interface LegAnswer {
  readonly status: number;
  /** '' when there is none. */
  readonly location: string;
  /** When the head had come, by `performance.now()`. */
  readonly firstByte: number;
  /** Of the body. */
  readonly bytes: number;
  /** How the body of anything but a success begins. */
  readonly text: string;
  /** What the server says went wrong, where the status is a success. */
  readonly failure?: string;
}

/** One connection that carries one leg after the other. */
export interface Wire {
  /** @throws an error with a `code` of Node's or undici's when no whole answer comes */
  readonly send: (leg: Leg) => Promise<LegAnswer>;
  /** Frees the socket at once; what is open fails. */
  readonly close: () => Promise<void>;
}

/** The headers of an answer that count. */
export interface LegHead {
  readonly type: string | undefined;
  readonly location: string | undefined;
}

const keptText = 500;

/** Gathers the answer of one leg. */
export class LegReader {
  #status = 0;
  #location = '';
  #firstByte = 0;
  #bytes = 0;
  #text = '';
  #watch: FailureWatch | undefined;

  get hasHead(): boolean {
    return this.#status > 0;
  }

  head(status: number, { type, location }: LegHead): void {
    this.#firstByte = performance.now();
    this.#status = status;
    if (type) this.#watch = new FailureWatch(status, { 'content-type': type });
    if (status === 303 && location) this.#location = location;
  }

  body(chunk: Buffer): void {
    this.#bytes += chunk.length;
    this.#watch?.push(chunk);
    if (this.#status >= 300 && this.#text.length < keptText)
      this.#text += chunk.toString('utf8').slice(0, keptText);
  }

  end(): LegAnswer {
    const failure = this.#watch?.end();
    return {
      status: this.#status,
      location: this.#location,
      firstByte: this.#firstByte,
      bytes: this.#bytes,
      text: this.#text,
      ...(failure === undefined ? {} : { failure }),
    };
  }
}
