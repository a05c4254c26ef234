/** Finds what `issued.ts` lists. */
import type { RareForm } from './issued.ts';
import { issuedForms, rareForms } from './issued.ts';
import type { Piece } from './text.ts';
import type { Steps } from '../steps.ts';

interface Form {
  readonly begin: string;
  /** What follows, tried at one place only. */
  readonly rest: RegExp;
  readonly hasDigit: boolean;
  readonly isWhole: boolean;
}

/** By their first two letters: nearly no place of a text has those of any. */
const byLetters = new Map<number, Map<number, Form[]>>();
for (const [begins, rest, ...needs] of issuedForms)
  for (const begin of begins.split(' ')) {
    const seconds = byLetters.get(begin.charCodeAt(0)) ?? new Map<number, Form[]>();
    const second = begin.charCodeAt(1);
    const form = {
      begin,
      rest: new RegExp(rest, 'y'),
      hasDigit: needs.includes('digit'),
      isWhole: needs.includes('whole'),
    };
    seconds.set(second, [...(seconds.get(second) ?? []), form]);
    byLetters.set(begin.charCodeAt(0), seconds);
  }

const rare = rareForms.map((each) => ({ ...each, pattern: new RegExp(each.form, 'y') }));

/** Those whose own letters tell them, wherever they stand. */
export function* knownForms(text: string): Steps<Piece[]> {
  const found = [yield* withLetters(text)];
  for (const form of rare) if (text.includes(form.amid)) found.push(yield* withLettersAmid(text, form));
  return found.flat();
}

/** Places of a text that are looked at in one step. */
const placesInStep = 4096;

function* withLetters(text: string): Steps<Piece[]> {
  const found: Piece[] = [];
  let pause = placesInStep;
  for (let at = 0; at < text.length;) {
    if (at > pause) {
      pause = at + placesInStep;
      yield;
    }
    const forms = byLetters.get(text.charCodeAt(at))?.get(text.charCodeAt(at + 1));
    const end = forms && mayBegin(text, at) ? longest(text, at, forms) : at;
    if (end > at) found.push({ start: at, end });
    at = Math.max(end, at + 1);
  }
  return found;
}

function longest(text: string, at: number, forms: readonly Form[]): number {
  return Math.max(at, ...forms.map((form) => endOf(text, at, form)));
}

function endOf(text: string, at: number, { begin, rest, hasDigit, isWhole }: Form): number {
  if (!text.startsWith(begin, at)) return at;
  const from = at + begin.length;
  rest.lastIndex = from;
  const found = rest.exec(text)?.[0];
  if (found === undefined) return at;
  const end = from + found.length;
  if (hasDigit && !/\d/.test(found)) return at;
  return isWhole && /[A-Za-z0-9]/.test(text.charAt(end)) ? at : end;
}

function* withLettersAmid(text: string, form: RareForm & { readonly pattern: RegExp }): Steps<Piece[]> {
  const { amid, before, pattern, isWhole = false } = form;
  const [least, most] = before;
  const found: Piece[] = [];
  let from = 0;
  let places = 0;
  for (let at = text.indexOf(amid); at >= 0; at = text.indexOf(amid, Math.max(at + 1, from))) {
    if (++places % 64 === 0) yield;
    for (let start = Math.max(from, at - most); start <= at - least; start++) {
      pattern.lastIndex = start;
      const [whole, own] = pattern.exec(text) ?? [];
      if (whole === undefined || !mayBegin(text, start)) continue;
      const end = start + whole.length;
      if (isWhole && /\w/.test(text.charAt(end))) continue;
      found.push({ start: end - (own ?? whole).length, end });
      from = end;
      break;
    }
  }
  return found;
}

/** Whether a form may begin at a place: after a sign, an escape of JSON or one of an address. */
function mayBegin(text: string, at: number): boolean {
  if (!/[A-Za-z0-9_-]/.test(text.charAt(at - 1))) return true;
  return /\\[nrtbf]$|%[0-9A-Fa-f]{2}$/.test(text.slice(Math.max(0, at - 3), at));
}
