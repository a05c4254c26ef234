import type { EntrySink } from './entryBuilder.ts';
import { writerOf } from './lines.ts';

/** Writers whose first row is remembered: those that began with the log. */
const mostWriters = 1000;

/** Notes the first row of each writer, where a line that was begun before it may go on. */
export function noteFirsts(sink: EntrySink, firsts: Map<string, number>): EntrySink {
  return {
    add: (entry) => {
      const row = sink.add(entry);
      if (entry.kind === 'mark' || entry.kind === 'phase' || firsts.size >= mostWriters) return row;
      const writer = writerOf(entry);
      if (!firsts.has(writer)) firsts.set(writer, row);
      return row;
    },
    update: (row, entry) => sink.update(row, entry),
  };
}
