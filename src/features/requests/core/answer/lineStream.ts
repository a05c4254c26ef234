import type { EventReader, StreamEvent } from './eventStream.ts';
import { longestEvent } from './eventStream.ts';

/** Reads lines of JSON as events, from text in pieces of any size. A line that is too long is left out. */
export class LineStreamParser implements EventReader {
  readonly strayLines = 0;
  #line: string[] = [];
  #size = 0;
  #leftOut = 0;

  get leftOut(): number {
    return this.#leftOut;
  }

  push(text: string): StreamEvent[] {
    const [first = '', ...others] = text.split('\n');
    this.#add(first);
    return others.flatMap((line) => {
      const events = this.end();
      this.#add(line);
      return events;
    });
  }

  /** The line that has no end. */
  end(): StreamEvent[] {
    // A mark of its own begins each text of a sequence (RFC 7464).
    const data = this.#line
      .join('')
      .replace(/^[\uFEFF\u001E]/, '')
      .trim();
    if (this.#size > longestEvent) this.#leftOut++;
    this.#line = [];
    this.#size = 0;
    return data === '' ? [] : [{ type: 'message', data, id: '' }];
  }

  #add(text: string): void {
    this.#size += text.length;
    if (this.#size > longestEvent) this.#line = [];
    else this.#line.push(text);
  }
}
