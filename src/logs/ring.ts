/** Holds the newest items up to a limit; each keeps the number it got when it came in. */
export class Ring<T> {
  readonly #limit: number;
  #items: T[] = [];
  #start = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Number of the oldest item still held. */
  get first(): number {
    return this.#start;
  }

  /** Number that the next item gets. */
  get end(): number {
    return this.#start + this.#items.length;
  }

  push(item: T): void {
    this.#items.push(item);
    // Cut rarely and by a tenth: moving everything for each line would cost more than the memory is worth.
    if (this.#items.length <= this.#limit * 1.1) return;
    const excess = this.#items.length - this.#limit;
    this.#items = this.#items.slice(excess);
    this.#start += excess;
  }

  /** Items from that number on, as far as they are held. */
  since(number: number): readonly T[] {
    return this.#items.slice(Math.max(0, number - this.#start));
  }

  clear(): void {
    this.#start = this.end;
    this.#items = [];
  }
}
