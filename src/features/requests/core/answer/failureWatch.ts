import { decoderFor, mediaType } from '../textBody.ts';
import type { EventReader } from './eventStream.ts';
import { EventStreamParser, framingOf } from './eventStream.ts';
import { jsonOrNothing } from './fields.ts';
import { LineStreamParser } from './lineStream.ts';
import { errorOfBody, errorOfEvent, maySayError } from './serverError.ts';

/** An error is short; what is longer is an answer. */
const longestBody = 64 * 1024;

/**
 * Finds the error that an answer of a good status tells of: in an event of a stream, or as all that a JSON body has.
 * It costs little where there is none.
 */
export class FailureWatch {
  readonly #decoder: InstanceType<typeof TextDecoder>;
  readonly #events: EventReader | undefined;
  readonly #isLines: boolean;
  readonly #isWatched: boolean;
  #body: Uint8Array[] = [];
  #size = 0;
  #hasEvents = false;
  #error: string | undefined;

  constructor(status: number, headers: Readonly<Record<string, string>>) {
    const framing = framingOf(headers);
    const type = mediaType(headers);
    this.#isWatched = status >= 200 && status < 300 && (framing !== undefined || type.endsWith('json'));
    this.#decoder = decoderFor(headers);
    this.#isLines = framing === 'lines';
    this.#events =
      framing === 'events'
        ? new EventStreamParser()
        : framing === 'lines'
          ? new LineStreamParser()
          : undefined;
  }

  push(bytes: Uint8Array): void {
    if (!this.#isWatched || this.#error !== undefined) return;
    this.#size += bytes.length;
    if (this.#size <= longestBody) this.#body.push(bytes);
    else this.#body = [];
    if (this.#events) this.#look(this.#events.push(this.#decoder.decode(bytes, { stream: true })));
  }

  /** @returns what the server says, when the answer is complete */
  end(): string | undefined {
    if (!this.#isWatched || this.#error !== undefined) return this.#error;
    if (this.#events) this.#look([...this.#events.push(this.#decoder.decode()), ...this.#events.end()]);
    // Some say that they send events, and send one JSON.
    if (!this.#hasEvents && this.#size <= longestBody)
      this.#error ??= errorOfBody(Buffer.concat(this.#body).toString());
    return this.#error;
  }

  #look(events: ReturnType<EventReader['push']>): void {
    this.#hasEvents ||= events.length > 0;
    for (const event of events) {
      if (!maySayError(event)) continue;
      this.#error ??= this.#isLines
        ? errorOfBody(event.data)
        : errorOfEvent(event, jsonOrNothing(event.data));
    }
  }
}
