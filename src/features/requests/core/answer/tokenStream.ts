import type { StreamEvent } from './eventStream.ts';
import type { Fields } from './fields.ts';
import { fieldsOf, jsonOrNothing, wordsOf } from './fields.ts';
import type { ModelEvent, OutputKind, OutputPiece } from './modelOutput.ts';
import { readModelEvent } from './modelOutput.ts';
import { errorOfBody, errorOfEvent } from './serverError.ts';
import type { TokenUsage } from './tokenUsage.ts';
import { usageOf } from './tokenUsage.ts';
import { plural } from '../../../../shared/format.ts';

/** What a stream of model output came to, in milliseconds since the request was sent. */
export interface TokenFacts {
  readonly firstTokenMs: number;
  /** As the server counted, or the number of chunks. */
  readonly tokens: number;
  readonly isCounted: boolean;
  /** Those that were thoughts, where the server counts them. */
  readonly reasoningTokens?: number;
  /** After the first one; undefined where it cannot be told. */
  readonly tokensPerSecond?: number;
}

/** The beginnings of what a model gave out, at most a million characters of each. */
export interface ModelOutput {
  readonly text: string;
  readonly reasoning: string;
  /** Names of tools, and what they are called with. */
  readonly tools: string;
}

export const longestText = 1024 * 1024;
/** A stream that was cut ends with half an event. */
const mayBeJson = /^\s*[{[]/;
const mostParts = 10_000;
/** A shorter one may well come twice. */
const shortestWhole = 8;
const mostBlanks = 8;
/** No model is as fast: what comes at once was held back on its way. */
const fastest = 100_000;
/** Types of events whose plain text is no output. */
const noOutput = new Set(
  'close debug done end heartbeat info keepalive log logs metadata ping start status warning'.split(' '),
);

/** Joins the pieces of a model's output, in the dialects of `modelOutput.ts`, and measures how fast they come. */
export class TokenStream {
  readonly #onlyKnown: boolean;
  readonly #output: Record<keyof ModelOutput, string> = { text: '', reasoning: '', tools: '' };
  /** What the event at hand has added to the text. */
  #added = '';
  readonly #seen = new Set<OutputKind>();
  readonly #parts = new Set<string>();
  readonly #choices = new Set<number>();
  readonly #problems = new Set<string>();
  /** Digits and what begins like JSON, which are text only where other plain text comes. */
  #held: { readonly text: string; readonly at: number }[] = [];
  #isPlain = false;
  #chunks = 0;
  /** Without summaries of thoughts. */
  #tokenChunks = 0;
  #usage: TokenUsage | undefined;
  /** What the server had counted when the first token came, where it tells all the time. */
  #atFirst: number | undefined;
  #firstAt = 0;
  /** Of what the server counts as tokens: a summary of thoughts is none. */
  #firstTokenAt: number | undefined;
  #lastAt = 0;
  #countedAt: number | undefined;
  #endedAt: number | undefined;
  #ending = '';
  #errors = 0;
  #error = '';

  /** @param onlyKnown for lines that may as well be data: what is of no dialect is no output */
  constructor(onlyKnown = false) {
    this.#onlyKnown = onlyKnown;
  }

  get output(): ModelOutput {
    return this.#output;
  }

  /** The first error that an event told of, in the server's words. */
  get error(): string | undefined {
    if (this.#errors === 0) return undefined;
    const more = this.#errors - 1;
    return more === 0 ? this.#error : `${this.#error} (and ${plural(more, 'more error')})`;
  }

  /** Why the output ended, in the word of its dialect; '' where that was not told. */
  get ending(): string {
    return this.#ending;
  }

  /** How many answers came side by side; the first one is shown. */
  get choices(): number {
    return this.#choices.size;
  }

  /** What cannot be true of the figures that the server sent, in sentences. */
  get problems(): readonly string[] {
    return [...this.#problems];
  }

  /** @param at milliseconds since the request was sent. @returns what it adds to the text */
  take(event: StreamEvent, at: number): string {
    if (event.data === '[DONE]') return '';
    this.#added = '';
    const json = jsonOrNothing(event.data);
    // A row of a table may have an error of its own.
    const error = this.#onlyKnown ? errorOfBody(event.data) : errorOfEvent(event, json);
    if (error !== undefined && this.#errors++ === 0) this.#error = error;
    const onlyKnown = this.#onlyKnown || error !== undefined || noOutput.has(event.type);
    if (typeof json === 'object' && json !== null) this.#takeModel(read(fieldsOf(json), onlyKnown), at);
    else if (error === undefined && !this.#onlyKnown) this.#takePlain(event, json, at);
    return this.#added;
  }

  /** @returns undefined where no event carried output */
  facts(): TokenFacts | undefined {
    if (this.#chunks === 0) return undefined;
    const usage = this.#usage && this.#usage.tokens > 0 ? this.#usage : undefined;
    const speed = this.#speed(usage);
    return {
      firstTokenMs: this.#firstAt,
      tokens: usage?.tokens ?? this.#chunks,
      isCounted: usage !== undefined,
      ...(usage?.reasoning ? { reasoningTokens: usage.reasoning } : {}),
      ...(speed === undefined ? {} : { tokensPerSecond: speed }),
    };
  }

  /** Tokens after the first of each answer, by the time in which they came; thoughts that did not come took theirs before. */
  #speed(usage: TokenUsage | undefined): number | undefined {
    const thinks = this.#seen.has('reasoning');
    const isSummary = this.#seen.has('summary') && !thinks;
    if (this.#firstTokenAt === undefined || (isSummary && usage && usage.reasoning === undefined))
      return undefined;
    const unseen = thinks ? 0 : (usage?.reasoning ?? 0);
    const all = usage ? usage.tokens - unseen : this.#tokenChunks;
    const many = Math.max(1, this.#choices.size);
    const first = usage && many === 1 && unseen === 0 ? (this.#atFirst ?? 1) : many;
    // The last tokens may have no text, so that only the end tells when they were made.
    const end =
      usage && all > this.#tokenChunks ? (this.#endedAt ?? this.#countedAt ?? this.#lastAt) : this.#lastAt;
    const seconds = (end - this.#firstTokenAt) / 1000;
    if (all <= first || seconds <= 0) return undefined;
    const speed = (all - first) / seconds;
    return speed > fastest ? undefined : speed;
  }

  #takeModel({ pieces, usage, ending }: ModelEvent, at: number): void {
    this.#held = [];
    this.#count(usage, at);
    const added = pieces.filter((piece) => this.#add(piece));
    if (added.length > 0)
      this.#chunk(
        at,
        added.some(({ kind }) => kind !== 'summary'),
      );
    if (!ending) return;
    this.#ending = ending;
    this.#endedAt = at;
  }

  #takePlain({ type, data }: StreamEvent, json: unknown, at: number): void {
    if (noOutput.has(type) || json === null) return;
    const text = typeof json === 'string' && !this.#isPlain ? json : data;
    if (text === '') return;
    const isUnsure = json === undefined ? mayBeJson.test(data) : typeof json !== 'string';
    if (isUnsure && !this.#isPlain) {
      if (this.#held.length < mostParts) this.#held.push({ text, at });
      return;
    }
    this.#isPlain ||= json === undefined;
    for (const each of [...(this.#isPlain ? this.#held.splice(0) : []), { text, at }]) {
      this.#add({ kind: 'text', text: each.text });
      this.#chunk(each.at, true);
    }
  }

  #count(words: ModelEvent['usage'], at: number): void {
    const usage = words && usageOf(words);
    if (typeof usage === 'string') {
      this.#usage = undefined;
      if (this.#problems.size < 3) this.#problems.add(usage);
    } else if (usage) {
      this.#usage = usage;
      this.#countedAt = at;
    }
  }

  /** One chunk may bring several pieces, or one for each answer. */
  #chunk(at: number, hasTokens: boolean): void {
    if (this.#chunks++ === 0) this.#firstAt = at;
    if (hasTokens) this.#tokenChunks++;
    if (hasTokens && this.#firstTokenAt === undefined) {
      this.#firstTokenAt = at;
      if (this.#usage?.tokens) this.#atFirst = this.#usage.tokens;
    }
    this.#lastAt = at;
  }

  /** @returns whether it was new */
  #add(piece: OutputPiece): boolean {
    const { kind, choice = 0, part } = piece;
    const isShown = choice === 0;
    const name = kind === 'summary' ? 'reasoning' : kind;
    const text = isShown ? this.#newText(piece, this.#output[name]) : piece.repeats ? '' : piece.text;
    if (part && this.#parts.size < mostParts) this.#parts.add(part);
    if (text === '') return false;
    this.#seen.add(kind);
    this.#choices.add(choice);
    if (!isShown) return true;
    const known = this.#output[name];
    const begin = known === '' ? text.replace(/^\n/, '') : text;
    const added = begin.slice(0, longestText - known.length);
    this.#output[name] = known + added;
    if (name === 'text') this.#added += added;
    return true;
  }

  #newText({ kind, text, part = '', repeats }: OutputPiece, known: string): string {
    if (repeats === 'all') return isWhole(text, known) ? '' : text;
    if (repeats === 'beginning') return text.startsWith(known) ? text.slice(known.length) : text;
    if (repeats === 'kind') return this.#seen.has(kind) ? '' : text;
    if (repeats === 'part') return this.#parts.has(part) || known.includes(text) ? '' : text;
    return text;
  }
}

/** @param onlyKnown not in the forms of servers that people write themselves */
function read(json: Fields, onlyKnown: boolean): ModelEvent {
  const known = readModelEvent(json);
  if (known || onlyKnown) return known ?? { pieces: [] };
  const { token, text, content, delta, response, text_output: triton, usage } = json;
  const words = [token, text, content, delta, response, triton].map(wordsOf).find(Boolean);
  const { completion_tokens: completed, output_tokens: out } = fieldsOf(usage);
  return {
    pieces: words ? [{ kind: 'text', text: words, repeats: 'all' }] : [],
    usage: { tokens: completed ?? out },
  };
}

/** Looked at only where the lengths allow it: it is asked for each piece. */
function isWhole(text: string, known: string): boolean {
  const isAsLong = Math.abs(text.length - known.length) <= mostBlanks;
  return text.length >= shortestWhole && isAsLong && text.trim() === known.trim();
}
