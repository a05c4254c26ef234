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
}

/** One connection that carries one leg after the other. */
export interface Wire {
  /** @throws an error with a `code` of Node's or undici's when no whole answer comes */
  readonly send: (leg: Leg) => Promise<LegAnswer>;
  /** Frees the socket at once; what is open fails. */
  readonly close: () => Promise<void>;
}

const keptText = 500;

/** Gathers the answer of one leg. */
export class LegReader {
  #status = 0;
  #location = '';
  #firstByte = 0;
  #bytes = 0;
  #text = '';

  get hasHead(): boolean {
    return this.#status > 0;
  }

  head(status: number, location: string | undefined): void {
    this.#firstByte = performance.now();
    this.#status = status;
    if (status === 303 && location) this.#location = location;
  }

  body(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#status >= 300 && this.#text.length < keptText)
      this.#text += chunk.toString('utf8').slice(0, keptText);
  }

  end(): LegAnswer {
    return {
      status: this.#status,
      location: this.#location,
      firstByte: this.#firstByte,
      bytes: this.#bytes,
      text: this.#text,
    };
  }
}
