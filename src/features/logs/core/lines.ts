import type { LogChunk, LogOrigin } from '../../../domain/log.ts';

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
  /** The next line of this writer continues it. */
  readonly goesOn: boolean;
  /** It continues the previous line. */
  readonly continued: boolean;
}

/** A writer that moved its cursor further up than this does not draw bars. */
const mostRows = 50;

/** What moves the cursor: the ends of lines, up, up to the beginning, and erasing. Colours are left in the text. */
const controls = /[\n\r]|\u001B\[(\d{0,3})([AFK])/g;
/** A sequence that the next chunk may complete. */
const unfinished = /\u001B(?:\[\d{0,3})?$/;

/** A line without an end. */
interface OpenLine {
  readonly key: string;
  chunk: LogChunk;
  text: string;
  /** A carriage return came last: what follows overwrites the line, unless it ends it. */
  returned: boolean;
  continued: boolean;
}

/** Where a writer is: in one line, or in one of several that it draws anew by moving its cursor up. */
interface Writer {
  readonly key: string;
  lines: OpenLine[];
  row: number;
  /** The beginning of a sequence. */
  carry: string;
  /** Counts the lines, so that each has a key of its own. */
  made: number;
}

/**
 * Joins chunks to lines, for each writer apart, so that writers do not mix. As on a terminal, a carriage return makes
 * what follows overwrite the line, and a cursor that moves up goes back to lines above, so of progress bars only the
 * last state remains, also of several together. The lines do not depend on where the text was cut into chunks. At most
 * one piece of `longestLine` is held for each line that a writer draws.
 */
export class LineAssembler {
  readonly #open = new Map<string, Writer>();
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
    let writer = this.#open.get(key);
    // What programs print most: whole lines, one in a chunk.
    if (!writer && text.indexOf('\n') === text.length - 1 && text.length <= longestLine) {
      if (!text.includes('\r') && !text.includes('\u001B')) {
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
    writer ??= { key, lines: [newLine(key, chunk)], row: 0, carry: '', made: 0 };
    this.#write(writer, chunk);
    if (writer.carry || writer.lines.length > 1 || writer.lines.some(isBegun)) {
      this.#open.set(key, writer);
      if (this.#open.size > mostOpen) this.#endOldest();
    } else this.#forget(writer);
  }

  #endOldest(): void {
    for (const writer of this.#open.values()) {
      this.#emitAll(writer);
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
    for (const writer of [...this.#open.values()]) {
      if (containerId === undefined || writer.lines[0]?.chunk.containerId === containerId)
        this.#emitAll(writer);
    }
  }

  /** Takes the open lines of all writers, so that they can be joined with what came after. */
  takeOpen(): AssembledLine[] {
    const rest = [...this.#open.values()].flatMap(({ lines, carry, row }) =>
      lines.map((line, at) => (at === row ? { ...line, text: line.text + carry } : line)),
    );
    this.#open.clear();
    this.#changed.clear();
    return rest
      .filter(({ text }) => text)
      .map(({ key, chunk, text, continued }) => ({
        key,
        chunk,
        text,
        partial: true,
        goesOn: false,
        continued,
      }));
  }

  #emitAll(writer: Writer): void {
    const [first] = writer.lines;
    if (writer.carry && first) this.#append(writer, writer.carry, first.chunk);
    for (const line of writer.lines) if (line.text) this.#emit(line, line.text, false, false);
    this.#forget(writer);
  }

  #write(writer: Writer, chunk: LogChunk): void {
    const text = writer.carry + chunk.text;
    writer.carry = '';
    let at = 0;
    for (const control of text.matchAll(controls)) {
      if (control.index > at) this.#append(writer, text.slice(at, control.index), chunk);
      at = control.index + control[0].length;
      this.#obey(writer, control, chunk);
    }
    const rest = text.slice(at);
    writer.carry = unfinished.exec(rest)?.[0] ?? '';
    const whole = rest.slice(0, rest.length - writer.carry.length);
    if (whole) this.#append(writer, whole, chunk);
  }

  #obey(writer: Writer, [sequence, count = '', command]: RegExpExecArray, chunk: LogChunk): void {
    if (sequence === '\n') this.#down(writer, chunk);
    else if (sequence === '\r') this.#begin(writer, chunk).returned = true;
    else if (command === 'K') this.#erase(writer, count, chunk);
    else this.#up(writer, Number(count || 1), chunk);
  }

  #append(writer: Writer, text: string, chunk: LogChunk): void {
    const line = this.#begin(writer, chunk);
    line.text = line.returned ? text : line.text + text;
    line.returned = false;
    this.#changed.add(line);
    let from = 0;
    while (line.text.length - from > longestLine) {
      const to = wholeCharacters(line.text, from + longestLine);
      this.#emit(line, line.text.slice(from, to), false, true);
      line.continued = true;
      from = to;
    }
    if (from > 0) line.text = line.text.slice(from);
  }

  /** Of a line with a cursor that is not at its beginning, the rest is nothing that we hold. */
  #erase(writer: Writer, what: string, chunk: LogChunk): void {
    const line = this.#begin(writer, chunk);
    if (what === '2' || (what !== '1' && line.returned)) line.text = '';
  }

  #up(writer: Writer, rows: number, chunk: LogChunk): void {
    const missing = Math.min(rows, mostRows) - writer.row;
    for (let more = 0; more < missing && writer.lines.length < mostRows; more++)
      writer.lines.unshift(newLine(`${writer.key}|${++writer.made}`, chunk));
    writer.row = Math.max(0, writer.row + Math.max(0, missing) - rows);
    this.#begin(writer, chunk).returned = true;
  }

  /** To the next of the lines that are drawn; below the last one, all of them have their end. */
  #down(writer: Writer, chunk: LogChunk): void {
    const line = this.#begin(writer, chunk);
    if (writer.row < writer.lines.length - 1) {
      writer.row++;
      this.#begin(writer, chunk).returned = true;
      return;
    }
    for (const each of writer.lines) {
      // The rest of a line that was passed on in pieces may be nothing; that is no line of its own.
      const isLine = each.text || (each === line && !each.continued && writer.lines.length === 1);
      if (isLine) this.#emit(each, each.text, false, false);
      this.#changed.delete(each);
    }
    writer.lines = [newLine(writer.key, chunk)];
    writer.row = 0;
  }

  /** A line that has nothing yet begins with this chunk. */
  #begin(writer: Writer, chunk: LogChunk): OpenLine {
    const line = (writer.lines[writer.row] ??= newLine(writer.key, chunk));
    if (!isBegun(line)) line.chunk = chunk;
    return line;
  }

  #forget(writer: Writer): void {
    this.#open.delete(writer.key);
    for (const line of writer.lines) this.#changed.delete(line);
  }

  #emit({ key, chunk, continued }: OpenLine, text: string, partial: boolean, goesOn: boolean): void {
    this.#onLine({ key, chunk, text, partial, goesOn, continued });
  }
}

function newLine(key: string, chunk: LogChunk): OpenLine {
  return { key, chunk, text: '', returned: false, continued: false };
}

function isBegun({ text, returned, continued }: OpenLine): boolean {
  return text !== '' || returned || continued;
}

/** Who prints into one line: text of others never ends it. */
export function writerOf({ containerId, source, functionId, callId }: LogOrigin): string {
  return `${containerId}|${source}|${functionId}|${callId}`;
}

/** A place to cut at or before `at` that is not inside a surrogate pair. */
function wholeCharacters(text: string, at: number): number {
  const unit = text.charCodeAt(at - 1);
  return unit >= 0xd800 && unit < 0xdc00 ? at - 1 : at;
}
