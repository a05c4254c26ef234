import type { Disposable } from '../../../shared/emitter.ts';
import type { LogEntry } from '../../../domain/logEntry.ts';
import type { LogFilter, MatchRange } from '../../../domain/logFilter.ts';
import { FilteredRows } from './filteredRows.ts';
import type { LogBuffer } from './logBuffer.ts';

export interface FeedRow {
  /** Identifies the entry permanently. */
  readonly row: number;
  readonly entry: LogEntry;
  /** What to highlight, in the text without escape sequences. */
  readonly matches?: readonly MatchRange[];
}

/** Changes since the previous message. Places number the matching rows and never restart; those before `first` are gone. */
export interface FeedMessage {
  /** Counts messages from 1; the receiver says which it has dealt with. */
  readonly number: number;
  /** Forget every row: the filter is another, or the rows have moved. */
  readonly reset: boolean;
  readonly first: number;
  /** Place after the newest row. */
  readonly end: number;
  /** Everything from this place on is new. Of it, only the newest are in `rows`; the others can be asked for. */
  readonly from: number;
  /** Place of the first of `rows`, which end at `end`. */
  readonly rowsFrom: number;
  readonly rows: readonly FeedRow[];
  /** Updated rows before `from`. */
  readonly updates: readonly { readonly place: number; readonly row: FeedRow }[];
  /** Rows that were dropped because of the buffer's limits. */
  readonly dropped: number;
  /** Why the filter's expression is not applied. */
  readonly problem: string;
  /** Older rows are still being looked at. */
  readonly isFiltering: boolean;
}

export interface FeedOptions {
  readonly send: (message: FeedMessage) => void;
  /** Most rows in one message; the receiver asks for others when it shows them. */
  readonly mostRows?: number;
  /** Longest text of one message, in characters. A longer row is sent alone. */
  readonly mostCharacters?: number;
  /** At least this long between two messages. */
  readonly everyMs?: number;
}

/** At most 30 messages a second, however fast lines come. */
const defaultEveryMs = 34;
const defaultRows = 500;
const defaultCharacters = 1 << 19;
/** Messages on the way; while so many have not been dealt with, changes gather here. */
const mostOnTheWay = 2;
/** More updated rows than this are sent as everything from the first of them on. */
const mostUpdates = 200;

/**
 * Sends a view the changes of a filtered buffer: seldom, in small messages, and only while it keeps up. What gathers
 * meanwhile is not the lines but where they changed, so a slow or hidden view costs nothing and misses nothing.
 */
export class EntryFeed implements Disposable {
  readonly #buffer: LogBuffer;
  readonly #rows: FilteredRows;
  readonly #options: Required<FeedOptions>;
  readonly #subscription: Disposable;
  #timer: NodeJS.Timeout | undefined;
  #number = 0;
  #dealtWith = 0;
  #isPaused = false;
  #mustReset = true;
  #wasReady = true;
  /** The state of the buffer as it was last sent, apart from its rows. */
  #held = '';
  #sentAt = 0;

