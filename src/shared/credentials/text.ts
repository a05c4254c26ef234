/** Pieces of texts in which credentials stand: strings at any depth of JSON, code, addresses. */

import type { Steps } from '../steps.ts';

export interface Piece {
  readonly start: number;
  readonly end: number;
}

export interface TextString extends Piece {
  readonly isClosed: boolean;
  /** Backslashes before its quote. */
  readonly depth: number;
}

const quote = /\\{0,15}["'`]/y;
const stringEnd = /["'`\r\n]/g;

/**
 * The inside of the string that begins at a place, also of one within strings of JSON.
 * @returns undefined where none begins; `isClosed` is false for one that ends with its line
 */
export function stringAt(text: string, at: number): TextString | undefined {
  quote.lastIndex = at;
  const open = quote.exec(text)?.[0];
  if (open === undefined) return undefined;
  const start = at + open.length;
  const depth = open.length - 1;
  stringEnd.lastIndex = start;
  for (let match = stringEnd.exec(text); match; match = stringEnd.exec(text)) {
    const [sign] = match;
    const end = match.index;
    if (/[\r\n]/.test(sign)) return { start, end, isClosed: false, depth };
    if (sign !== open.at(-1)) continue;
    const escapes = backslashesBefore(text, end, start);
    if (isEnd(escapes, depth)) return { start, end: end - depth, isClosed: true, depth };
    // The string around it ends.
    if (escapes < depth) return { start, end: end - escapes, isClosed: false, depth };
  }
  return { start, end: text.length, isClosed: false, depth };
}

function backslashesBefore(text: string, at: number, from: number): number {
  let count = 0;
  while (at - count > from && text.charAt(at - count - 1) === '\\') count++;
  return count;
}

/** A quote within JSON within JSON has 1, 3, 7 … backslashes; more before it are of the text. */
function isEnd(escapes: number, depth: number): boolean {
  const isPower = ((depth + 1) & depth) === 0;
  return isPower ? escapes % (2 * (depth + 1)) === depth : escapes === depth;
}

/** What a sticky pattern finds at a place. */
export function pieceAt(pattern: RegExp, text: string, at: number): Piece | undefined {
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  return match && match[0] !== '' ? { start: at, end: at + match[0].length } : undefined;
}

/** Names may follow each other without an end, and each would read all that comes after it. */
const longestBeginning = 1000;

/** Of what a sticky pattern finds at a place, as much as tells whether it is a credential. */
export function beginningAt(pattern: RegExp, text: string, at: number): Piece | undefined {
  const piece = pieceAt(pattern, text.slice(at, at + longestBeginning), 0);
  return piece && { start: at, end: at + piece.end };
}

/** All of it, once its beginning has told that it is one. */
export function wholePiece(pattern: RegExp, text: string, piece: Piece): Piece {
  if (piece.end - piece.start < longestBeginning) return piece;
  return pieceAt(pattern, text, piece.start) ?? piece;
}

/** @returns the same text where it is none of an address */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

const wordEnd = /[\s"'`<>&?=/\\]/;
const longestWord = 8000;

/** Places that are looked at in one step. */
const placesInStep = 64;
/** A pattern goes through so much of a text in one step. */
const lengthInStep = 128 * 1024;
/** What a pattern may look at before a place, and after it where it has an end. */
const lead = 512;
const tail = 16 * 1024;

/**
 * What is found at each place where a pattern matches, as in the whole text.
 * @param pattern is global; looks back at most 512 signs, and only its last repeat may be longer than 16 K
 */
export function* eachMatch<Found>(
  text: string,
  pattern: RegExp,
  found: (match: RegExpExecArray) => readonly Found[],
): Steps<Found[]> {
  const all: Found[] = [];
  let places = 0;
  let from = 0;
  for (let begin = 0; begin < text.length; begin += lengthInStep) {
    const end = begin + lengthInStep;
    const start = Math.max(0, begin - lead);
    const piece = text.slice(start, end + tail);
    for (let at = Math.max(begin, from); at < end; at = from) {
      const match = matchFrom(pattern, piece, at - start);
      if (!match || start + match.index >= end) break;
      // One that ends with the piece may go on.
      const isCut = match.index + match[0].length === piece.length && start + piece.length < text.length;
      const whole = isCut ? (matchFrom(pattern, text, start + match.index) ?? match) : match;
      if (!isCut) whole.index += start;
      from = whole.index + whole[0].length;
      all.push(...found(whole));
      if (++places % placesInStep === 0) yield;
    }
    yield;
  }
  return all;
}

function matchFrom(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** Words of an address that are written with `%`. */
export function* encodedWords(text: string): Steps<Piece[]> {
  const words: Piece[] = [];
  for (let at = text.indexOf('%'); at >= 0; at = text.indexOf('%', at + 1)) {
    if (!/^%[0-9A-Fa-f]{2}/.test(text.slice(at, at + 3))) continue;
    const floor = Math.max(words.at(-1)?.end ?? 0, at - longestWord);
    let start = at;
    while (start > floor && !wordEnd.test(text.charAt(start - 1))) start--;
    let end = at;
    while (end < text.length && end - start < longestWord && !wordEnd.test(text.charAt(end))) end++;
    words.push({ start, end });
    if (words.length % placesInStep === 0) yield;
    at = end;
  }
  return words;
}

/** Whether a word is a user's name and password in base64. */
export function isNameAndPassword(base64: string): boolean {
  try {
    return /^[\w.@+-]{0,64}:(?!\/\/)[\x21-\x7e]{3,}$/.test(atob(base64));
  } catch {
    return false;
  }
}

const code =
  /^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)+$|^(?:str|string|int|number|bool|boolean|bytes|any|object|text|unknown|never|void|self|this|function|lambda|await|new|required|optional|missing|invalid|wrong|expired|empty|unset|hidden|redacted|changed|incorrect|correct|ok|the|a|an|is|are|was|not|for|to|in|of|and|or)$/i;

/** Whether a value without quotes is a name, a type or a word of prose, and stands for something else. */
export function isCode(value: string, next: string, name: string): boolean {
  if (next === '(' || next === '[' || code.test(value)) return true;
  const plain = (text: string) => text.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase();
  return plain(value) === plain(name);
}

/** Whether a place lies within a string of its line. Long lines are looked at in part. */
export function isInString(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 300), at);
  const line = before.slice(Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1);
  return ['"', "'", '`'].some((sign) => line.split(sign).length % 2 === 0);
}
