/** Credentials that their names tell: members of JSON and code, lines of settings and headers, elements, parts. */
import type { Piece, TextString } from './text.ts';
import type { Steps } from '../steps.ts';
import {
  beginningAt,
  decoded,
  eachMatch,
  isCode,
  isInString,
  pieceAt,
  stringAt,
  wholePiece,
} from './text.ts';
import { isEmptyValue, isReference, isWanted, wantedOf } from './names.ts';

/** Where a credential stands in a text, and what it is called. */
export interface Credential extends Piece {
  readonly name: string;
  /** It is told by its form, whose beginning says whose it is. */
  readonly isForm?: boolean;
}

const key =
  /(?:(?<quote>\\{0,15}["'`])(?<quoted>[^"'`\\\r\n]{1,80})\k<quote>|(?:(?<=\\[nrt]|\\u0026)|(?<![\w.$\\-])(?:--?)?)(?<bare>[A-Za-z_][\w.-]{0,80}))(?<sep>\s{0,8}(?:=>|:=|[:=])\s{0,8})/g;
const bareMember = /[^\s"'`\\,;{}[\]()]+/y;
const word = /[^\s"'`\\,;&<>(){}[\]|]+/y;
const restOfLine = /[^\r\n"'`\\]+/y;
const wholeLine = /[^\r\n]+/y;
const authorization = /(?:(?:bearer|basic|token|digest|negotiate|apikey|key)\s{1,4})?[^\s"'`,;&\\]+/iy;

export function namedCredentials(text: string): Steps<Credential[]> {
  let from = 0;
  return eachMatch(text, key, (match) => {
    if (match.index < from) return [];
    const { quoted, bare = '', sep = '' } = match.groups ?? {};
    const name = quoted ?? bare;
    if (!wantedOf(name)) return [];
    const at = match.index + match[0].length;
    const place = { text, name, at, start: match.index, sep };
    const pieces = quoted === undefined ? bareValue(place) : memberValues(place);
    from = pieces.at(-1)?.end ?? 0;
    return pieces.map(({ start, end }) => ({ start, end, name }));
  });
}

interface Place {
  readonly text: string;
  readonly name: string;
  /** Of the value. */
  readonly at: number;
  /** Of the name. */
  readonly start: number;
  readonly sep: string;
}

/** Of a member of JSON, or of what looks like it. */
function memberValues({ text, name, at }: Place): Piece[] {
  if (text.charAt(at) === '[') return listValues(text, name, at);
  const string = stringAt(text, at);
  if (string) return isMember(name, text.slice(string.start, string.end)) && isWhole(string) ? [string] : [];
  const bare = beginningAt(bareMember, text, at);
  if (!bare) return [];
  const value = text.slice(bare.start, bare.end);
  return !isEmptyValue(value) && isMember(name, value) && !isCode(value, text.charAt(bare.end), name)
    ? [wholePiece(bareMember, text, bare)]
    : [];
}

/** Within another string, the beginning of one may be only spoken of. */
function isWhole({ start, end, isClosed, depth }: TextString): boolean {
  return isClosed || depth === 0 || end - start >= 4;
}

/** Headers come as lists in the answers of many servers, also as lists in lists. */
function listValues(text: string, name: string, open: number): Piece[] {
  const pieces: Piece[] = [];
  const gap = /[\s,[\]]*/y;
  let depth = 0;
  for (let at = open; ;) {
    const between = pieceAt(gap, text, at);
    for (const sign of between ? text.slice(between.start, between.end) : '') {
      depth += sign === '[' ? 1 : sign === ']' ? -1 : 0;
      if (depth === 0) return pieces;
    }
    at = between?.end ?? at;
    const string = stringAt(text, at);
    if (!string?.isClosed) return pieces;
    const value = text.slice(string.start, string.end);
    if (value.length >= 6 && isMember(name, value)) pieces.push(string);
    at = string.end;
    while (/[\\"'`]/.test(text.charAt(at))) at++;
  }
}

/** Whether a member of an object, or a field of a form, is a credential by its name. */
export function isMember(name: string, value: string): boolean {
  const wanted = wantedOf(name);
  return wanted !== undefined && !isReference(value) && !isPlaceholder(value) && isWanted(wanted, value);
}

const isPlaceholder = (value: string) => /^(?:\$\{[^{}]*\}|<[^<>]*>|\*+)$/.test(value);

/** Of a name without quotes: settings, headers, YAML, code, command lines, and prose, which has such words too. */
function bareValue(place: Place): Piece[] {
  const { text, name, at, start, sep } = place;
  if (/[\r\n]/.test(sep)) return [];
  const string = stringAt(text, at);
  if (string) return isString(place, string) ? [string] : [];
  const isLine = beginsLine(text, start);
  if (/^(?:proxy-)?authorization$/i.test(name))
    return checked(place, isLine ? lineOf(text, start) : authorization);
  if (/^(?:set-)?cookie$/i.test(name) && sep.startsWith(':')) return checked(place, lineOf(text, start));
  const line = isLine ? trimmedLine(text, pieceAt(lineOf(text, start), text, at)) : undefined;
  const whole =
    line && isSetting(place, text.slice(line.start, line.end))
      ? checked(place, lineOf(text, start), line)
      : [];
  if (whole.length > 0) return whole;
  const one = withoutStop(text, beginningAt(word, text, at));
  return one && isInline(place, text.slice(one.start, one.end), text.charAt(one.end))
    ? checked(place, word, one)
    : [];
}

/** A line of its own has its quotes; one within a string ends with it. */
function lineOf(text: string, start: number): RegExp {
  const before = text.slice(Math.max(0, start - 60), start);
  return /(?:^|[\r\n])[^\r\n"'`\\]*$/.test(before) ? wholeLine : restOfLine;
}

function checked(
  { text, name, at }: Place,
  pattern: RegExp,
  piece = beginningAt(pattern, text, at),
): Piece[] {
  if (!piece) return [];
  const value = text.slice(piece.start, piece.end);
  const wanted = wantedOf(name);
  const isCookie = /^(?:set-)?cookie$/i.test(name);
  const isOne = isCookie ? value.includes('=') : wanted !== undefined && isWanted(wanted, value);
  return isOne && !isEmptyValue(value) ? [wholePiece(pattern, text, piece)] : [];
}

/** Where the name may be the end of a string, only what cannot be code between two strings is one. */
function isString(
  { text, name, start }: Place,
  { start: from, end, isClosed }: Piece & { isClosed: boolean },
) {
  const value = text.slice(from, end);
  if (!isMember(name, value) || isEmptyValue(value)) return false;
  if (!isInString(text, start)) return isClosed || (!/\s/.test(value) && value.length >= 4);
  return isClosed && /^[A-Za-z0-9!@#$%^*~?/][\w!@#$%^*?~/+.=&:-]{2,}$/.test(value);
}

const lineBegin =
  /(?:^|[\r\n]|\\[nr]|["'`])[ \t]*(?:-[ \t]+)?(?:(?:export|set|env|ENV|setx?)[ \t]+|\$env:)?$/;

function beginsLine(text: string, at: number): boolean {
  return (
    lineBegin.test(text.slice(Math.max(0, at - 60), at)) &&
    (at <= 60 || /[\r\n"'`\\]/.test(text.slice(at - 60, at)))
  );
}

function trimmedLine(text: string, piece: Piece | undefined): Piece | undefined {
  if (!piece) return undefined;
  const value = text.slice(piece.start, piece.end);
  const comment = /\s#/.exec(value)?.index ?? value.length;
  const length = value.slice(0, comment).replace(/[\s,;]{0,20}$/, '').length;
  return length > 0 ? { start: piece.start, end: piece.start + length } : undefined;
}

/** Whether a line is a setting: `NAME=value`, `X-Name: value` or a line of YAML. */
function isSetting({ name, sep }: Place, value: string): boolean {
  if (/^[A-Z][A-Z0-9_]*$/.test(name) && sep.trim() === '=') return !/[()]/.test(value);
  if (/\s/.test(value)) return false;
  if (sep === ':' || sep === ': ') return !isCode(value, '', name) && !/[()[\]]$/.test(value);
  return sep === '=' && !isCode(value, '', name) && !/[()]/.test(value);
}

/** Whether a word amid others is no word: it has signs or digits in it. */
function isInline({ name, sep, text, start }: Place, value: string, next: string): boolean {
  if (isCode(value, next, name)) return false;
  const isConnection = sep === '=' && /;\s?$/.test(text.slice(Math.max(0, start - 2), start));
  const isHeader = name.includes('-') && /^[A-Z]/.test(name) && sep.startsWith(':');
  if (isConnection && /^(?:[;"'`\s\\]|$)/.test(next)) return true;
  return (isHeader || /\d|[!@#$%^*?~/+=]/.test(value)) && value.length >= 4 && !value.startsWith('=');
}

function withoutStop(text: string, piece: Piece | undefined): Piece | undefined {
  if (!piece) return undefined;
  const stop = /[.!?:]{1,3}$/.exec(text.slice(piece.start, piece.end).slice(-3))?.[0].length ?? 0;
  return /\s|^$/.test(text.charAt(piece.end)) ? { start: piece.start, end: piece.end - stop } : piece;
}

/** A `#` ends a value where the name of another comes after it. */
const parameter =
  /(^|[?&#]|&amp;|\\u0026)([^=&?#;\s"'`<>\\{}()]{1,100})=((?:[^&#\s"'`<>\\]|#(?![\w.-]{1,100}=))+)/g;
const shortName = /^(?:key|sig|(?:[\w-]+-)?signature|auth)$/i;

/** `user[password]=x` */
const inBrackets = /(?:%5B|\[)([\w.-]{1,60})(?:%5D|\])=([^&\s"'`<>\\]+)/gi;

/** Of addresses and forms. */
export function* parameters(text: string): Steps<Credential[]> {
  const bracketed = yield* eachMatch(text, inBrackets, (match) => {
    const [whole, name = '', value = ''] = match;
    if (!isParameter(name, value) || isCode(value, '', name)) return [];
    const end = match.index + whole.length;
    return [{ start: end - value.length, end, name }];
  });
  const plain = yield* eachMatch(text, parameter, (match) => {
    const [whole, before = '', given = '', value = ''] = match;
    const name = given.includes('%') ? decoded(given) : given;
    // What a text begins with need not be a parameter.
    if (before === '' && (shortName.test(name) || isCode(value, '', name) || value.endsWith(')'))) return [];
    if (!isParameter(name, value)) return [];
    const end = match.index + whole.length;
    return [{ start: end - value.length, end, name }];
  });
  return [...bracketed, ...plain];
}

/** Whether a parameter of an address is a credential by its name. */
export function isParameter(name: string, value: string): boolean {
  if (isReference(value) || isEmptyValue(value) || /^\{[^{}]*\}$/.test(value)) return false;
  if (shortName.test(name)) return true;
  // Of a sign-in; other codes are short, or words.
  if (/^code$/i.test(name)) return value.length >= 16 && isWanted('like', value);
  const wanted = wantedOf(name);
  if (wanted === undefined) return false;
  return wanted === 'like' && /token$/i.test(name) ? true : isWanted(wanted, decoded(value));
}

const element =
  /<([A-Za-z_][\w:.-]{0,80})(?:\s[^<>]{0,300})?>(?:<!\[CDATA\[)?([^<>\]]{1,4000})(?:\]\]>)?<\//g;
const listed = /<key>([^<>]{1,80})<\/key>\s{0,40}<string>([^<>]{1,4000})/g;
const part =
  /name=(?:\\?")([^"\\\r\n]{1,80})(?:\\?")[^\r\n\\]{0,200}(?:(?:\r?\n|(?:\\r)?\\n)[A-Za-z][^\r\n\\]{0,200}){0,4}(?:\r?\n|(?:\\r)?\\n){2}([^\r\n\\]{1,4000})/g;
const pairOfList =
  /\[\s{0,20}\\{0,7}["']([^"'\\]{1,80})\\{0,7}["']\s{0,20},\s{0,20}\\{0,7}["']([^"'\\]{1,4000})\\{0,7}["']\s{0,20}\]/g;

/** Elements of XML, entries of property lists, parts of forms, headers as pairs: the value stands last. */
export function* elements(text: string): Steps<Credential[]> {
  const found: Credential[][] = [];
  for (const pattern of [element, listed, part, pairOfList])
    found.push(
      yield* eachMatch(text, pattern, (match) => {
        const [whole, given = '', raw = ''] = match;
        const name = given.slice(given.lastIndexOf(':') + 1);
        const value = raw.trim();
        if (!isMember(name, value)) return [];
        // Lists of names are no pairs.
        if (pattern === pairOfList && !/\d|\s/.test(value)) return [];
        const start = match.index + whole.indexOf(raw, given.length) + raw.indexOf(value);
        return [{ start, end: start + value.length, name }];
      }),
    );
  return found.flat();
}

const pair =
  /(?:\\{0,7}["'])?\b(?:name|key)(?:\\{0,7}["'])?\s{0,4}[:=]\s{0,4}(?:\\{0,7}["'])?([\w.-]{2,80})(?:\\{0,7}["'])?[\s,;]{1,60}(?:\\{0,7}["'])?(?:value|text)(?:\\{0,7}["'])?\s{0,4}[:=]\s{0,4}/gi;
const flag = /(?<![\w-])--?([A-Za-z][\w-]{1,60})[ \t]{1,3}(?=[^\s-])/g;
const userFlag =
  /(?<![\w-])(?:-u|--user|--proxy-user)[ =]{1,3}["']?((?:[^\s"':\\=][^\s"':\\]{0,60})?:[^\s"'\\]{1,200})/g;

/** A line, or lines, of `.netrc`. Who speaks of a default password means no entry, so that one needs its login. */
const machine =
  /\b(?:machine[ \t]{1,10}\S{1,200}(?:\s{1,20}(?:login|user|account)\s{1,10}\S{1,200}){0,2}|default(?:\s{1,20}(?:login|user|account)\s{1,10}\S{1,200}){1,2})\s{1,20}password\s{1,10}(\S{1,200})/g;

/** Names that stand apart from their values: `name: PASSWORD, value: x`, and options of commands. */
export function* apart(text: string): Steps<Credential[]> {
  const pairs = yield* eachMatch(text, pair, (match) => {
    const [whole, name = ''] = match;
    const at = match.index + whole.length;
    const piece = stringAt(text, at) ?? pieceAt(bareMember, text, at);
    if (!piece || !isMember(name, text.slice(piece.start, piece.end))) return [];
    return [{ start: piece.start, end: piece.end, name }];
  });
  const flags = yield* eachMatch(text, flag, (match) => {
    const [whole, name = ''] = match;
    if (!wantedOf(name)) return [];
    const at = match.index + whole.length;
    const piece = stringAt(text, at) ?? pieceAt(word, text, at);
    const value = piece ? text.slice(piece.start, piece.end) : '';
    const isOne = /\d|[!@#$%^*?~/+=]/.test(value) && isMember(name, value) && !isEmptyValue(value);
    return piece && isOne ? [{ start: piece.start, end: piece.end, name }] : [];
  });
  const users = yield* eachMatch(text, userFlag, (match) => {
    const [whole, value = ''] = match;
    const end = match.index + whole.length;
    return /^\d+:\d+$/.test(value) || isEmptyValue(value)
      ? []
      : [{ start: end - value.length, end, name: 'credentials' }];
  });
  const machines = yield* eachMatch(text, machine, ({ index, 0: whole, 1: value = '' }) => {
    const end = index + whole.length;
    return isEmptyValue(value) ? [] : [{ start: end - value.length, end, name: 'password' }];
  });
  return [...pairs, ...flags, ...users, ...machines];
}