  constructor(buffer: LogBuffer, options: FeedOptions, filter?: LogFilter) {
    this.#buffer = buffer;
    this.#options = {
      mostRows: defaultRows,
      mostCharacters: defaultCharacters,
      everyMs: defaultEveryMs,
      ...options,
    };
    this.#rows = new FilteredRows(buffer, filter);
    this.#subscription = buffer.onDidChange(() => this.#plan());
    this.#plan(0);
  }

  setFilter(filter: LogFilter): void {
    this.#rows.setFilter(filter);
    this.#plan(0);
  }

  /** The view is hidden: nothing is sent until it is shown again. */
  pause(): void {
    this.#isPaused = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** @param fromScratch the view has lost everything that it was sent */
  resume(fromScratch: boolean): void {
    this.#isPaused = false;
    this.#dealtWith = this.#number;
    if (fromScratch) this.#mustReset = true;
    this.#plan(0);
  }

  /** The view has dealt with the messages up to this one. */
  acknowledge(number: number): void {
    this.#dealtWith = Math.max(this.#dealtWith, Math.min(number, this.#number));
    this.#plan();
  }

  /** Place of the first row that is held. */
  get first(): number {
    return this.#rows.first;
  }

  get end(): number {
    return this.#rows.end;
  }

  /** Place of a row, or of the first one after it that matches. Undefined when it is no longer held. */
  placeOf(row: number): number | undefined {
    return this.#rows.placeOfRow(row);
  }

  /** The first matching row of that time or later; rows stand nearly in the order of time. */
  placeOfTime(time: number): number | undefined {
    for (let at = this.#rows.first; at < this.#rows.end; at++)
      if (this.#buffer.time(this.#rows.rowAt(at)) >= time) return at;
    return undefined;
  }

  /** All entries of those places, as far as they are held. */
  *entries(from: number, to: number): Generator<LogEntry> {
    for (let at = Math.max(from, this.#rows.first); at < Math.min(to, this.#rows.end); at++) {
      const entry = this.#buffer.entry(this.#rows.rowAt(at));
      if (entry) yield entry;
    }
  }

  /** Rows of those places, as many as fit into one message. */
  range(from: number, to: number): readonly FeedRow[] {
    const places: number[] = [];
    let characters = 0;
    for (let at = Math.max(from, this.#rows.first); at < Math.min(to, this.#rows.end); at++) {
      characters += this.#sizeAt(at);
      if (
        places.length > 0 &&
        (places.length >= this.#options.mostRows || characters > this.#options.mostCharacters)
      )
        break;
      places.push(at);
    }
    return this.#feedRows(places);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscription.dispose();
    this.#rows.dispose();
  }

  /** The first change after a pause is sent at once; those that follow are gathered. */
  #plan(afterMs = Math.max(0, this.#sentAt + this.#options.everyMs - performance.now())): void {
    if (this.#isPaused || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#tick();
    }, afterMs);
  }

  #tick(): void {
    if (this.#number - this.#dealtWith >= mostOnTheWay) return; // planned again by what acknowledges
    const isReady = this.#rows.refresh();
    if (!isReady) this.#plan(0); // continues in the next turn of the loop
    if (isReady || performance.now() - this.#sentAt >= this.#options.everyMs) this.#send(isReady);
  }

  #send(isReady: boolean): void {
    const changes = this.#rows.takeChanges();
    const { first, end } = this.#rows;
    const reset = changes.reset || this.#mustReset;
    const many = changes.updated.length > mostUpdates;
    const from = reset ? first : many ? Math.min(...changes.updated) : changes.from;
    const { size, dropped } = this.#buffer;
    const held = [first, size, dropped.rows].join();
    const isSame = isReady === this.#wasReady && held === this.#held;
    if (!reset && from === end && changes.updated.length === 0 && isSame) return;
    this.#held = held;
    this.#sentAt = performance.now();
    this.#mustReset = false;
    this.#wasReady = isReady;
    const rowsFrom = this.#newestFitting(from, end);
    const updated = many || reset ? [] : changes.updated;
    const rows = this.#feedRows([...updated, ...count(rowsFrom, end)]);
    this.#options.send({
      number: ++this.#number,
      reset,
      first,
      end,
      from,
      rowsFrom,
      rows: rows.slice(updated.length),
      updates: updated.flatMap((place, at) => (rows[at] ? { place, row: rows[at] } : [])),
      dropped: dropped.rows,
      problem: this.#rows.problem,
      isFiltering: !isReady,
    });
  }

  #newestFitting(from: number, end: number): number {
    let characters = 0;
    let at = end;
    while (at > from && end - at < this.#options.mostRows) {
      characters += this.#sizeAt(at - 1);
      if (characters > this.#options.mostCharacters && at < end) break;
      at--;
    }
    return at;
  }

  #sizeAt(place: number): number {
    return this.#buffer.plainText(this.#rows.rowAt(place)).length;
  }

  #feedRows(places: readonly number[]): FeedRow[] {
    const rows = places.map((place) => this.#rows.rowAt(place));
    const ranges = this.#rows.ranges(rows);
    if (this.#rows.mustStartOver) this.#plan(0);
    return rows.flatMap((row, at) => {
      const entry = this.#buffer.entry(row);
      if (!entry) return [];
      const matches = ranges[at] ?? [];
      return { row, entry, ...(matches.length > 0 ? { matches } : {}) };
    });
  }
}

function count(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at);
}
