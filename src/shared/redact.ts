/** Masks what looks like a credential, whatever text it stands in. */
import type { Credential } from './credentials/find.ts';
import { findCredentials } from './credentials/find.ts';
import { shortToken } from './credentials/forms.ts';
import { isMember, isParameter } from './credentials/named.ts';
import { isReference, wantedOf } from './credentials/names.ts';
import type { Steps } from './steps.ts';
import { inOneGo } from './steps.ts';

const secretHeader =
  /^(?:set-)?cookie2?$|^(?:x-)?apikey$|^x-auth(?!-(?:user(?:name)?|email|method|type|scheme)$)|(?:^|[-_])(?:token|secret|password|pass|pwd|jwt|session|auth)$|sess(?:ion)?[-_]?id$|(?:^|[-_.])sid$/i;

/** The text for logs and for what is kept: the beginning of a token stays where it says whose it is. */
export const redact = (text: string) => inOneGo(redacting(text));

/** The same for texts of any length, in steps. */
export function* redacting(text: string): Steps<string> {
  const masked = yield* replaced(text, ({ isForm }, value) => `${isForm ? shownBeginning(value) : ''}…`);
  yield;
  return masked.replaceAll(shortToken, (value) => `${shownBeginning(value)}…`);
}

/** How much of a long text is looked at, and how much of its end may be half a credential, which nothing tells. */
const longestBeginning = 16 * 1024;
const droppedEnd = 4 * 1024;

/**
 * `redact` for a text of any length, of which only the beginning is wanted. What is cut off is dropped, and with it the
 * word before: it may be half a credential.
 */
export function redactBeginning(text: string): string {
  if (text.length <= longestBeginning) return redact(text);
  const beginning = redact(text.slice(0, longestBeginning));
  const least = Math.max(0, beginning.length - droppedEnd);
  let end = beginning.length;
  while (end > least && /\S/.test(beginning.charAt(end - 1))) end--;
  return `${beginning.slice(0, end).trimEnd()} … (${text.length} characters in all)`;
}

const shownBeginning = (value: string) => /^[A-Za-z]{2,12}[-_]/.exec(value)?.[0] ?? '';

/**
 * Puts something in the place of each credential, so that the text can still be sent.
 * @param put gets name and value as they stand in the text
 */
export function replacing(text: string, put: (name: string, value: string) => string): Steps<string> {
  return replaced(text, ({ name }, value) => put(name, value));
}

/** The same at once. */
export const replaceCredentials = (text: string, put: (name: string, value: string) => string) =>
  inOneGo(replacing(text, put));

function* replaced(text: string, put: (credential: Credential, value: string) => string): Steps<string> {
  const pieces: string[] = [];
  let from = 0;
  for (const credential of yield* findCredentials(text)) {
    const { start, end } = credential;
    pieces.push(text.slice(from, start), put(credential, text.slice(start, end)));
    from = end;
    if (pieces.length % 128 === 0) yield;
  }
  return from === 0 ? text : pieces.join('') + text.slice(from);
}

/** Whether a variable holds a credential by its name. */
export const isSecretName = (name: string) => wantedOf(name) !== undefined;

/** Whether a member of an object, or a field of a form, is a credential by its name. */
export const isSecretMember = isMember;

/** Whether a parameter of an address is a credential by its name. */
export const isSecretParameter = isParameter;

/** No server takes a longer header, and finding out what is in it would take time: it is masked whole. */
const longestHeader = 32 * 1024;

/** A header's name is looked at together with its value: `x-api-key: …` is a key, whatever it looks like. */
export function redactHeader(name: string, value: string): string {
  if (value.length > longestHeader) return '…';
  if (isReference(value)) return value;
  return secretHeader.test(name) || wantedOf(name) === 'any' ? '…' : redact(value);
}
