import { isUtf8 } from 'node:buffer';
import { ownValue } from '../../../shared/ownValue.ts';

/** Media type without parameters, in lower case; '' when the server names none. */
export function mediaType(headers: Readonly<Record<string, string>>): string {
  return (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** The label of the encoding that the server names; '' for none. */
export function charsetOf(headers: Readonly<Record<string, string>>): string {
  return /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(headers['content-type'] ?? '')?.[1]?.toLowerCase() ?? '';
}

/** A decoder for the named encoding; for UTF-8 where it is unknown or not named. */
export function decoderFor(headers: Readonly<Record<string, string>>): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(charsetOf(headers) || 'utf-8');
  } catch {
    return new TextDecoder();
  }
}

/** How the bytes of an answer become text. */
export interface TextEncoding {
  /** As `TextDecoder` calls it; undefined for what is not text: pictures and the like. */
  readonly encoding: string | undefined;
  /** What is guessed or does not fit, in words; '' where the server's word is good. */
  readonly note: string;
}

export interface TextAnswer {
  readonly headers: Readonly<Record<string, string>>;
  /** Its end is missing. */
  readonly isCut?: boolean;
}

/** Finds out how the bytes of an answer are to be read: by their mark, by what the server says, or by what they are. */
export function encodingOf(bytes: Uint8Array, { headers, isCut = false }: TextAnswer): TextEncoding {
  const named = charsetOf(headers) || declaredIn(bytes, mediaType(headers));
  const marked = byteOrderMark(bytes);
  const known = knownLabel(named);
  if (marked) {
    const note = `The bytes begin with the mark of ${shown(marked)}, although the response is labeled ${shown(named)}. Reading them as ${shown(marked)}.`;
    return { encoding: marked, note: known && known !== marked ? note : '' };
  }
  if (known && known !== 'utf-8') return asNamed(bytes, known, isCut);
  const told = named && !known ? `The server names the charset "${named}", which is unknown. ` : '';
  if (isUtf8Text(bytes, isCut)) return { encoding: 'utf-8', note: told && `${told}Reading it as UTF-8.` };
  const { encoding, note } = guess(bytes, mediaType(headers), known === 'utf-8');
  return { encoding, note: `${told}${note}` };
}

/**
 * Text of an answer.
 * @returns undefined for what is not text
 */
export function decodeText(bytes: Uint8Array, answer: TextAnswer): string | undefined {
  const { encoding } = encodingOf(bytes, answer);
  if (encoding === undefined) return undefined;
  const decoder = new TextDecoder(encoding);
  // The beginning of a character at the end of a text that was cut is left out.
  return decoder.decode(bytes, { stream: answer.isCut === true });
}

function asNamed(bytes: Uint8Array, encoding: string, isCut: boolean): TextEncoding {
  const fits = decodes(bytes, encoding, isCut);
  const note = `Some bytes aren't valid ${shown(encoding)}, the declared charset. They are shown as \uFFFD.`;
  return { encoding, note: fits ? '' : note };
}

function decodes(bytes: Uint8Array, encoding: string, isCut: boolean): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: isCut });
    return true;
  } catch {
    return false;
  }
}

function isUtf8Text(bytes: Uint8Array, isCut: boolean): boolean {
  return !holdsNul(bytes) && (isUtf8(bytes) || (isCut && decodes(bytes, 'utf-8', true)));
}

/** What browsers take for text without a name, where it can be that. */
function guess(bytes: Uint8Array, type: string, saysUtf8: boolean): TextEncoding {
  const wide = wideEncoding(bytes);
  const encoding = wide ?? (isEndCut(bytes) ? 'utf-8' : looksWestern(bytes) ? 'windows-1252' : undefined);
  if (!encoding || !mayBeText.test(type)) return { encoding: undefined, note: '' };
  if (encoding === 'utf-8')
    return { encoding, note: 'The last character is incomplete. It is shown as \uFFFD.' };
  const why = saysUtf8
    ? "The response is labeled UTF-8, but these bytes aren't valid UTF-8"
    : 'The server names no charset';
  return {
    encoding,
    note: `${why}. Reading them as ${shown(encoding)}, which is a guess; non-ASCII letters may be wrong.`,
  };
}

const mayBeText =
  /^(?:$|text\/)|[/+](?:json|xml|x?html|javascript|yaml|csv|x-ndjson|jsonl|x-www-form-urlencoded)\b/;

/** UTF-16 without a mark: of Latin text, every second byte is zero. */
function wideEncoding(bytes: Uint8Array): string | undefined {
  const head = bytes.subarray(0, 4096);
  const zeros = [0, 0];
  for (const [at, byte] of head.entries()) if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  const many = head.length * 0.3;
  if (bytes.length % 2 !== 0 || Math.min(even, odd) > 0) return undefined;
  return odd > many ? 'utf-16le' : even > many ? 'utf-16be' : undefined;
}

/** UTF-8 with letters beyond ASCII, of which the last is not whole, as in a part of a file. */
function isEndCut(bytes: Uint8Array): boolean {
  const last = bytes.findLastIndex((byte) => byte >= 0xc0);
  const before = bytes.subarray(0, last);
  return (
    last >= bytes.length - 3 && isUtf8(before) && !holdsNul(before) && before.some((byte) => byte >= 0x80)
  );
}

/** Mostly ASCII, without control characters and without the bytes that Windows-1252 leaves open. */
function looksWestern(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, 64 * 1024);
  const isControl = (byte: number) => (byte < 0x20 && !usualControls.has(byte)) || openInWestern.has(byte);
  const high = head.filter((byte) => byte >= 0x80).length;
  return !head.some(isControl) && high <= Math.max(1, head.length * 0.3);
}

/** Tab, line feed, form feed, carriage return, escape. */
const usualControls = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x1b]);
const openInWestern = new Set([0x7f, 0x81, 0x8d, 0x8f, 0x90, 0x9d]);

/** Web pages and XML say it in their first lines. */
function declaredIn(bytes: Uint8Array, type: string): string {
  if (!/html|xml/.test(type)) return '';
  const head = Buffer.from(bytes.subarray(0, 1024)).toString('latin1');
  const found = /<meta\b[^<>]*charset=["']?([\w-]+)|<\?xml\b[^<>]*encoding=["']([\w-]+)/i.exec(head);
  return (found?.[1] ?? found?.[2] ?? '').toLowerCase();
}

function knownLabel(label: string): string | undefined {
  try {
    return label === '' ? undefined : new TextDecoder(label).encoding;
  } catch {
    return undefined;
  }
}

const names: Readonly<Record<string, string>> = {
  'windows-1252': 'Windows-1252 (Latin-1)',
  shift_jis: 'Shift_JIS',
};

const shown = (encoding: string) => ownValue(names, encoding) ?? encoding.toUpperCase();

function byteOrderMark(bytes: Uint8Array): string | undefined {
  const [a, b, c, d] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
  // With two more zeros it is UTF-32, which nothing here reads.
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? undefined : 'utf-16le';
  return a === 0xfe && b === 0xff ? 'utf-16be' : undefined;
}

function holdsNul(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 8192).includes(0);
}
