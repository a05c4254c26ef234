/** A list of numbers that grows and shrinks at both ends, in one block of memory. */
export class NumberDeque {
  #items = new Float64Array(1024);
  #head = 512;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** @returns NaN when there is none */
  at(index: number): number {
    if (index < 0 || index >= this.#length) return Number.NaN;
    return this.#items[this.#head + index] ?? Number.NaN;
  }

  push(value: number): void {
    if (this.#head + this.#length === this.#items.length) this.#resize();
    this.#items[this.#head + this.#length++] = value;
  }

  insert(index: number, value: number): void {
    this.push(value);
    const at = this.#head + index;
    this.#items.copyWithin(at + 1, at, this.#head + this.#length - 1);
    this.#items[at] = value;
  }

  remove(index: number): void {
    const at = this.#head + index;
    this.#items.copyWithin(at, at + 1, this.#head + this.#length);
    this.#length--;
  }

  unshift(values: readonly number[]): void {
    while (this.#head < values.length) this.#resize(values.length);
    this.#head -= values.length;
    this.#items.set(values, this.#head);
    this.#length += values.length;
  }

  shift(count: number): void {
    this.#head += count;
    this.#length -= count;
  }

  truncate(length: number): void {
    this.#length = Math.min(this.#length, length);
  }

  /** Moves the numbers to the middle, into a larger block when they fill more than half of this one. */
  #resize(before = 0): void {
    const wanted = (this.#length + before) * 2 + 1024;
    const items = wanted > this.#items.length ? new Float64Array(wanted * 1.5) : this.#items;
    const head = Math.floor((items.length - this.#length) / 2);
    const held = this.#items.subarray(this.#head, this.#head + this.#length);
    if (items === this.#items) items.copyWithin(head, this.#head, this.#head + this.#length);
    else items.set(held, head);
    this.#items = items;
    this.#head = head;
  }
}
