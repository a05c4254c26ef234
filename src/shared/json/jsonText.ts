/**
 * JSON as text with the places of its parts, for editing it without touching the rest and for saying where it is wrong.
 * jsonc-parser cannot do this in its place: an edit of its lays out what stands beside it too, takes the first of two
 * members with one name, writes `1.50` as `1.5` and fails below what is no object; its readers run out of stack on
 * texts that are nested deep, and its tree of 5 MB takes two and a half times as much memory.
 */

export type JsonPath = readonly (string | number)[];

export interface JsonMember {
  readonly name: string;
  readonly nameStart: number;
  readonly value: JsonNode;
}

export interface JsonNode {
  readonly kind: 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';
  /** Offsets in the text; the end is behind the last character. */
  readonly start: number;
  readonly end: number;
  readonly members: readonly JsonMember[];
  readonly items: readonly JsonNode[];
}

export interface JsonProblem {
  readonly message: string;
  readonly offset: number;
  /** Counted from 1. */
  readonly line: number;
  readonly column: number;
}

export type JsonText =
  | { readonly ok: true; readonly root: JsonNode; readonly value: unknown }
  | { readonly ok: false; readonly problem: JsonProblem };

/** Deeper texts are refused: what reads them would run out of stack. */
const deepest = 200;
const none: readonly never[] = [];

class Unexpected extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** Reads a text that must be one JSON value. Never throws. */
export function parseJson(text: string): JsonText {
  try {
    const root = new Reader(text).document();
    return { ok: true, root, value: JSON.parse(text) as unknown };
  } catch (error) {
    const offset = error instanceof Unexpected ? error.offset : text.length;
    return { ok: false, problem: { message: (error as Error).message, offset, ...placeOf(text, offset) } };
  }
}

/** The node at a path; of members with the same name the last counts, as for every reader of JSON. */
export function nodeAt(root: JsonNode, path: JsonPath): JsonNode | undefined {
  let node: JsonNode | undefined = root;
  for (const step of path) {
    node =
      node.kind === 'array'
        ? node.items[Number(step)]
        : node.members.findLast(({ name }) => name === String(step))?.value;
    if (!node) return undefined;
  }
  return node;
}

/** The value at a path; undefined where there is none. */
export function valueAt<T>(value: T, path: JsonPath): T | undefined {
  let at: unknown = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    // A list has a length, which JSON does not know.
    if (Array.isArray(at) && !Number.isInteger(Number(step))) return undefined;
    at = (at as Record<string | number, unknown>)[step];
  }
  return at as T; // What is in a value of JSON is one too.
}

function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const escapePattern = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const words = { true: 'boolean', false: 'boolean', null: 'null' } as const;

class Reader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): JsonNode {
    this.#space();
    const node = this.#value();
    this.#space();
    if (this.#at < this.#text.length) this.#fail('Nothing may follow the value');
    return node;
  }

  #value(): JsonNode {
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object();
      case '[':
        return this.#array();
      case '"': {
        const start = this.#at;
        this.#string();
        return this.#leaf('string', start);
      }
      default:
        return this.#scalar();
    }
  }

  #object(): JsonNode {
    const start = this.#open();
    const members: JsonMember[] = [];
    while (!this.#ends('}')) {
      if (members.length > 0) this.#comma('}');
      if (this.#text[this.#at] !== '"') this.#fail('A name in double quotes is expected');
      const nameStart = this.#at;
      const name = this.#string();
      this.#space();
      if (this.#text[this.#at] !== ':') this.#fail('A colon is expected');
      this.#at++;
      this.#space();
      members.push({ name, nameStart, value: this.#value() });
      this.#space();
    }
    return this.#close({ kind: 'object', start, members, items: none });
  }

  #array(): JsonNode {
    const start = this.#open();
    const items: JsonNode[] = [];
    while (!this.#ends(']')) {
      if (items.length > 0) this.#comma(']');
      items.push(this.#value());
      this.#space();
    }
    return this.#close({ kind: 'array', start, members: none, items });
  }

  #open(): number {
    if (++this.#depth > deepest) this.#fail(`Values are nested in more than ${deepest} levels`);
    const start = this.#at++;
    this.#space();
    return start;
  }

  #ends(bracket: string): boolean {
    if (this.#at >= this.#text.length) this.#fail(`The text ends before ${bracket}`);
    return this.#text[this.#at] === bracket;
  }

  #close(node: Omit<JsonNode, 'end'>): JsonNode {
    this.#depth--;
    return { ...node, end: ++this.#at };
  }

  #comma(bracket: string): void {
    if (this.#text[this.#at] !== ',') this.#fail(`A comma or ${bracket} is expected`);
    const comma = this.#at++;
    this.#space();
    if (this.#text[this.#at] === bracket) throw new Unexpected(`No comma may stand before ${bracket}`, comma);
  }

  #string(): string {
    const start = this.#at++;
    for (; ; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === 0x22) break;
      if (Number.isNaN(code)) this.#fail('The text ends inside a string');
      if (code < 0x20) this.#fail('A string may not contain line breaks or control characters');
      if (code !== 0x5c) continue;
      escapePattern.lastIndex = this.#at;
      if (!escapePattern.test(this.#text)) this.#fail('This escape is not known in JSON');
      this.#at = escapePattern.lastIndex - 1;
    }
    return JSON.parse(this.#text.slice(start, ++this.#at)) as string;
  }

  #scalar(): JsonNode {
    const start = this.#at;
    for (const [word, kind] of Object.entries(words)) {
      if (!this.#text.startsWith(word, start)) continue;
      this.#at += word.length;
      return this.#leaf(kind, start);
    }
    numberPattern.lastIndex = start;
    if (!numberPattern.test(this.#text)) this.#fail('A value is expected');
    this.#at = numberPattern.lastIndex;
    return this.#leaf('number', start);
  }

  #leaf(kind: JsonNode['kind'], start: number): JsonNode {
    return { kind, start, end: this.#at, members: none, items: none };
  }

  #space(): void {
    while (' \t\r\n'.includes(this.#text[this.#at] ?? '?')) this.#at++;
  }

  #fail(message: string): never {
    throw new Unexpected(message, this.#at);
  }
}
