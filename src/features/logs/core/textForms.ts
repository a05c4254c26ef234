import { plainText, visibleText } from '../../../shared/ansi.ts';
import type { LogEntry } from '../../../domain/logEntry.ts';
import { entryText, levelOf, sourceOf } from '../../../domain/logEntry.ts';

/** The entry as text: time, where from, and what. Escape sequences are left out; later lines of it are indented. */
export function entryAsText(entry: LogEntry): string {
  const where =
    entry.kind === 'mark' ? 'stream' : [entry.containerId, sourceOf(entry)].filter(Boolean).join(' ');
  const text = visibleText(plainText(entryText(entry))).replaceAll('\n', '\n    ');
  return `${new Date(entry.time).toISOString()} ${where} ${text}`;
}

/** The entry as one line of JSON. `text` is what a person reads; the other fields are the entry's own. */
export function entryAsJson(entry: LogEntry): string {
  return JSON.stringify({
    ...entry,
    time: new Date(entry.time).toISOString(),
    level: levelOf(entry),
    text: plainText(entryText(entry)),
  });
}
