import { StringDecoder } from 'node:string_decoder';

/** A line longer than this is passed on in pieces, so that one endless line cannot fill the memory. */
const longestLine = 256 * 1024;

/** Joins chunks of bytes to lines of text. A lone carriage return ends a line too: progress bars use it. */
export class OutputLines {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;
  #carry = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    this.#take(this.#decoder.write(chunk));
  }

  /** Passes on what has no line end yet. */
  end(): void {
    this.#take(this.#decoder.end());
    if (this.#carry) this.#onLine(this.#carry);
    this.#carry = '';
  }

  #take(text: string): void {
    const pieces = (this.#carry + text).split(/\r\n|\n|\r(?!$)/);
    this.#carry = pieces.pop() ?? '';
    for (const piece of pieces) this.#onLine(piece);
    while (this.#carry.length > longestLine) {
      this.#onLine(this.#carry.slice(0, longestLine));
      this.#carry = this.#carry.slice(longestLine);
    }
  }
}
