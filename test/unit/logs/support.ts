import type { LogBatch, LogChunk } from '../../../src/domain/log.ts';
import type { LineEntry, LogEntry, MarkEntry } from '../../../src/domain/logEntry.ts';
import { EntryBuilder, EntryList, notInTime } from '../../../src/features/logs/core/entryBuilder.ts';

export const chunk = (text: string, changes: Partial<LogChunk> = {}): LogChunk => ({
  entryId: '',
  time: 1,
  source: 'stdout',
  text,
  containerId: 'ta-1',
  functionId: '',
  callId: '',
  ...changes,
});

export const batchOf = (entryId: string, ...chunks: LogChunk[]): LogBatch => ({
  entryId,
  appDone: false,
  chunks,
});

export const done: LogBatch = { entryId: '', chunks: [], appDone: true };

export const line = (text: string, changes: Partial<LineEntry> = {}): LineEntry => ({
  kind: 'line',
  time: 1,
  source: 'stdout',
  containerId: 'ta-1',
  functionId: '',
  callId: '',
  text,
  ...changes,
});

export const mark = (text: string, time = 1): MarkEntry => ({
  kind: 'mark',
  event: 'note',
  time,
  text,
  bad: true,
});

/** The entries that chunks make. */
export function entriesOf(chunks: readonly LogChunk[]): readonly LogEntry[] {
  const list = new EntryList();
  const builder = new EntryBuilder(list, notInTime);
  for (const each of chunks) builder.push(each);
  builder.flush();
  return list.entries;
}

/** The text in pieces, cut at those places. */
export function cutAt(text: string, cuts: readonly number[]): string[] {
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, at) => text.slice(from, places[at] ?? text.length));
}
