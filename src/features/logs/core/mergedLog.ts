import type { Disposable } from '../../../shared/emitter.ts';
import type { BufferChanges } from './logBuffer.ts';
import { LogBuffer } from './logBuffer.ts';

/** Rows are copied for at most this long before others have their turn. */
const sliceMs = 8;
/** More than a buffer holds, as a power of two: where a row stands in a ring is its number without the high bits. */
const ringSize = 1 << 18;

/** No row has this number: those that were loaded later as older ones count down from -1. */
const none = 0x7fffffff;

/** Numbers by row, for the rows that a buffer holds: they count on without a gap. */
class Ring {
  readonly #rows = new Int32Array(ringSize).fill(none);
  readonly #values = new Int32Array(ringSize);

  set(row: number, value: number): void {
    this.#rows[row & (ringSize - 1)] = row;
    this.#values[row & (ringSize - 1)] = value;
  }

  get(row: number): number | undefined {
    return this.#rows[row & (ringSize - 1)] === row ? this.#values[row & (ringSize - 1)] : undefined;
  }

  clear(): void {
    this.#rows.fill(none);
  }
}

interface Source {
  readonly buffer: LogBuffer;
  readonly changes: BufferChanges;
  readonly stop: () => void;
  readonly subscription: Disposable;
  /** Row of the merged log by row of the source. */
  readonly copies: Ring;
  /** Position of the row that is copied next. */
  next: number;
}

/**
 * Several logs as one, in the order of time. What the logs hold already comes first; then each new row of theirs, and
 * each update. When one of them loads older rows, all are put in order again. The texts are shared with them.
 */
export class MergedLog implements Disposable {
  readonly buffer = new LogBuffer();
  readonly #sources: Source[];
  readonly #origins = new Ring();
  #timer: NodeJS.Immediate | undefined;

  constructor(buffers: readonly LogBuffer[]) {
    this.#sources = buffers.map((buffer) => this.#read(buffer));
    this.#plan();
  }

  /** Shows another log in the place of one. @param at counted from 0 */
  replace(at: number, buffer: LogBuffer): void {
    const former = this.#sources[at];
    if (!former) return;
    leave(former);
    this.#sources[at] = this.#read(buffer);
    this.#startOver();
    this.#plan();
  }

  /** Which of the logs a row came from, counted from 0. */
  sourceOf(row: number): number | undefined {
    return this.#origins.get(row);
  }

  dispose(): void {
    if (this.#timer) clearImmediate(this.#timer);
    this.#sources.forEach(leave);
  }

  #read(buffer: LogBuffer): Source {
    const subscription = buffer.onDidChange(() => this.#plan());
    return { buffer, ...buffer.read(), subscription, copies: new Ring(), next: buffer.first };
  }

  #plan(): void {
    this.#timer ??= setImmediate(() => {
      this.#timer = undefined;
      if (!this.#copySome()) this.#plan();
    });
  }

  /** @returns whether everything is copied */
  #copySome(): boolean {
    const until = performance.now() + sliceMs;
    const hasOlder = this.#sources.some(({ changes }) => changes.prepended > 0);
    for (const source of this.#sources) this.#takeChanges(source);
    if (hasOlder) this.#startOver();
    while (performance.now() < until) {
      const source = this.#earliest();
      if (!source) return true;
      this.#copy(source);
    }
    return false;
  }

  #takeChanges(source: Source): void {
    const { buffer, changes, copies } = source;
    if (changes.from < source.next) source.next = changes.from;
    source.next = Math.max(source.next, buffer.first);
    for (const row of changes.updated) {
      const copy = copies.get(row);
      const entry = copy === undefined ? undefined : buffer.entry(row);
      if (copy !== undefined && entry) this.buffer.update(copy, entry);
    }
    changes.from = Number.POSITIVE_INFINITY;
    changes.updated.clear();
    changes.prepended = 0;
    changes.cleared = false;
  }

  #startOver(): void {
    this.buffer.clear();
    for (const source of this.#sources) {
      source.copies.clear();
      source.next = source.buffer.first;
    }
  }

  /** The log whose next row is the oldest. */
  #earliest(): Source | undefined {
    let earliest: Source | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const source of this.#sources) {
      if (source.next >= source.buffer.end) continue;
      const time = source.buffer.timeAt(source.next);
      if (time >= least) continue;
      least = time;
      earliest = source;
    }
    return earliest;
  }

  #copy(source: Source): void {
    const row = source.buffer.rowAt(source.next++);
    // A late row moved the rows after it: those that were copied already stay where they are.
    if (source.copies.get(row) !== undefined) return;
    const entry = source.buffer.entry(row);
    if (!entry) return;
    const copy = this.buffer.add(entry);
    source.copies.set(row, copy);
    this.#origins.set(copy, this.#sources.indexOf(source));
  }
}

function leave({ stop, subscription }: Source): void {
  stop();
  subscription.dispose();
}
