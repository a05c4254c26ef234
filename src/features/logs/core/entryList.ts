import type { LogEntry } from '../../../domain/logEntry.ts';
import type { EntrySink } from './entryBuilder.ts';

/** Collects entries in a plain list, from whose beginning they are taken away. */
export class EntryList implements EntrySink {
  readonly #entries: LogEntry[] = [];
  #taken = 0;

  get entries(): readonly LogEntry[] {
    return this.#entries;
  }

  add(entry: LogEntry): number {
    return this.#taken + this.#entries.push(entry) - 1;
  }

  update(row: number, entry: LogEntry): boolean {
    if (row < this.#taken) return false;
    this.#entries[row - this.#taken] = entry;
    return true;
  }

  take(count: number): LogEntry[] {
    const entries = this.#entries.splice(0, count);
    this.#taken += entries.length;
    return entries;
  }
}
