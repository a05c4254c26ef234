import { hasAnsi, plainText } from '../../../shared/ansi.ts';
import type { LogSource } from '../../../domain/log.ts';
import type { LineEntry, LogEntry, LogLevel } from '../../../domain/logEntry.ts';
import { entryText } from '../../../domain/logEntry.ts';
import type { EntryHead } from '../../../domain/logFilter.ts';
import { headOf } from '../../../domain/logFilter.ts';

const pageRows = 4096;
const sources: readonly LogSource[] = ['stdout', 'stderr', 'system'];
const levels: readonly (LogLevel | undefined)[] = [undefined, 'debug', 'info', 'warning', 'error'];
/** What a row costs besides its text: its columns, the text's header, and a part cut from a chunk. */
const rowBytes = 96;
/** What an entry that is no line costs besides its text. */
const objectBytes = 400;

/** Few different texts, each kept once. */
class Names {
  readonly #names: string[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf(name: string): number {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.#names.push(name) - 1;
      this.#numbers.set(name, number);
    }
    return number;
  }

  at(number: number): string {
    return this.#names[number] ?? '';
  }
}

/** Rows in columns: an object for each would cost more than its text. */
class Page {
  readonly texts: string[] = new Array<string>(pageRows).fill('');
  readonly times = new Float64Array(pageRows);
  readonly flags = new Uint16Array(pageRows);
  readonly containers = new Uint16Array(pageRows);
  readonly functions = new Uint16Array(pageRows);
  readonly calls = new Uint16Array(pageRows);
  readonly names = new Names();
  /** Entries that are no lines. */
  readonly objects = new Map<number, LogEntry>();
  held = 0;
}

const flag = { partial: 32, goesOn: 64, continued: 128, ansi: 256, object: 512 } as const;

/** Entries by row number, packed in pages; a page goes when its last row does. */
export class RowStore {
  readonly #pages = new Map<number, Page>();
  #last: { readonly number: number; readonly page: Page } | undefined;
  #bytes = 0;

  /** Bytes of memory that the rows take, as an estimate from above. */
  get bytes(): number {
    return this.#bytes;
  }

  add(row: number, entry: LogEntry): void {
    const page = this.#pageOf(row) ?? this.#newPage(row);
    page.held++;
    this.#write(page, offsetOf(row), entry);
  }

  /** @returns false when the row is not held */
  update(row: number, entry: LogEntry): boolean {
    const page = this.#pageOf(row);
    if (!page) return false;
    const at = offsetOf(row);
    this.#bytes -= costOf(page, at);
    page.objects.delete(at);
    this.#write(page, at, entry);
    return true;
  }

  delete(row: number): void {
    const page = this.#pageOf(row);
    if (!page) return;
    const at = offsetOf(row);
    this.#bytes -= costOf(page, at);
    page.texts[at] = '';
    page.objects.delete(at);
    if (--page.held > 0) return;
    this.#pages.delete(pageNumberOf(row));
    this.#last = undefined;
  }

  clear(): void {
    this.#pages.clear();
    this.#last = undefined;
    this.#bytes = 0;
  }

  time(row: number): number {
    return this.#pageOf(row)?.times[offsetOf(row)] ?? 0;
  }

  /** As it is searched: without escape sequences. */
  plainText(row: number): string {
    const page = this.#pageOf(row);
    if (!page) return '';
    const at = offsetOf(row);
    const object = page.objects.get(at);
    if (object) return plainText(entryText(object));
    const text = page.texts[at] ?? '';
    return (page.flags[at] ?? 0) & flag.ansi ? plainText(text) : text;
  }

  head(row: number): EntryHead {
    const page = this.#pageOf(row);
    const at = offsetOf(row);
    const object = page?.objects.get(at);
    if (object) return headOf(object);
    const flags = page?.flags[at] ?? 0;
    return {
      kind: 'line',
      source: sources[flags & 3] ?? 'stdout',
      level: levels[(flags >> 2) & 7] ?? 'info',
      containerId: page?.names.at(page.containers[at] ?? 0) ?? '',
      functionId: page?.names.at(page.functions[at] ?? 0) ?? '',
      callId: page?.names.at(page.calls[at] ?? 0) ?? '',
    };
  }

  isMark(row: number): boolean {
    return this.#pageOf(row)?.objects.get(offsetOf(row))?.kind === 'mark';
  }

  entry(row: number): LogEntry | undefined {
    const page = this.#pageOf(row);
    if (!page) return undefined;
    const at = offsetOf(row);
    return page.objects.get(at) ?? lineAt(page, at);
  }

  #write(page: Page, at: number, entry: LogEntry): void {
    page.times[at] = entry.time;
    if (entry.kind === 'line') writeLine(page, at, entry);
    else {
      page.objects.set(at, entry);
      page.texts[at] = '';
      page.flags[at] = flag.object;
    }
    this.#bytes += costOf(page, at);
  }

  #newPage(row: number): Page {
    const page = new Page();
    this.#pages.set(pageNumberOf(row), page);
    return page;
  }

  #pageOf(row: number): Page | undefined {
    const number = pageNumberOf(row);
    if (this.#last?.number === number) return this.#last.page;
    const page = this.#pages.get(number);
    if (page) this.#last = { number, page };
    return page;
  }
}

function writeLine(page: Page, at: number, line: LineEntry): void {
  page.texts[at] = line.text;
  page.containers[at] = page.names.numberOf(line.containerId);
  page.functions[at] = page.names.numberOf(line.functionId);
  page.calls[at] = page.names.numberOf(line.callId);
  page.flags[at] =
    sources.indexOf(line.source) |
    (levels.indexOf(line.level) << 2) |
    (line.partial ? flag.partial : 0) |
    (line.goesOn ? flag.goesOn : 0) |
    (line.continued ? flag.continued : 0) |
    (hasAnsi(line.text) ? flag.ansi : 0);
}

function lineAt(page: Page, at: number): LineEntry {
  const flags = page.flags[at] ?? 0;
  const level = levels[(flags >> 2) & 7];
  return {
    kind: 'line',
    time: page.times[at] ?? 0,
    source: sources[flags & 3] ?? 'stdout',
    containerId: page.names.at(page.containers[at] ?? 0),
    functionId: page.names.at(page.functions[at] ?? 0),
    callId: page.names.at(page.calls[at] ?? 0),
    text: page.texts[at] ?? '',
    ...(level ? { level } : undefined),
    ...(flags & flag.partial ? { partial: true } : undefined),
    ...(flags & flag.goesOn ? { goesOn: true } : undefined),
    ...(flags & flag.continued ? { continued: true } : undefined),
  };
}

function costOf(page: Page, at: number): number {
  const object = page.objects.get(at);
  if (!object) return rowBytes + bytesOf(page.texts[at] ?? '');
  const parts = object.kind === 'traceback' ? 2 * object.text.length : 0;
  return rowBytes + objectBytes + parts + bytesOf(entryText(object));
}

/** The engine takes one byte for each character, or two for all when one does not fit. */
function bytesOf(text: string): number {
  return /[^\u0000-\u00ff]/.test(text) ? 2 * text.length : text.length;
}

function pageNumberOf(row: number): number {
  return Math.floor(row / pageRows);
}

function offsetOf(row: number): number {
  return row - pageNumberOf(row) * pageRows;
}
