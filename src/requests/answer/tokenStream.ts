import type { StreamEvent } from './eventStream.ts';

/** What a stream of model output came to, in milliseconds since the request was sent. */
export interface TokenFacts {
  readonly firstTokenMs: number;
  /** As the server counted, or the number of pieces. */
  readonly tokens: number;
  readonly isCounted: boolean;
  /** After the first one; undefined for fewer than two. */
  readonly tokensPerSecond?: number;
}

const longestText = 1024 * 1024;

/** Joins the pieces of a model's output and measures how fast they come. */
export class TokenStream {
  #text = '';
  #pieces = 0;
  #usage = 0;
  #firstAt = 0;
  #lastAt = 0;

  /** The beginning of the output, at most a million characters. */
  get text(): string {
    return this.#text;
  }

  /** @param at milliseconds since the request was sent. @returns what it adds to the text */
  take({ data }: StreamEvent, at: number): string {
    if (data === '[DONE]') return '';
    const json = parse(data);
    this.#usage = usageOf(json) || this.#usage;
    const piece = json === undefined ? data : pieceOf(json);
    if (piece === '') return '';
    if (this.#pieces++ === 0) this.#firstAt = at;
    this.#lastAt = at;
    const added = piece.slice(0, longestText - this.#text.length);
    this.#text += added;
    return added;
  }

  /** @returns undefined where no event carried output */
  facts(): TokenFacts | undefined {
    if (this.#pieces === 0) return undefined;
    const tokens = this.#usage || this.#pieces;
    const seconds = (this.#lastAt - this.#firstAt) / 1000;
    return {
      firstTokenMs: this.#firstAt,
      tokens,
      isCounted: this.#usage > 0,
      ...(tokens > 1 && seconds > 0 ? { tokensPerSecond: (tokens - 1) / seconds } : {}),
    };
  }
}

interface Chunk {
  readonly choices?: readonly {
    readonly index?: unknown;
    readonly delta?: unknown;
    readonly text?: unknown;
  }[];
  readonly type?: unknown;
  readonly delta?: unknown;
  readonly token?: unknown;
  readonly usage?: unknown;
  readonly response?: unknown;
}

/** Most events of a stream of text are no JSON, and finding that out by an exception takes the time of many. */
const mayBeJson = /^\s*[[{"\dtfn-]/;

function parse(data: string): unknown {
  if (!mayBeJson.test(data)) return undefined;
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

/** The text of one event in the forms of OpenAI (chat, completions, responses), Anthropic and TGI; '' for none. */
function pieceOf(json: unknown): string {
  if (typeof json === 'string') return json;
  if (typeof json !== 'object' || json === null) return '';
  const { choices, type, delta, token } = json as Chunk;
  const first = Array.isArray(choices) ? (choices as NonNullable<Chunk['choices']>)[0] : undefined;
  if (first)
    return first.index
      ? ''
      : textOf(first.delta, 'content') || textOf(first.delta, 'reasoning_content') || textOf(first, 'text');
  if (type === 'response.output_text.delta') return typeof delta === 'string' ? delta : '';
  if (type === 'content_block_delta') return textOf(delta, 'text');
  return typeof token === 'string'
    ? token
    : textOf(token, 'text') || textOf(json, 'text') || textOf(json, 'content');
}

function textOf(value: unknown, key: string): string {
  if (typeof value !== 'object' || value === null) return '';
  const text = (value as Record<string, unknown>)[key];
  return typeof text === 'string' ? text : '';
}

function usageOf(json: unknown): number {
  if (typeof json !== 'object' || json === null) return 0;
  const { usage, response } = json as Chunk;
  const counts = (usage ?? (response as Chunk | undefined)?.usage) as
    { completion_tokens?: unknown; output_tokens?: unknown } | null | undefined;
  const tokens = counts?.completion_tokens ?? counts?.output_tokens;
  return typeof tokens === 'number' ? tokens : 0;
}
