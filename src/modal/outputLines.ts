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
    if (!/[\r\n]/.test(text) && !this.#carry.endsWith('\r')) {
      // A line in many small pieces is not searched again for each.
      this.#carry = this.#passPieces(this.#carry + text);
      return;
    }
    const lines = (this.#carry + text).split(/\r\n|\n|\r(?!$)/);
    this.#carry = lines.pop() ?? '';
    for (const line of lines) this.#onLine(this.#passPieces(line));
    this.#carry = this.#passPieces(this.#carry);
  }

  /** Passes on all but the last piece of a line that is too long. */
  #passPieces(line: string): string {
    let at = 0;
    for (; line.length - at > longestLine; at += longestLine) this.#onLine(line.slice(at, at + longestLine));
    return at === 0 ? line : line.slice(at);
  }
}
