import { compileFilter, noFilter } from '../../../domain/logFilter.ts';
import type { CompiledFilter, LogFilter, MatchRange } from '../../../domain/logFilter.ts';
import type { BufferChanges, LogBuffer } from './logBuffer.ts';
import { NumberDeque } from './numberDeque.ts';
import { TextTester } from './textTester.ts';

/** Rows are looked at for at most this long before others have their turn. */
const sliceMs = 8;
/** Rows that are looked at in one go, whether their text is asked for or not. */
const mostAtOnce = 8192;

/** Changes that a view has not seen yet, in places of the filtered rows. */
export interface FilteredChanges {
  /** From this place on, everything may be different. */
  readonly from: number;
  /** Places before that whose entries were updated. */
  readonly updated: readonly number[];
  /** Nothing is where it was. */
  readonly reset: boolean;
}

/**
 * The rows of a buffer that match a filter, kept up to date with work only for what changed. Places never restart,
 * as the positions of the buffer do.
 */
export class FilteredRows {
  readonly #buffer: LogBuffer;
  readonly #changes: BufferChanges;
  readonly #stop: () => void;
  readonly #rows = new NumberDeque();
  #filter: CompiledFilter = compileFilter(noFilter);
  #tester = new TextTester(this.#filter);
  /** The rows are those of an expression that was given up: all. */
  #isGivenUp = false;
  #first = 0;
  /** Position in the buffer up to which rows were looked at. */
  #lookedAt: number;
  #from = 0;
  #updated = new Set<number>();
  #reset = true;

  constructor(buffer: LogBuffer, filter: LogFilter = noFilter) {
    this.#buffer = buffer;
    const { changes, stop } = buffer.read();
    this.#changes = changes;
    this.#stop = stop;
    this.#lookedAt = buffer.first;
    this.setFilter(filter);
  }

  /** Place of the first matching row that is held. */
  get first(): number {
    return this.#first;
  }

  get end(): number {
    return this.#first + this.#rows.length;
  }

  /** Why the expression is not applied; '' when it is. Then nothing is hidden. */
  get problem(): string {
    return this.#tester.problem;
  }

  /** All rows were looked at. */
  get isReady(): boolean {
    const { cleared, prepended, from } = this.#changes;
    if (this.mustStartOver) return false;
    return !cleared && prepended === 0 && from >= this.#lookedAt && this.#lookedAt === this.#buffer.end;
  }

  /** The expression was given up since the rows were looked at: those that it hid are to be shown. */
  get mustStartOver(): boolean {
    return this.#tester.gaveUp && !this.#isGivenUp;
  }

  setFilter(filter: LogFilter): void {
    this.#filter = compileFilter(filter);
    this.#tester = new TextTester(this.#filter);
    this.#startOver();
  }

