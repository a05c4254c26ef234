import { plainText, visibleText } from '../domain/ansi.ts';
import type { LogEntry } from '../domain/logEntry.ts';
import { entryText, levelOf, sourceOf } from '../domain/logEntry.ts';

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

/** A part of the document that can be folded. Lines count from 0; both are part of it. */
export interface DocumentSection {
  readonly kind: 'container' | 'call' | 'traceback';
  readonly name: string;
  readonly firstLine: number;
  readonly lastLine: number;
  readonly children: readonly DocumentSection[];
}

export interface LogDocument {
  readonly text: string;
  readonly sections: readonly DocumentSection[];
}

interface OpenSection {
  readonly kind: DocumentSection['kind'];
  readonly name: string;
  readonly firstLine: number;
  lastLine: number;
  readonly children: OpenSection[];
}

/**
 * A whole log as a document. Neighbouring entries of one container are a section, and in it those of one call; each
 * traceback is one too.
 */
export function logDocument(entries: Iterable<LogEntry>): LogDocument {
  const lines: string[] = [];
  const sections: OpenSection[] = [];
  let count = 0;
  for (const entry of entries) {
    const text = entryAsText(entry);
    const firstLine = count;
    count += text.split('\n').length;
    lines.push(text);
    if (entry.kind === 'mark') continue;
    const lastLine = count - 1;
    const inContainer = extend(sections, 'container', entry.containerId, firstLine, lastLine);
    const inCall = extend(inContainer, 'call', entry.callId, firstLine, lastLine);
    if (entry.kind === 'traceback') {
      const name = entry.parts.at(-1)?.exception || 'Traceback';
      inCall.push({ kind: 'traceback', name, firstLine, lastLine, children: [] });
    }
  }
  return { text: lines.join('\n'), sections };
}

/** @returns where the sections inside of it go */
function extend(
  sections: OpenSection[],
  kind: 'container' | 'call',
  name: string,
  firstLine: number,
  lastLine: number,
): OpenSection[] {
  if (!name) return sections;
  const last = sections.at(-1);
  if (last?.kind === kind && last.name === name && last.lastLine === firstLine - 1) {
    last.lastLine = lastLine;
    return last.children;
  }
  const section = { kind, name, firstLine, lastLine, children: [] };
  sections.push(section);
  return section.children;
}
