/** Finds the credentials of a text, whatever it is. Takes time in proportion to its length. */
import * as forms from './forms.ts';
import { isEmptyValue } from './names.ts';
import { knownForms } from './known.ts';
import type { Credential } from './named.ts';
import { apart, elements, namedCredentials, parameters } from './named.ts';
import { decoded, encodedWords, isNameAndPassword } from './text.ts';

export type { Credential } from './named.ts';

/** An address within an address within an address is written with `%` three times. */
const mostDepth = 3;

/** @returns where they stand, in order, none within another */
export function findCredentials(text: string, depth = 0): Credential[] {
  if (text.length < 3) return [];
  return merged([
    ...privateKeys(text),
    ...userInfos(text),
    ...namedCredentials(text),
    ...parameters(text),
    ...elements(text),
    ...apart(text),
    ...schemes(text),
    ...known(text),
    ...passwordsInBase64(text),
    ...(depth < mostDepth ? encoded(text, depth) : []),
  ]);
}

/** The first of those that overlap takes in what the others have more. */
function merged(all: readonly Credential[]): Credential[] {
  const found: Credential[] = [];
  for (const each of all.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = found.at(-1);
    if (!last || each.start >= last.end) found.push(each);
    else if (each.end > last.end)
      found[found.length - 1] = { start: last.start, end: each.end, name: last.name };
  }
  return found;
}

function known(text: string): Credential[] {
  const found = knownForms(text).map((piece) => ({ ...piece, name: 'token', isForm: true }));
  if (!forms.accessKeyId.test(text)) return found;
  const secrets = [...text.matchAll(forms.accessKeySecret)].filter(
    ([value]) => /[a-z]/.test(value) && /[A-Z]/.test(value) && /\d/.test(value),
  );
  return [
    ...found,
    ...secrets.map(({ index }) => ({ start: index, end: index + 40, name: 'secret_access_key' })),
  ];
}

/** From the first line to the last; of one that was cut, what can be part of it. */
function privateKeys(text: string): Credential[] {
  const found: Credential[] = [];
  for (const { index, 0: begin } of text.matchAll(forms.privateKeyBegin)) {
    const from = index + begin.length;
    if (index < (found.at(-1)?.end ?? 0)) continue;
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

function userInfos(text: string): Credential[] {
  return [...text.matchAll(forms.userInfo)].flatMap((match) => {
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

function schemes(text: string): Credential[] {
  return [...text.matchAll(forms.schemeValue)].flatMap((match) => {
    const [whole, scheme = '', value = ''] = match;
    const isOne =
      scheme.toLowerCase() === 'basic'
        ? isNameAndPassword(value)
        : value.length >= 8 && (/\d/.test(value) || value.length >= 24);
    const end = match.index + whole.length;
    return isOne ? [{ start: end - value.length, end, name: 'token' }] : [];
  });
}

function passwordsInBase64(text: string): Credential[] {
  return [forms.base64Word, forms.base64Part]
    .flatMap((pattern) => [...text.matchAll(pattern)])
    .flatMap(({ index, 0: word }) =>
      isNameAndPassword(word) ? [{ start: index, end: index + word.length, name: 'credentials' }] : [],
    );
}

function encoded(text: string, depth: number): Credential[] {
  return encodedWords(text).flatMap(({ start, end }) => {
    const word = text.slice(start, end);
    const plain = decoded(word);
    const [inner] = plain === word ? [] : findCredentials(plain, depth + 1);
    return inner ? [{ start, end, name: inner.name }] : [];
  });
}