  /** Brings the rows up to date, for a moment. @returns whether they are */
  refresh(): boolean {
    const until = performance.now() + sliceMs;
    this.#takeChanges();
    while (this.#lookedAt < this.#buffer.end && performance.now() < until) this.#lookAtSome();
    if (this.mustStartOver) this.#startOver();
    return this.isReady;
  }

  /** Brings the rows up to date without a pause. */
  refreshAll(): void {
    while (!this.refresh());
  }

  /** Changes since the previous call. */
  takeChanges(): FilteredChanges {
    const from = Math.max(this.#first, Math.min(this.#from, this.end));
    const updated = [...this.#updated].filter((place) => place >= this.#first && place < from);
    const changes = { from, updated, reset: this.#reset };
    this.#from = this.end;
    this.#updated = new Set();
    this.#reset = false;
    return changes;
  }

  rowAt(place: number): number {
    return this.#rows.at(place - this.#first);
  }

  /** Place of the row, or of the first one after it. Undefined when the row is not held. */
  placeOfRow(row: number): number | undefined {
    const position = this.#buffer.positionOf(row);
    return position === undefined ? undefined : this.#first + this.#placeOf(position);
  }

  /** What to highlight in each of the rows. */
  ranges(rows: readonly number[]): MatchRange[][] {
    return this.#tester.ranges(rows.map((row) => this.#buffer.plainText(row)));
  }

  dispose(): void {
    this.#stop();
  }

  #startOver(): void {
    this.#isGivenUp = this.#tester.gaveUp;
    this.#first = this.end;
    this.#rows.truncate(0);
    this.#lookedAt = this.#buffer.first;
    this.#from = this.#first;
    this.#updated.clear();
    this.#reset = true;
    this.#resetChanges();
  }

  #resetChanges(): void {
    this.#changes.from = Number.POSITIVE_INFINITY;
    this.#changes.updated.clear();
    this.#changes.prepended = 0;
    this.#changes.cleared = false;
  }

  #takeChanges(): void {
    const { cleared, prepended, from, updated } = this.#changes;
    if (cleared) {
      this.#startOver();
      return;
    }
    if (prepended > 0) this.#lookAtOlder(prepended);
    this.#dropGone();
    if (from < this.#lookedAt) this.#forgetFrom(Math.max(from, this.#buffer.first));
    const rows = [...updated];
    this.#resetChanges();
    for (const row of rows) this.#lookAgain(row);
  }

  /** Rows that were put before all others. */
  #lookAtOlder(count: number): void {
    const rows: number[] = [];
    const end = this.#buffer.first + count;
    for (let at = this.#buffer.first; at < end;) {
      const { matching, next } = this.#matching(at, end);
      rows.push(...matching);
      at = next;
    }
    this.#rows.unshift(rows);
    this.#first -= rows.length;
    this.#reset = true;
  }

  #dropGone(): void {
    const { first } = this.#buffer;
    this.#lookedAt = Math.max(this.#lookedAt, first);
    while (this.#rows.length > 0 && this.#buffer.positionOf(this.#rows.at(0)) === undefined) {
      this.#rows.shift(1);
      this.#first++;
    }
  }

  /** Rows from this position on have moved: they are looked at again. */
  #forgetFrom(position: number): void {
    while (this.#rows.length > 0) {
      const last = this.#buffer.positionOf(this.#rows.at(this.#rows.length - 1));
      if (last !== undefined && last < position) break;
      this.#rows.truncate(this.#rows.length - 1);
    }
    this.#from = Math.min(this.#from, this.end);
    this.#lookedAt = position;
  }

  #lookAtSome(): void {
    const { matching, next } = this.#matching(this.#lookedAt, this.#buffer.end);
    this.#from = Math.min(this.#from, this.end);
    for (const row of matching) this.#rows.push(row);
    this.#lookedAt = next;
  }

  /** Tests one portion of the positions from `from` on. */
  #matching(from: number, to: number): { readonly matching: number[]; readonly next: number } {
    const rows: number[] = [];
    const always = new Set<number>();
    let next = from;
    const matches = this.#tester.test((index) => {
      for (; next < to && next < from + mostAtOnce; next++) {
        const row = this.#buffer.rowAt(next);
        if (this.#filter.asksHead && !this.#filter.matchesHead(this.#buffer.head(row))) continue;
        if (this.#buffer.isMark(row)) always.add(index);
        rows.push(row);
        next++;
        return this.#buffer.plainText(row);
      }
      return undefined;
    });
    return { matching: rows.filter((_, index) => matches[index] === true || always.has(index)), next };
  }

  #lookAgain(row: number): void {
    const position = this.#buffer.positionOf(row);
    if (position === undefined || position >= this.#lookedAt) return;
    const place = this.#placeOf(position);
    const was = this.#rows.at(place) === row;
    const is = this.#matching(position, position + 1).matching.length > 0;
    if (was && is) this.#updated.add(this.#first + place);
    if (was === is) return;
    if (is) this.#rows.insert(place, row);
    else this.#rows.remove(place);
    this.#from = Math.min(this.#from, this.#first + place);
  }

  /** Index of the first matching row at or after that position. */
  #placeOf(position: number): number {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#buffer.positionOf(this.#rows.at(middle)) ?? -1) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
