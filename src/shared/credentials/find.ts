/** Finds the credentials of a text, whatever it is. Takes time in proportion to its length. */
import * as forms from './forms.ts';
import { isEmptyValue } from './names.ts';
import { knownForms } from './known.ts';
import type { Credential } from './named.ts';
import { apart, elements, namedCredentials, parameters } from './named.ts';
import { decoded, eachMatch, encodedWords, isNameAndPassword } from './text.ts';
import type { Steps } from '../steps.ts';

export type { Credential } from './named.ts';

/** An address within an address within an address is written with `%` three times. */
const mostDepth = 3;

/** Where they stand, in order, none within another. */
export function* findCredentials(text: string, depth = 0): Steps<Credential[]> {
  if (text.length < 3) return [];
  const found: Credential[][] = [];
  for (const finder of [
    privateKeys,
    userInfos,
    namedCredentials,
    parameters,
    elements,
    apart,
    schemes,
    known,
    passwordsInBase64,
    ...(depth < mostDepth ? [(inner: string) => encoded(inner, depth)] : []),
  ]) {
    found.push(yield* finder(text));
    yield;
  }
  return yield* merged(found.flat());
}

/** The first of those that overlap takes in what the others have more. */
function* merged(all: Credential[]): Steps<Credential[]> {
  all.sort((a, b) => a.start - b.start || b.end - a.end);
  yield;
  const found: Credential[] = [];
  for (const each of all) {
    const last = found.at(-1);
    if (!last || each.start >= last.end) found.push(each);
    else if (each.end > last.end)
      found[found.length - 1] = { start: last.start, end: each.end, name: last.name };
  }
  return found;
}

function* known(text: string): Steps<Credential[]> {
  const pieces = yield* knownForms(text);
  const found = pieces.map((piece) => ({ ...piece, name: 'token', isForm: true }));
  yield;
  if (!forms.accessKeyId.test(text)) return found;
  const secrets = yield* eachMatch(text, forms.accessKeySecret, ({ 0: value, index }) =>
    /[a-z]/.test(value) && /[A-Z]/.test(value) && /\d/.test(value)
      ? [{ start: index, end: index + 40, name: 'secret_access_key' }]
      : [],
  );
  return [...found, ...secrets];
}

/** From the first line to the last; of one that was cut, what can be part of it. */
function* privateKeys(text: string): Steps<Credential[]> {
  const found: Credential[] = [];
  for (const { index, 0: begin } of text.matchAll(forms.privateKeyBegin)) {
    const from = index + begin.length;
    if (index < (found.at(-1)?.end ?? 0)) continue;
    if (found.length % 64 === 63) yield;
    forms.privateKeyEnd.lastIndex = from;
    const last = !text.includes('-----END', from) ? null : forms.privateKeyEnd.exec(text);
    const body = /[A-Za-z0-9+/=%\s\\:,-]*/y;
    body.lastIndex = from;
    const end = last ? last.index + last[0].length : from + (body.exec(text)?.[0].trimEnd().length ?? 0);
    found.push({ start: index, end, name: 'private_key' });
    if (!last) break;
  }
  return found;
}

function userInfos(text: string): Steps<Credential[]> {
  return eachMatch(text, forms.userInfo, (match) => {
    const [whole, scheme = '', info = ''] = match;
    const isPair = /:|%3a/i.test(info);
    // Others take a bare name that is no secret: ssh://git@host.
    if (!isPair && !/https?$/i.test(scheme)) return [];
    if (isEmptyValue(info) || /^\$?\{[^{}]*\}(?::\$?\{[^{}]*\})?$/.test(info)) return [];
    if (info.split(/:|%3a/i).every((half) => isEmptyValue(half) || half.startsWith('__VARIABLE__')))
      return [];
    const start = match.index + whole.lastIndexOf(info);
    return [{ start, end: start + info.length, name: 'credentials' }];
  });
}

function schemes(text: string): Steps<Credential[]> {
  return eachMatch(text, forms.schemeValue, (match) => {
    const [whole, scheme = '', value = ''] = match;
    const isOne =
      scheme.toLowerCase() === 'basic'
        ? isNameAndPassword(value)
        : value.length >= 8 && (/\d/.test(value) || value.length >= 24);
    const end = match.index + whole.length;
    return isOne ? [{ start: end - value.length, end, name: 'token' }] : [];
  });
}

function* passwordsInBase64(text: string): Steps<Credential[]> {
  const inWord = ({ index, 0: word }: RegExpExecArray) =>
    isNameAndPassword(word) ? [{ start: index, end: index + word.length, name: 'credentials' }] : [];
  const words = yield* eachMatch(text, forms.base64Word, inWord);
  return [...words, ...(yield* eachMatch(text, forms.base64Part, inWord))];
}

function* encoded(text: string, depth: number): Steps<Credential[]> {
  const found: Credential[] = [];
  for (const { start, end } of yield* encodedWords(text)) {
    const word = text.slice(start, end);
    const plain = decoded(word);
    const [inner] = plain === word ? [] : yield* findCredentials(plain, depth + 1);
    if (inner) found.push({ start, end, name: inner.name });
  }
  return found;
}
