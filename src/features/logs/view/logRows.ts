import type { EntriesMessage, RowsMessage, ShownRow } from '../messages.ts';
import { RowCache } from './rowCache.ts';

/** Rows that are asked for at once; the host would send up to 500. */
const mostAsked = 400;

/** Late lines move at most about this many rows. */
const mostMoved = 1000;

/** The rows of the log that is shown: how many there are, and those of them that were sent. */
export class LogRows {
  #first = 0;
  #end = 0;
  #cache = new RowCache();
  /** Rows from before everything was sent again; shown until the new ones arrive, so that nothing flickers. */
  #former: RowCache | undefined;
  /** What was asked for and has not arrived yet. */
  #asked: readonly [from: number, to: number] | undefined;

  /** Place of the first row that the host holds. */
  get first(): number {
    return this.#first;
  }

  /** Place after the newest row. */
  get end(): number {
    return this.#end;
  }

  get(place: number): ShownRow | undefined {
    return this.#cache.get(place) ?? this.#former?.get(place);
  }

  /** Another log is shown. */
  clear(): void {
    this.#first = 0;
    this.#end = 0;
    this.#startOver(false);
  }

  /** @returns the first place whose row may have changed; undefined = all places now mean other rows */
  take({ reset, first, end, from, rows, updates }: EntriesMessage): number | undefined {
    const isOther = reset && (first >= this.#end || end <= this.#first);
    this.#first = first;
    this.#end = end;
    if (reset) this.#startOver(!isOther);
    else
      for (const cache of [this.#cache, this.#former]) {
        cache?.forgetFrom(from);
        cache?.dropBefore(first);
      }
    this.#cache.put(end - rows.length, rows);
    for (const { place, row } of updates) this.#cache.update(place, row);
    if (isOther) return undefined;
    return reset ? end : from;
  }

  /** New places by current ones, of the rows that the message will move. */
  movedBy({ reset, from, end, rows }: EntriesMessage): ReadonlyMap<number, number> {
    const moved = new Map<number, number>();
    if (reset || from >= this.#end) return moved;
    const places = new Map(rows.map(({ row }, at) => [row, end - rows.length + at]));
    for (let place = Math.max(from, this.#end - mostMoved); place < this.#end; place++) {
      const to = places.get(this.get(place)?.row ?? Number.NaN);
      if (to !== undefined) moved.set(place, to);
    }
    return moved;
  }

  takeRange({ first, from, rows }: RowsMessage): void {
    this.#asked = undefined;
    if (first > this.#first) this.#first = Math.min(first, this.#end);
    this.#cache.put(
      from,
      rows.filter((_, at) => from + at < this.#end),
    );
  }

  /** The range to ask for so that these places can be shown; undefined = nothing, or it is on its way. */
  ask(from: number, to: number): readonly [from: number, to: number] | undefined {
    const missing = this.#cache.missing(Math.max(from, this.#first), Math.min(to, this.#end));
    if (!missing) return undefined;
    const [start, end] = missing;
    if (this.#asked && start >= this.#asked[0] && start < this.#asked[1]) return undefined;
    this.#asked = [start, Math.min(end, start + mostAsked)];
    return this.#asked;
  }

  #startOver(keeps: boolean): void {
    this.#former = keeps ? this.#cache : undefined;
    this.#cache = new RowCache();
    this.#asked = undefined;
  }
}
