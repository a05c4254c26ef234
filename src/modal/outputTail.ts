/** Keeps the last lines of an output, up to a number of characters, at a cost that does not grow with what came before. */
export class OutputTail {
  readonly #limit: number;
  readonly #lines: string[] = [];
  #first = 0;
  #length = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(line: string): void {
    this.#lines.push(line);
    this.#length += line.length + 1;
    while (this.#length > this.#limit && this.#first < this.#lines.length - 1) {
      this.#length -= (this.#lines[this.#first] ?? '').length + 1;
      this.#lines[this.#first] = '';
      this.#first += 1;
    }
    if (this.#first > 1000 && this.#first * 2 > this.#lines.length) {
      this.#lines.splice(0, this.#first);
      this.#first = 0;
    }
  }

  toString(): string {
    return this.#lines
      .slice(this.#first)
      .map((line) => `${line}\n`)
      .join('')
      .slice(-this.#limit);
  }
}
