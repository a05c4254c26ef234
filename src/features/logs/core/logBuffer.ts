import { Emitter } from '../../../shared/emitter.ts';
import type { LogEntry } from '../../../domain/logEntry.ts';
import type { EntryHead } from '../../../domain/logFilter.ts';
import type { EntrySink } from './entryBuilder.ts';
import { NumberDeque } from './numberDeque.ts';
import { RowStore } from './rowStore.ts';

export interface BufferLimits {
  readonly rows: number;
  /** Bytes of memory, counted from above. */
  readonly bytes: number;
}

export const defaultLimits: BufferLimits = { rows: 200_000, bytes: 72 * 1024 * 1024 };

/** A line that comes late is put in its place among the last rows, as long as they came no longer ago than this. */
const lateRows = 512;
const lateMs = 10_000;
const mostStreams = 4096;

/** Changes that a reader has not seen yet. */
export interface BufferChanges {
  /** From this position on, everything may be different; rows before it are where they were. */
  from: number;
  /** Rows before that, which were updated. */
  readonly updated: Set<number>;
  /** So many of the first rows were put before the others. */
  prepended: number;
  cleared: boolean;
}

/**
 * The newest entries, up to a limit of rows and bytes, in the order of time. A row number identifies an entry permanently; a
 * position says where it is now. Positions never restart: those before `first` were dropped.
 */
export class LogBuffer implements EntrySink {
  readonly #limits: BufferLimits;
  readonly #store = new RowStore();
  readonly #order = new NumberDeque();
  readonly #readers = new Set<BufferChanges>();
  readonly #changed = new Emitter<undefined>();
  #first = 0;
  /** The last row of each container and source, and of the last mark: no later one is put before them. */
  readonly #streams = new Map<string, number>();
  #barrier = -1;
  #nextRow = 0;
  #nextOlderRow = -1;
  #dropped = 0;
  #droppedUntil = 0;

  readonly onDidChange = this.#changed.event;

  constructor(limits: BufferLimits = defaultLimits) {
    this.#limits = limits;
  }

  /** Position of the oldest row that is held. */
  get first(): number {
    return this.#first;
  }

  /** Position after the newest row. */
  get end(): number {
    return this.#first + this.#order.length;
  }

  get size(): number {
    return this.#order.length;
  }

  get bytes(): number {
    return this.#store.bytes;
  }

