import type { HttpResult } from '../../../../domain/request.ts';
import { framingOf } from './eventStream.ts';
import { parseKeepingNumbers } from '../keepNumbers.ts';
import type { Json } from './json.ts';
import { isTooWide, mostKeys, mostMembers } from './jsonWidth.ts';
import { charsetOf, encodingOf, mediaType } from '../textBody.ts';
import { formatCount, formatSize } from '../../../../shared/format.ts';
import { isJsonType } from '../../../../shared/mediaType.ts';

export type { Json } from './json.ts';

/** What an answer is, found out from its bytes and what the server says. */
export interface Content {
  readonly kind: 'empty' | 'json' | 'events' | 'markdown' | 'image' | 'text' | 'binary';
  /** Media type as the server names it. */
  readonly type: string;
  readonly json?: Json;
  /** What is odd about it, in words. */
  readonly notes: readonly string[];
}

/** Parsing takes the host up to 70 ms for each megabyte. */
const largestJson = 32 * 1024 * 1024;

export function contentOf(result: HttpResult): Content {
  const type = mediaType(result.headers);
  if (result.size === 0) return { kind: 'empty', type, notes: [] };
  if (type.startsWith('image/')) return { kind: 'image', type, notes: [] };
  if (result.body === '') return binary(result, type);
  if (framingOf(result.headers)) return { kind: 'events', type, notes: [] };
  const content = textContent(result, type);
  const note = encodingNote(result);
  return note ? { ...content, notes: [note, ...content.notes] } : content;
}

function encodingNote({ bytes, headers, size, cut }: HttpResult): string {
  if (!bytes) return '';
  return encodingOf(bytes, { headers, isCut: cut !== undefined || size > bytes.length }).note;
}

function binary({ headers }: HttpResult, type: string): Content {
  const says = isJsonType(type) || type.startsWith('text/');
  const charset = charsetOf(headers) || 'UTF-8';
  const note = `The response is labeled ${type}, but the bytes aren't valid ${charset} text. Showing the raw bytes.`;
  return { kind: 'binary', type, notes: says ? [note] : [] };
}

function textContent(result: HttpResult, type: string): Content {
  const { body } = result;
  const begins = firstCharacter(body);
  const looksLike = begins === '{' || begins === '[';
  const other = type === 'text/markdown' ? ('markdown' as const) : ('text' as const);
  if (!isJsonType(type) && !looksLike) return { kind: other, type, notes: [] };
  if (result.size > largestJson) {
    const note = `The response has ${formatSize(result.size)}; only up to ${formatSize(largestJson)} are shown as a tree. Open it to see everything.`;
    return { kind: other, type, notes: [note] };
  }
  if (isTooWide(body)) {
    const note = `The response has too many fields for a tree (limits: ${formatCount(mostMembers)} in all, ${formatCount(mostKeys)} in one object). Open it to see everything.`;
    return { kind: other, type, notes: [note] };
  }
  try {
    const json = parseKeepingNumbers(body) as Json;
    return {
      kind: 'json',
      type,
      json,
      notes: isJsonType(type) ? [] : [`This is JSON, although it is labeled ${type || 'with no type'}.`],
    };
  } catch (error) {
    return {
      kind: other,
      type,
      notes: isJsonType(type) && !result.cut ? [notJson(begins, error)] : [],
    };
  }
}

function notJson(begins: string, error: unknown): string {
  const what = begins === '<' ? 'it is HTML or XML' : /^[{[]/.test(begins) ? 'it is not valid' : 'it is text';
  const place = placeOf((error as Error).message);
  return `The response is labeled JSON, but ${what}${place ? ` (${place})` : ''}. Showing it as text.`;
}

/** The parser tells it for most mistakes. */
function placeOf(message: string): string {
  const place = /line (\d+) column (\d+)/.exec(message);
  return place ? `line ${place[1] ?? ''}, column ${place[2] ?? ''}` : '';
}

/** Not by an expression: the engine remembers the text that the last one looked at, and so all of a large answer. */
function firstCharacter(text: string): string {
  return text.slice(0, 1000).trimStart()[0] ?? '';
}
