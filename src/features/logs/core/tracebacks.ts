import { plainText } from '../../../shared/ansi.ts';
import type { TracebackFrame, TracebackPart } from '../../../domain/logEntry.ts';
import { inferLevel } from './logLevel.ts';
import { ownValue } from '../../../shared/ownValue.ts';

/** A recursion prints thousands of frames; what comes after these bounds is shown as lines. */
const mostLines = 1000;
const mostCharacters = 256 * 1024;

const header = /^(.{0,80}?)((?:  \+ Exception Group )?Traceback \(most recent call last\):)$/;
const box = /^\s*[╭+][─-]+ ?Traceback \(most recent call last\) ?[─-]+[╮+]$/;
const boxLine = /^\s*[│|]/;
const boxEnd = /^\s*[╰+][─-]+[╯+]$/;
const groupLine = /^\s+[|+]/;
const exception = /^(?:[^\W\d]\w*\.)*[^\W\d]\w*(?:: .*|:)?$/;
const groupException = /^\s+\| ((?:[^\W\d]\w*\.)*[^\W\d]\w*: .*)$/;
const links: Readonly<Record<string, 'cause' | 'context'>> = {
  'The above exception was the direct cause of the following exception:': 'cause',
  'During handling of the above exception, another exception occurred:': 'context',
};
/** Messages of several lines that are not indented: pydantic's, with a field before each error, and PyTorch's. */
const validation = /: (\d{1,6}) validation errors? for /;
const furtherHelp = /^\s+For further information visit https:\/\/errors\.pydantic\.dev\//;
const cudaHelp =
  /^(?:CUDA kernel errors might be|For debugging consider passing CUDA_|Compile with `TORCH_USE_CUDA_DSA`|Device-side assertion tracking|Search for `cuda)/;
const linkBegins = ['The above exception was', 'During handling of the above', 'Traceback (most recent'];

interface OpenPart {
  readonly frames: TracebackFrame[];
  exception: string;
  readonly link?: 'cause' | 'context';
}

/** Whether a whole line begins a traceback. */
export function beginsTraceback(text: string): boolean {
  if (!text.includes('Traceback (most recent call last)')) return false;
  const plain = plainText(text).trimEnd();
  return header.test(plain) || box.test(plain);
}

/**
 * Folds the lines of one writer into one traceback, from its header on: frames, the exception, and chained ones, in the
 * forms of Python, of exception groups and of rich. Lines may have a prefix, as vLLM gives them, that differs only in
 * its digits.
 */
export class TracebackFold {
  readonly #lines: string[] = [];
  readonly #parts: OpenPart[] = [];
  readonly #prefix: string;
  #characters = 0;
  #state: 'frames' | 'box' | 'group' | 'boxEnd' | 'after' = 'frames';
  #link: 'cause' | 'context' | undefined;
  /** Errors of a pydantic message that have not come to their end. */
  #errors = 0;
  /** The line before was the last one of such an error, or the exception. */
  #mayNameField = false;

  /** @param text a line that begins a traceback */
  constructor(text: string) {
    const plain = plainText(text).trimEnd();
    this.#prefix = box.test(plain) ? '' : (header.exec(plain)?.[1] ?? '');
    this.#keep(text);
    this.#beginPart(plain);
  }

  /** The exception is there; only a chained one may follow. */
  get isComplete(): boolean {
    return this.#state === 'after';
  }

  get text(): string {
    return this.#lines.join('\n').trimEnd();
  }

  get parts(): TracebackPart[] {
    return this.#parts.map(({ frames, ...part }) => ({ ...part, frames: [...frames] }));
  }

  /** A line without an end that could still become a part of this. */
  mayTake(partial: string): boolean {
    if (this.#state !== 'after' || this.#prefix || this.#errors > 0) return true;
    const text = plainText(partial).trimStart();
    return linkBegins.some((begin) => begin.startsWith(text.slice(0, begin.length)));
  }

  /** @returns false when the line is no part of this, and this has ended. */
  take(text: string): boolean {
    if (this.#lines.length >= mostLines || this.#characters >= mostCharacters) return false;
    const line = this.#withoutPrefix(plainText(text).trimEnd());
    if (line === undefined || !this.#accepts(line)) return false;
    this.#keep(text);
    return true;
  }

  #accepts(line: string): boolean {
    switch (this.#state) {
      case 'frames':
        return this.#inFrames(line);
      case 'group':
        return this.#inGroup(line);
      case 'box':
        return this.#inBox(line);
      case 'boxEnd':
        return this.#isException(line);
      case 'after':
        return this.#afterException(line);
    }
  }

  #inFrames(line: string): boolean {
    const found = frameOf(line);
    if (found) this.#frame(found);
    else if (!/^\s/.test(line)) return this.#isException(line);
    return true;
  }

  #inGroup(line: string): boolean {
    const found = frameOf(line);
    if (!groupLine.test(line) && !found) return this.#afterException(line);
    if (found) this.#frame(found);
    const part = this.#parts.at(-1);
    if (part) part.exception ||= groupException.exec(line)?.[1] ?? '';
    return true;
  }

  #inBox(line: string): boolean {
    const found = boxFrameOf(line);
    if (found) this.#frame(found);
    if (boxEnd.test(line)) this.#state = 'boxEnd';
    return boxLine.test(line) || this.#state === 'boxEnd';
  }

  #isException(line: string): boolean {
    const part = this.#parts.at(-1);
    if (!part || !exception.test(line) || inferLevel(line) !== undefined) return false;
    part.exception = line;
    this.#errors = Number(validation.exec(line)?.[1] ?? 0);
    this.#mayNameField = true;
    this.#state = 'after';
    return true;
  }

  /** Further lines of a message are indented; a chained exception stands between empty lines. */
  #afterException(line: string): boolean {
    if (line === '') return true;
    if (header.test(line) || box.test(line)) {
      // Without the words that link the two, it is a traceback of its own.
      if (!this.#link) return false;
      this.#beginPart(line);
      return true;
    }
    if (this.#inMessage(line)) return true;
    const link = ownValue(links, line);
    if (link) this.#link = link;
    else if (this.#link || this.#lines.at(-1) === '') return false;
    return Boolean(this.#link) || /^\s+\S/.test(line);
  }

  /** More of the message, though it begins where lines of a log begin. */
  #inMessage(line: string): boolean {
    if (this.#errors > 0) {
      if (furtherHelp.test(line)) this.#errors--;
      const isField = this.#mayNameField && /^\S/.test(line) && inferLevel(line) === undefined;
      this.#mayNameField = furtherHelp.test(line);
      return isField;
    }
    const { exception: said = '' } = this.#parts.at(-1) ?? {};
    return said.includes('CUDA error: ') && cudaHelp.test(line);
  }

  #beginPart(line: string): void {
    this.#state = box.test(line) ? 'box' : line.includes('Exception Group') ? 'group' : 'frames';
    this.#parts.push({ frames: [], exception: '', ...(this.#link ? { link: this.#link } : {}) });
    this.#link = undefined;
  }

  #frame(frame: TracebackFrame): void {
    this.#parts.at(-1)?.frames.push(frame);
  }

  #withoutPrefix(line: string): string | undefined {
    if (!this.#prefix) return line;
    const prefix = line.slice(0, this.#prefix.length);
    if (shapeOf(prefix) === shapeOf(this.#prefix)) return line.slice(this.#prefix.length);
    // The end of a line is trimmed, and with it the end of the prefix of an empty one.
    return shapeOf(line) === shapeOf(this.#prefix).trimEnd() ? '' : undefined;
  }

  #keep(text: string): void {
    this.#lines.push(text);
    this.#characters += text.length;
  }
}

const frameHead = /^[\s|]*File "/;
const frameMiddle = '", line ';

/** `File "…", line 3, in name`. What may stand in the file's name comes last here, so nothing is tried twice. */
function frameOf(line: string): TracebackFrame | undefined {
  const start = frameHead.exec(line)?.[0].length;
  if (start === undefined) return undefined;
  const end = line.lastIndexOf(frameMiddle);
  const [, number, name = ''] = /^(\d+)(?:, in (.+))?$/.exec(line.slice(end + frameMiddle.length)) ?? [];
  return end > start && number !== undefined
    ? { file: line.slice(start, end), line: Number(number), name }
    : undefined;
}

/** A frame of rich, between the edges of its box: `file.py:3 in name`. */
function boxFrameOf(line: string): TracebackFrame | undefined {
  const inner = /^[│|](\s.*)[│|]$/.exec(line.trim())?.[1];
  if (inner === undefined) return undefined;
  const text = inner
    .trim()
    .replace(/^❱{1,2}/, '')
    .trimStart();
  const place = /:(\d+) in /.exec(text);
  const file = text.slice(0, place?.index);
  const name = place ? text.slice(place.index + place[0].length).trimStart() : '';
  return place && file && name ? { file, line: Number(place[1]), name } : undefined;
}

function shapeOf(prefix: string): string {
  return prefix.replace(/\d/g, '0');
}
