import { mediaType } from '../textBody.ts';

/** One event of a `text/event-stream`. */
export interface StreamEvent {
  /** `message` where the server names none. */
  readonly type: string;
  readonly data: string;
  readonly id: string;
}

/** A line or an event without end must not fill the memory; what is longer is left out. */
export const longestEvent = 4 * 1024 * 1024;
const bom = /^\uFEFF/;

/** Media types of JSON in lines. */
const lineTypes = /^(?:application|text)\/(?:x-)?(?:ndjson|jsonl|jsonlines|json-lines|json-seq)$/;

/** How the events of an answer stand in it; undefined for one that has none. */
export function framingOf(headers: Readonly<Record<string, string>>): 'events' | 'lines' | undefined {
  const type = mediaType(headers);
  if (type === 'text/event-stream') return 'events';
  return lineTypes.test(type) ? 'lines' : undefined;
}

export type EventReader = Pick<EventStreamParser, 'push' | 'end' | 'strayLines' | 'leftOut'>;

/** Reads events as the standard has it, from text in pieces of any size. */
export class EventStreamParser {
  #line = '';
  #skipsNewline = false;
  #started = false;
  #data: string[] = [];
  #type = '';
  #id = '';
  #strayLines = 0;
  #size = 0;
  #leftOut = 0;

  /** Lines that belong to no event: no field that the standard knows, or far too long. */
  get strayLines(): number {
    return this.#strayLines;
  }

  /** Events and lines that were too long to keep. */
  get leftOut(): number {
    return this.#leftOut;
  }

  push(text: string): StreamEvent[] {
    let rest = this.#started || text === '' ? text : text.replace(bom, '');
    this.#started ||= text !== '';
    if (this.#skipsNewline && rest !== '') {
      // The other half of a line end that lay across two pieces.
      if (rest.startsWith('\n')) rest = rest.slice(1);
      this.#skipsNewline = false;
    }
    const events: StreamEvent[] = [];
    let from = 0;
    for (const { 0: end, index } of rest.matchAll(/\r\n|\n|\r/g)) {
      this.#endLine(this.#line + rest.slice(from, index), events);
      this.#line = '';
      from = index + end.length;
      this.#skipsNewline = end === '\r' && from === rest.length;
    }
    this.#line += rest.slice(from);
    if (this.#line.length > longestEvent) {
      this.#strayLines++;
      this.#leftOut++;
      this.#line = '';
    }
    return events;
  }

  /** The event that the end of the stream left without its empty line. */
  end(): StreamEvent[] {
    const events: StreamEvent[] = [];
    if (this.#line !== '') this.#endLine(this.#line, events);
    this.#line = '';
    this.#dispatch(events);
    return events;
  }

  #endLine(line: string, events: StreamEvent[]): void {
    if (line === '') this.#dispatch(events);
    else if (!line.startsWith(':')) this.#field(line);
  }

  #field(line: string): void {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') this.#add(value);
    else if (name === 'event') this.#type = value;
    else if (name === 'error') {
      // No field of the standard: older servers of llama.cpp say so what went wrong.
      this.#type = 'error';
      this.#add(value);
    } else if (name === 'id') this.#id = value.includes('\0') ? this.#id : value;
    else if (name !== 'retry') this.#strayLines++;
  }

  #add(data: string): void {
    this.#size += data.length + 1;
    if (this.#size > longestEvent) this.#data = [];
    else this.#data.push(data);
  }

  #dispatch(events: StreamEvent[]): void {
    if (this.#size > longestEvent) this.#leftOut++;
    else if (this.#data.length > 0)
      events.push({ type: this.#type || 'message', data: this.#data.join('\n'), id: this.#id });
    this.#data = [];
    this.#size = 0;
    this.#type = '';
  }
}
