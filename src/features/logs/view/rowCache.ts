import type { ShownRow } from '../messages.ts';

const pageRows = 128;
/** What the view keeps beyond what it paints, so that scrolling back is instant. The host has all of it. */
const mostPages = 64;
const mostCharacters = 6_000_000;

interface Page {
  readonly rows: Map<number, ShownRow>;
  characters: number;
}

/** Rows by place, in pages; the page that was used longest ago goes first. */
export class RowCache {
  readonly #pages = new Map<number, Page>();
  #characters = 0;

  get(place: number): ShownRow | undefined {
    return this.#pages.get(pageOf(place))?.rows.get(place);
  }

  put(from: number, rows: readonly ShownRow[]): void {
    rows.forEach((row, at) => this.#set(from + at, row));
    this.#limit();
  }

  /** Replaces a row, if it is here. */
  update(place: number, row: ShownRow): void {
    if (this.get(place)) this.#set(place, row);
  }

  /** The part of a range that has to be asked for: from its first missing row to its last. */
  missing(from: number, to: number): readonly [from: number, to: number] | undefined {
    this.#use(from, to);
    let first = from;
    while (first < to && this.get(first)) first++;
    let end = to;
    while (end > first && this.get(end - 1)) end--;
    return first < end ? [first, end] : undefined;
  }

  /** Drops every row from that place on. */
  forgetFrom(place: number): void {
    for (const [number, page] of this.#pages) {
      if ((number + 1) * pageRows <= place) continue;
      for (const at of page.rows.keys()) if (at >= place) this.#delete(number, page, at);
    }
  }

  dropBefore(place: number): void {
    for (const [number, page] of this.#pages) if ((number + 1) * pageRows <= place) this.#drop(number, page);
  }

  get size(): number {
    return [...this.#pages.values()].reduce((sum, { rows }) => sum + rows.size, 0);
  }

  /** Pages that are looked at are the last to go. */
  #use(from: number, to: number): void {
    for (let number = pageOf(from); number <= pageOf(to - 1); number++) {
      const page = this.#pages.get(number);
      if (!page) continue;
      this.#pages.delete(number);
      this.#pages.set(number, page);
    }
  }

  #set(place: number, row: ShownRow): void {
    const number = pageOf(place);
    const page = this.#pages.get(number) ?? { rows: new Map<number, ShownRow>(), characters: 0 };
    this.#pages.set(number, page);
    const change = sizeOf(row) - sizeOf(page.rows.get(place));
    page.rows.set(place, row);
    page.characters += change;
    this.#characters += change;
  }

  #delete(number: number, page: Page, place: number): void {
    const size = sizeOf(page.rows.get(place));
    page.rows.delete(place);
    page.characters -= size;
    this.#characters -= size;
    if (page.rows.size === 0) this.#pages.delete(number);
  }

  #drop(number: number, page: Page): void {
    this.#pages.delete(number);
    this.#characters -= page.characters;
  }

  #limit(): void {
    for (const [number, page] of this.#pages) {
      const isWithin = this.#pages.size <= mostPages && this.#characters <= mostCharacters;
      if (isWithin || this.#pages.size === 1) return;
      this.#drop(number, page);
    }
  }
}

function pageOf(place: number): number {
  return Math.floor(place / pageRows);
}

function sizeOf(row: ShownRow | undefined): number {
  if (!row) return 0;
  const { entry } = row;
  return 200 + ('text' in entry ? entry.text.length : 100);
}