  /** How many rows were dropped because of the limits since it was last empty, and the time of the newest of them. */
  get dropped(): { readonly rows: number; readonly until: number } {
    return { rows: this.#dropped, until: this.#droppedUntil };
  }

  add(entry: LogEntry): number {
    const row = this.#nextRow++;
    const place = this.#placeFor(entry, row);
    this.#store.add(row, entry);
    if (place === this.#order.length) this.#order.push(row);
    else this.#order.insert(place, row);
    const position = this.#first + place;
    for (const changes of this.#readers) if (position < changes.from) changes.from = position;
    this.#evict();
    this.#changed.fire(undefined);
    return row;
  }

  update(row: number, entry: LogEntry): boolean {
    if (this.positionOf(row) === undefined) return false;
    this.#store.update(row, entry);
    for (const changes of this.#readers) changes.updated.add(row);
    this.#evict();
    this.#changed.fire(undefined);
    return true;
  }

  /**
   * Puts older entries before all others, as many of the newest of them as there is room for.
   * @returns their rows
   */
  prepend(entries: readonly LogEntry[]): number[] {
    const rows: number[] = [];
    let room = this.#limits.rows - this.size;
    for (const entry of entries.toReversed()) {
      if (room-- <= 0 || this.#store.bytes >= this.#limits.bytes) break;
      const row = this.#nextOlderRow--;
      this.#store.add(row, entry);
      rows.unshift(row);
    }
    this.#order.unshift(rows);
    this.#first -= rows.length;
    for (const changes of this.#readers) changes.prepended += rows.length;
    this.#changed.fire(undefined);
    return rows;
  }

  clear(): void {
    this.#first = this.end;
    this.#order.truncate(0);
    this.#store.clear();
    this.#dropped = 0;
    this.#droppedUntil = 0;
    for (const changes of this.#readers) changes.cleared = true;
    this.#changed.fire(undefined);
  }

  rowAt(position: number): number {
    return this.#order.at(position - this.#first);
  }

  /** Unix milliseconds of the row at that position. */
  timeAt(position: number): number {
    return this.#store.time(this.rowAt(position));
  }

  entry(row: number): LogEntry | undefined {
    return this.#store.entry(row);
  }

  head(row: number): EntryHead {
    return this.#store.head(row);
  }

  isMark(row: number): boolean {
    return this.#store.isMark(row);
  }

  /** Unix milliseconds of a row that is held. */
  time(row: number): number {
    return this.#store.time(row);
  }

  /** As it is searched: without escape sequences. */
  plainText(row: number): string {
    return this.#store.plainText(row);
  }

  /** Entries of those positions, as far as they are held. */
  *entries(from = this.#first, to = this.end): Generator<LogEntry> {
    for (let at = Math.max(from, this.#first); at < Math.min(to, this.end); at++) {
      const entry = this.#store.entry(this.rowAt(at));
      if (entry) yield entry;
    }
  }

  /** @returns undefined when the row is not held */
  positionOf(row: number): number | undefined {
    const { length } = this.#order;
    // Older rows stand in one piece at the front; the others are at most `lateRows` from where they came in.
    const guess = row < 0 ? row - this.#order.at(0) : row + this.#shift();
    if (this.#order.at(guess) === row) return this.#first + guess;
    if (row < 0) return undefined;
    const last = Math.min(length - 1, guess + lateRows);
    for (let at = Math.max(0, guess - lateRows); at <= last; at++)
      if (this.#order.at(at) === row) return this.#first + at;
    return undefined;
  }

  /** Collects changes from now on, until `stop`. The reader resets those that it has dealt with. */
  read(): { readonly changes: BufferChanges; readonly stop: () => void } {
    const changes: BufferChanges = { from: this.#first, updated: new Set(), prepended: 0, cleared: true };
    this.#readers.add(changes);
    return { changes, stop: () => void this.#readers.delete(changes) };
  }

  /** Rows count on as the order grows at its end: the place of a row, if none had come late. */
  #shift(): number {
    return this.#order.length - this.#nextRow;
  }

  /**
   * Where an entry belongs by its time: before rows that are later than it, but never before one of its own stream,
   * one that came long ago, or a mark, which says something about the moment it stands at.
   */
  #placeFor(entry: LogEntry, row: number): number {
    let place = this.#order.length;
    if (entry.kind === 'mark') {
      this.#barrier = row;
      return place;
    }
    const stream = `${entry.containerId}|${entry.source}`;
    const stop = Math.max(this.#barrier, this.#streams.get(stream) ?? -1);
    this.#streams.set(stream, row);
    if (this.#streams.size > mostStreams) this.#forgetStreams(row);
    for (; place > 0; place--) {
      const before = this.#order.at(place - 1);
      if (before === stop || before < row - lateRows) break;
      const later = this.#store.time(before) - entry.time;
      if (later <= 0 || later > lateMs) break;
    }
    return place;
  }

  /** A row can only be overtaken by one that comes soon after it. */
  #forgetStreams(row: number): void {
    for (const [stream, last] of this.#streams) if (last < row - lateRows) this.#streams.delete(stream);
  }

  #evict(): void {
    while (this.#order.length > this.#limits.rows || this.#store.bytes > this.#limits.bytes) {
      if (this.#order.length <= 1) return;
      const row = this.#order.at(0);
      this.#droppedUntil = Math.max(this.#droppedUntil, this.#store.time(row));
      this.#store.delete(row);
      this.#order.shift(1);
      this.#first++;
      this.#dropped++;
      for (const changes of this.#readers) if (changes.prepended > 0) changes.prepended--;
    }
  }
}
