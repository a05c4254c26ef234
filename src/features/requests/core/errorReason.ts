import { oneLine } from '../../../shared/plainText.ts';
import { ownValue } from '../../../shared/ownValue.ts';

/** The server's own reason in the body of an error, whatever the framework that wrote it. */

const longest = 400;
const longestOne = 300;
const mostListed = 3;
/** More are counted, not read. */
const mostRead = 100;
/** Names under which a reason stands, the more telling ones first. */
const names = [
  'message',
  'detail',
  'error_description',
  'error_message',
  'errorMessage',
  'msg',
  'reason',
  'description',
  'faultstring',
  'defaultMessage',
  'Message',
  'error',
  'exception',
  'fault',
  'title',
] as const;
/** Lists and maps of single mistakes. */
const lists = [
  'errors',
  'issues',
  'detail',
  'details',
  'message',
  'messages',
  'error',
  'fieldViolations',
  'violations',
  'extra',
] as const;
/** Names under which a mistake says where it is. */
const places = [
  'loc',
  'field',
  'param',
  'parameter',
  'pointer',
  'path',
  'instancePath',
  'propertyPath',
  'key',
  'name',
] as const;
/** Parts of a request that need no name, because most mistakes are in them. */
const bodyParts = new Set(['body', 'json', 'data', '__root__', 'non_field_errors', '']);

/** Parts of a request that are named. */
const otherParts = new Set(['query', 'path', 'header', 'cookie']);

type Fields = Readonly<Record<string, unknown>>;

