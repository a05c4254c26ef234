import type { LogEntry } from '../../../domain/logEntry.ts';
import { entryAsText } from './textForms.ts';
import { yieldToEventLoop } from './turns.ts';

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

const entriesAtOnce = 500;

/**
 * A whole log as a document. Neighbouring entries of one container are a section, and in it those of one call; each
 * traceback is one too.
 */
export function logDocument(entries: Iterable<LogEntry>, header: readonly string[] = []): LogDocument {
  const builder = new DocumentBuilder(header);
  for (const entry of entries) builder.add(entry);
  return builder.document;
}

/** The same, giving way to others while it works. @throws what the signal was aborted with */
export async function buildLogDocument(
  entries: Iterable<LogEntry>,
  header: readonly string[],
  signal?: AbortSignal,
): Promise<LogDocument> {
  const builder = new DocumentBuilder(header);
  let count = 0;
  for (const entry of entries) {
    builder.add(entry);
    if (++count % entriesAtOnce !== 0) continue;
    await yieldToEventLoop();
    signal?.throwIfAborted();
  }
  return builder.document;
}

class DocumentBuilder {
  readonly #lines: string[];
  readonly #sections: OpenSection[] = [];
  #count: number;

  constructor(header: readonly string[]) {
    this.#lines = [...header];
    this.#count = header.length;
  }

  add(entry: LogEntry): void {
    const text = entryAsText(entry);
    const firstLine = this.#count;
    this.#count += text.split('\n').length;
    this.#lines.push(text);
    if (entry.kind === 'mark') return;
    const lastLine = this.#count - 1;
    const inContainer = extend(this.#sections, 'container', entry.containerId, firstLine, lastLine);
    const inCall = extend(inContainer, 'call', entry.callId, firstLine, lastLine);
    if (entry.kind === 'traceback') {
      const name = entry.parts.at(-1)?.exception || 'Traceback';
      inCall.push({ kind: 'traceback', name, firstLine, lastLine, children: [] });
    }
  }

  get document(): LogDocument {
    return { text: this.#lines.join('\n'), sections: this.#sections };
  }
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
