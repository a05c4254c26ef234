import type { LogChunk, LogOrigin } from '../domain/log.ts';

/** A line longer than this is passed on in pieces of this size. */
export const longestLine = 64 * 1024;

/** Writers whose line has no end: of more than these, the line of the oldest is taken for whole. */
const mostOpen = 5000;

export interface AssembledLine {
  /** The writer it belongs to: container, stream, function and call. */
  readonly key: string;
  /** The chunk with its first part: a line belongs to the moment at which that was printed. */
  readonly chunk: LogChunk;
  readonly text: string;
  /** It has no end yet and will come again, longer or overwritten. */
  readonly partial: boolean;
  /** The next line of this writer goes on with it. */
  readonly goesOn: boolean;
  /** It goes on with the line before it. */
  readonly continued: boolean;
}

/** The line that a writer is at. */
interface OpenLine {
  readonly key: string;
  chunk: LogChunk;
  text: string;
  /** A carriage return came last: what follows overwrites the line, unless it ends it. */
  returned: boolean;
  continued: boolean;
}

/**
 * Joins chunks to lines, for each writer apart, so that writers do not mix. As on a terminal, a carriage return makes
 * what follows overwrite the line, so of a progress bar only the last state remains. The lines do not depend on where
 * the text was cut into chunks. At most one piece of `longestLine` is held for each writer.
 */
export class LineAssembler {
  readonly #open = new Map<string, OpenLine>();
  readonly #changed = new Set<OpenLine>();
  readonly #onLine: (line: AssembledLine) => void;

  constructor(onLine: (line: AssembledLine) => void) {
    this.#onLine = onLine;
  }

  /** There is text without a line end that `showPartial` has not passed on. */
  get hasPartial(): boolean {
    return this.#changed.size > 0;
  }

  push(chunk: LogChunk): void {
    const { text } = chunk;
    if (!text) return;
    const key = writerOf(chunk);
    let line = this.#open.get(key);
    // What programs print most: whole lines, one in a chunk.
    if (!line && text.indexOf('\n') === text.length - 1 && text.length <= longestLine) {
      if (!text.includes('\r')) {
        this.#onLine({
          key,
          chunk,
          text: text.slice(0, -1),
          partial: false,
          goesOn: false,
          continued: false,
        });
        return;
      }
    }
    line ??= { key, chunk, text: '', returned: false, continued: false };
    this.#write(line, chunk);
    if (line.text || line.returned || line.continued) {
      this.#open.set(key, line);
      this.#changed.add(line);
      if (this.#open.size > mostOpen) this.#endOldest();
    } else this.#forget(line);
  }

  #endOldest(): void {
    for (const line of this.#open.values()) {
      if (line.text) this.#emit(line, line.text, false, false);
      this.#forget(line);
      return;
    }
  }

  /** Passes on what has no line end yet and changed since it was last passed on. */
  showPartial(): void {
    for (const line of this.#changed) if (line.text) this.#emit(line, line.text, true, false);
    this.#changed.clear();
  }

  /** Passes on what has no line end, of one container or of all, because no more will come. */
  flush(containerId?: string): void {
    for (const line of [...this.#open.values()]) {
      if (containerId !== undefined && line.chunk.containerId !== containerId) continue;
      if (line.text) this.#emit(line, line.text, false, false);
      this.#forget(line);
    }
  }

  /** Takes what the writers are at, so that it can be joined with what came after it. */
  takeOpen(): AssembledLine[] {
    const rest = [...this.#open.values()].filter(({ text }) => text);
    this.#open.clear();
    this.#changed.clear();
    return rest.map(({ key, chunk, text, continued }) => ({
      key,
      chunk,
      text,
      partial: true,
      goesOn: false,
      continued,
    }));
  }

  #write(line: OpenLine, chunk: LogChunk): void {
    const { text } = chunk;
    let feed = text.indexOf('\n');
    let carriage = text.indexOf('\r');
    for (let at = 0; at < text.length;) {
      if (feed >= 0 && feed < at) feed = text.indexOf('\n', at);
      if (carriage >= 0 && carriage < at) carriage = text.indexOf('\r', at);
      const end = nearest(feed, carriage, text.length);
      if (end > at) this.#append(line, text.slice(at, end), chunk);
      if (end === feed) this.#end(line, chunk);
      else if (end === carriage) this.#begin(line, chunk).returned = true;
      at = end + 1;
    }
  }

  #append(line: OpenLine, text: string, chunk: LogChunk): void {
    this.#begin(line, chunk);
    line.text = line.returned ? text : line.text + text;
    line.returned = false;
    let from = 0;
    while (line.text.length - from > longestLine) {
      const to = wholeCharacters(line.text, from + longestLine);
      this.#emit(line, line.text.slice(from, to), false, true);
      line.continued = true;
      from = to;
    }
    if (from > 0) line.text = line.text.slice(from);
  }

  #end(line: OpenLine, chunk: LogChunk): void {
    this.#begin(line, chunk);
    // The rest of a line that was passed on in pieces may be nothing; that is no line of its own.
    if (line.text || !line.continued) this.#emit(line, line.text, false, false);
    line.text = '';
    line.returned = line.continued = false;
  }

  /** A line that has nothing yet begins with this chunk. */
  #begin(line: OpenLine, chunk: LogChunk): OpenLine {
    if (!line.text && !line.returned && !line.continued) line.chunk = chunk;
    return line;
  }

  #forget(line: OpenLine): void {
    this.#open.delete(line.key);
    this.#changed.delete(line);
  }

  #emit({ key, chunk, continued }: OpenLine, text: string, partial: boolean, goesOn: boolean): void {
    this.#onLine({ key, chunk, text, partial, goesOn, continued });
  }
}

/** Who prints into one line: text of others never ends it. */
export function writerOf({ containerId, source, functionId, callId }: LogOrigin): string {
  return `${containerId}|${source}|${functionId}|${callId}`;
}

function nearest(feed: number, carriage: number, end: number): number {
  if (feed < 0) return carriage < 0 ? end : carriage;
  return carriage < 0 || feed < carriage ? feed : carriage;
}

/** A place to cut at or before `at` that is not inside a surrogate pair. */
function wholeCharacters(text: string, at: number): number {
  const unit = text.charCodeAt(at - 1);
  return unit >= 0xd800 && unit < 0xdc00 ? at - 1 : at;
}