/** @returns one line, cut to a sensible length; '' where the body says nothing */
export function errorReason(body: string): string {
  const text = body.trim();
  if (text === '') return '';
  const said = /^[[{"]/.test(text) ? ofJson(text) : ofText(text);
  return oneLine(said, longest);
}

function ofJson(text: string): string {
  try {
    return reasonIn(JSON.parse(text), 0);
  } catch {
    return ofText(text);
  }
}

function reasonIn(value: unknown, depth: number): string {
  if (typeof value === 'string') return short(value);
  if (depth > 4) return '';
  if (Array.isArray(value)) return mistakes(value, depth);
  if (!isFields(value)) return '';
  const single = singleReason(value, depth);
  const several = severalReasons(value, depth);
  if (several === '' || single === several) return withPlace(value, single);
  return single === '' || several.includes(single) ? several : `${withoutStop(single)}: ${several}`;
}

/** What stands under one of the usual names, itself or in an object there. */
function singleReason(value: Fields, depth: number): string {
  const { title, detail } = value;
  // A problem of RFC 9457 says its kind and this case of it.
  if (typeof title === 'string' && typeof detail === 'string' && title !== detail)
    return short(joined([title, detail]));
  for (const name of names) {
    const found = ownValue(value, name);
    const reason =
      typeof found === 'string' ? short(found) : isFields(found) ? reasonIn(found, depth + 1) : '';
    if (reason !== '') return reason;
  }
  return '';
}

/** Single mistakes, as a list or by the names of their fields. */
function severalReasons(value: Fields, depth: number): string {
  for (const name of lists) {
    const found = ownValue(value, name);
    const byName = name === 'errors' || name === 'messages' ? listed(byField(found, [])) : '';
    const reasons = Array.isArray(found) ? mistakes(found, depth) : byName;
    if (reasons !== '') return reasons;
  }
  const own = Object.entries(value);
  const isByField = own.length > 0 && own.every(([, each]) => isTexts(each));
  return isByField ? listed(byField(value, [])) : '';
}

function mistakes(values: readonly unknown[], depth: number): string {
  const read = values.slice(0, mostRead).map((each) => mistake(each, depth + 1));
  return listed(read, values.length - read.length);
}

/** One entry of a list: what is wrong, and where. */
function mistake(value: unknown, depth: number): string {
  if (typeof value === 'string') return short(value);
  if (!isFields(value)) return '';
  if (value['type'] === 'json_invalid') return brokenJson(value);
  return withPlace(value, singleReason(value, depth) || severalReasons(value, depth));
}

/** FastAPI puts the place in the text where others have a field. */
function brokenJson({ msg, loc, ctx }: Fields): string {
  const at: unknown = Array.isArray(loc) ? loc.at(-1) : undefined;
  const why = isFields(ctx) && typeof ctx['error'] === 'string' ? `: ${ctx['error']}` : '';
  return short(`${String(msg)}${typeof at === 'number' ? ` at character ${at}` : ''}${why}`);
}

function withPlace(value: Fields, reason: string): string {
  const place = placeIn(value);
  if (reason === '' || place === '' || reason.startsWith(`${place}:`)) return reason;
  // A message that names its field needs it no second time.
  return new Set(reason.split(/[\s"'`:.,()]+/)).has(place) ? reason : `${place}: ${reason}`;
}

function placeIn(value: Fields): string {
  const source = ownValue(value, 'source');
  const from = isFields(source) ? { ...value, ...source } : value;
  for (const name of places) {
    const found = ownValue(from, name);
    if (Array.isArray(found)) return pathWords(found);
    if (typeof found !== 'string' || found === '' || found === 'None' || found.length > 100) continue;
    // The path of the request says nothing of the mistake.
    if (name === 'path' && 'status' in value) continue;
    if (name === 'name' && !('reason' in value)) continue;
    return /^#?\//.test(found) ? pathWords(found.slice(found.indexOf('/') + 1).split('/')) : found;
  }
  return '';
}

function pathWords(steps: readonly unknown[]): string {
  const [first, ...rest] = steps.map(String);
  const isOther = first !== undefined && otherParts.has(first) && rest.length > 0;
  const path = isOther || bodyParts.has(first ?? '') ? rest : [first ?? '', ...rest];
  const words = path
    .map((step, at) => (/^\d+$/.test(step) ? `[${step}]` : at > 0 ? `.${step}` : step))
    .join('')
    .slice(0, 100);
  return isOther ? `${first} ${words}` : words;
}

/** `{"name": ["This field is required."]}`, also within one another. */
function byField(value: unknown, path: readonly string[]): string[] {
  const place = pathWords(path);
  const named = (reason: string) => (place ? `${place}: ${reason}` : reason);
  if (typeof value === 'string') return [named(short(value))];
  if (Array.isArray(value)) return value.flatMap((each) => byField(each, path)).slice(0, 20);
  if (!isFields(value) || path.length > 4) return [];
  const told = singleReason(value, 4);
  if (told !== '' && typeof ownValue(value, 'message') === 'string') return [named(told)];
  return Object.entries(value)
    .slice(0, 20)
    .flatMap(([name, each]) => byField(each, [...path, name]));
}

function listed(reasons: readonly string[], left = 0): string {
  const told = [...new Set(reasons.filter(Boolean))];
  const shown = told
    .slice(0, mostListed)
    .map((each, at) => (at < told.length - 1 ? withoutStop(each) : each));
  const more = told.length - shown.length + left;
  return `${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

/** A web page has its title; a traceback its last line; any other text is the reason. */
function ofText(text: string): string {
  if (text.startsWith('<')) return ofMarkup(text);
  if (text.includes('Traceback (most recent call last)')) {
    const lines = text.split('\n').filter((line) => /^\w[\w.]*(?:Error|Exception|Exit)\b/.test(line));
    return short(lines.at(-1) ?? text.slice(0, text.indexOf('Traceback')));
  }
  return text.length > longestText ? '' : short(text);
}

/** Longer ones are no messages to people. */
const longestText = 2000;

function ofMarkup(text: string): string {
  const head = text.slice(0, 32 * 1024);
  const title = inside(head, /<title\b[^<>]*>([^<]+)/i);
  const said = inside(head, /<(?:message|p)\b[^<>]*>([^<]+)/i);
  const whole = title || inside(head, /<h1\b[^<>]*>([^<]+)/i);
  return joined([whole, said === whole ? '' : said].map(short));
}

function inside(text: string, element: RegExp): string {
  const found = element.exec(text)?.[1] ?? '';
  return found
    .replaceAll(/&(?:#(\d{1,6})|(amp|lt|gt|quot|apos|nbsp));/g, (_, code?: string, name?: string) =>
      code === undefined
        ? (entities[name ?? ''] ?? ' ')
        : String.fromCodePoint(Math.min(Number(code), 0x10ffff)),
    )
    .trim();
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const short = (text: string) => oneLine(text.trim(), longestOne);

/** The later one is the case of the earlier one. */
function joined(texts: readonly string[]): string {
  const told = texts.filter(Boolean);
  return told.map((each, at) => (at < told.length - 1 ? withoutStop(each) : each)).join(': ');
}

const withoutStop = (text: string) => text.replace(/[.:]$/, '');

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string');
}
