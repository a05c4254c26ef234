import { ownValue } from '../../../../shared/ownValue.ts';
import { decoderFor } from '../textBody.ts';
import type { EventReader, StreamEvent } from './eventStream.ts';
import { EventStreamParser, framingOf } from './eventStream.ts';
import { LineStreamParser } from './lineStream.ts';
import type { ModelOutput, TokenFacts } from './tokenStream.ts';
import { TokenStream, longestText } from './tokenStream.ts';

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

/** Reads a body while it comes: events where it is a stream of those or of lines of JSON, else plain text. */
export class StreamReader {
  readonly isEvents: boolean;
  readonly #decoder: InstanceType<typeof TextDecoder>;
  readonly #parser: EventReader;
  readonly #tokens: TokenStream;
  #events: TimedEvent[] = [];
  #characters = 0;
  #count = 0;
  #plain = '';

  constructor(headers: Readonly<Record<string, string>>) {
    const framing = framingOf(headers);
    this.isEvents = framing !== undefined;
    this.#parser = framing === 'lines' ? new LineStreamParser() : new EventStreamParser();
    this.#tokens = new TokenStream(framing === 'lines');
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
    return this.isEvents ? this.#tokens.output.text : this.#plain;
  }

  /** What came beside the text of the answer. */
  get output(): ModelOutput {
    return { ...this.#tokens.output, text: this.text };
  }

  /** An error that an event told of, in the server's words. */
  get error(): string | undefined {
    return this.#tokens.error;
  }

  /** What there is to know about the output beside its figures, in sentences. */
  get remarks(): readonly string[] {
    return remarksOf(this.#tokens);
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

const endings: Readonly<Record<string, string>> = {
  length: 'The response was cut off at the token limit.',
  max_tokens: 'The response was cut off at the token limit.',
  max_output_tokens: 'The response was cut off at the token limit.',
  MAX_TOKENS: 'The response was cut off at the token limit.',
  model_context_window_exceeded: "The response was cut off because the model's context is full.",
  content_filter: 'The response was cut off by a content filter.',
  SAFETY: 'The response was cut off by a content filter.',
  refusal: 'The model refused to continue.',
};

function remarksOf({ ending, choices, problems }: TokenStream): string[] {
  const cut = ownValue(endings, ending);
  const many = `The response has ${choices} choices. Only the first is shown; the figures cover all of them.`;
  return [...(cut ? [cut] : []), ...(choices > 1 ? [many] : []), ...problems];
}
