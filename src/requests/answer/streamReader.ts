import { decoderFor, mediaType } from '../textBody.ts';
import type { StreamEvent } from './eventStream.ts';
import { EventStreamParser } from './eventStream.ts';
import type { TokenFacts } from './tokenStream.ts';
import { TokenStream } from './tokenStream.ts';

export interface TimedEvent extends StreamEvent {
  /** Counted from 0. */
  readonly index: number;
  /** Milliseconds since the request was sent. */
  readonly at: number;
}

/** What a piece of the stream brought. */
export interface StreamStep {
  readonly events: readonly TimedEvent[];
  /** What the events, or the plain text, add to the joined text. */
  readonly text: string;
}

export const mostEvents = 2000;
/** Together with the number, this bounds what an endless stream of large events keeps. */
const mostCharacters = 8 * 1024 * 1024;
const longestText = 1024 * 1024;

/** Reads a body while it comes: events where it is a stream of those, else plain text. */
export class StreamReader {
  readonly isEvents: boolean;
  readonly #decoder: InstanceType<typeof TextDecoder>;
  readonly #parser = new EventStreamParser();
  readonly #tokens = new TokenStream();
  #events: TimedEvent[] = [];
  #characters = 0;
  #count = 0;
  #plain = '';

  constructor(headers: Readonly<Record<string, string>>) {
    this.isEvents = mediaType(headers) === 'text/event-stream';
    this.#decoder = decoderFor(headers);
  }

  /** The newest ones. */
  get events(): readonly TimedEvent[] {
    return this.#events;
  }

  /** Also those that are not kept. */
  get count(): number {
    return this.#count;
  }

  get text(): string {
    return this.isEvents ? this.#tokens.text : this.#plain;
  }

  get facts(): TokenFacts | undefined {
    return this.#tokens.facts();
  }

  /** Events and lines that were too long to keep. */
  get leftOut(): number {
    return this.#parser.leftOut;
  }

  /** Text came, and nothing of it was an event. */
  get isMalformed(): boolean {
    return this.isEvents && this.#count === 0 && this.#parser.strayLines > 0;
  }

  /** @param at milliseconds since the request was sent */
  push(bytes: Uint8Array, at: number): StreamStep {
    return this.#take(this.#decoder.decode(bytes, { stream: true }), at, false);
  }

  end(at: number): StreamStep {
    return this.#take(this.#decoder.decode(), at, true);
  }

  #take(text: string, at: number, isEnd: boolean): StreamStep {
    if (!this.isEvents) {
      const added = text.slice(0, longestText - this.#plain.length);
      this.#plain += added;
      return { events: [], text: added };
    }
    const found = [...this.#parser.push(text), ...(isEnd ? this.#parser.end() : [])];
    const events = found.map((event) => ({ ...event, index: this.#count++, at }));
    const pieces = events.map((event) => this.#tokens.take(event, at));
    this.#keep(events);
    return { events, text: pieces.join('') };
  }

  #keep(events: readonly TimedEvent[]): void {
    for (const event of events.slice(-mostEvents)) this.#events.push(event);
    for (const { data } of events.slice(-mostEvents)) this.#characters += data.length;
    // One large event is kept in any case.
    let drop = Math.max(0, this.#events.length - mostEvents);
    for (let at = 0; at < this.#events.length - 1; at++) {
      if (at >= drop && this.#characters <= mostCharacters) break;
      this.#characters -= this.#events[at]?.data.length ?? 0;
      drop = Math.max(drop, at + 1);
    }
    if (drop > 0) this.#events = this.#events.slice(drop);
  }
}
