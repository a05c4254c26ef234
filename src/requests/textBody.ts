import { isUtf8 } from 'node:buffer';

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

/**
 * Text of an answer.
 * @returns undefined for what is not text: pictures and the like, or bytes that the named encoding does not explain
 */
export function decodeText(bytes: Uint8Array, headers: Readonly<Record<string, string>>): string | undefined {
  const marked = byteOrderMark(bytes);
  if (marked) return new TextDecoder(marked).decode(bytes);
  const decoder = decoderFor(headers);
  if (decoder.encoding !== 'utf-8') return decoder.decode(bytes);
  return isUtf8(bytes) && !holdsNul(bytes) ? decoder.decode(bytes) : decodeCut(bytes, headers);
}

/** A text that was cut in the middle of its last character is still a text. */
function decodeCut(bytes: Uint8Array, headers: Readonly<Record<string, string>>): string | undefined {
  if (holdsNul(bytes)) return undefined;
  for (let missing = 1; missing <= 3 && missing < bytes.length; missing++) {
    const whole = bytes.subarray(0, bytes.length - missing);
    if (isUtf8(whole) && (bytes[whole.length] ?? 0) >= 0xc0) return decoderFor(headers).decode(whole);
  }
  return undefined;
}

function byteOrderMark(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return undefined;
}

function holdsNul(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 8192).includes(0);
}
