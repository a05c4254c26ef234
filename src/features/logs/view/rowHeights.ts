/** Positions of rows, most of which have the usual height. All in CSS pixels. */
export class RowHeights {
  readonly #usual: number;
  readonly #extra = new Map<number, number>();
  #places: number[] = [];
  /** Extra height of all places before and with the one at the same index. */
  #sums: number[] = [];
  #isStale = false;

  constructor(usual: number) {
    this.#usual = usual;
  }

  height(place: number): number {
    return this.#usual + (this.#extra.get(place) ?? 0);
  }

  /** @returns whether it changed */
  set(place: number, height: number): boolean {
    const extra = height - this.#usual;
    if ((this.#extra.get(place) ?? 0) === extra) return false;
    if (extra === 0) this.#extra.delete(place);
    else this.#extra.set(place, extra);
    this.#isStale = true;
    return true;
  }

  /** Height of the rows from one place up to another. */
  between(from: number, to: number): number {
    if (to <= from) return 0;
    return (to - from) * this.#usual + this.#extraBefore(to) - this.#extraBefore(from);
  }

  /** The place whose row holds that height, counted from the top of the row at `first`. */
  placeAt(height: number, first: number, end: number): number {
    let low = first;
    let high = Math.max(first, end - 1);
    while (low < high) {
      const middle = low + ((high - low + 1) >> 1);
      if (this.between(first, middle) <= height) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Forgets the heights of all places outside of that range. */
  keep(from: number, to: number): void {
    for (const place of this.#extra.keys()) {
      if (place >= from && place < to) continue;
      this.#extra.delete(place);
      this.#isStale = true;
    }
  }

  #extraBefore(place: number): number {
    this.#refresh();
    let low = 0;
    let high = this.#places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#places[middle] ?? 0) < place) low = middle + 1;
      else high = middle;
    }
    return this.#sums[low - 1] ?? 0;
  }

  #refresh(): void {
    if (!this.#isStale) return;
    this.#isStale = false;
    this.#places = [...this.#extra.keys()].sort((a, b) => a - b);
    let sum = 0;
    this.#sums = this.#places.map((place) => (sum += this.#extra.get(place) ?? 0));
  }
}
