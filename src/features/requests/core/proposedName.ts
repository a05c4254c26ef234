import { safeFileName } from '../../../shared/fileName.ts';

const extended = /(?:^|;)\s{0,8}filename\*\s{0,8}=\s{0,8}([\w-]{1,40})'[\w-]{0,40}'([^;\s"]{1,4000})/i;
const quoted = /(?:^|;)\s{0,8}filename\s{0,8}=\s{0,8}"((?:\\.|[^"\\]){0,4000})"/i;
const plain = /(?:^|;)\s{0,8}filename\s{0,8}=\s{0,8}([^;"\s]{1,4000})/i;

/**
 * What a server calls the file of its answer, as a name that every file system takes.
 * @returns undefined where it says none, or none that can be used
 */
export function proposedName(headers: Readonly<Record<string, string>>): string | undefined {
  const says = headers['content-disposition'] ?? '';
  const [, charset = '', bytes = ''] = extended.exec(says) ?? [];
  const own = quoted.exec(says)?.[1]?.replaceAll(/\\(["\\])/g, '$1') ?? plain.exec(says)?.[1] ?? '';
  return safeFileName(percentDecoded(bytes, charset)) ?? safeFileName(inUtf8(own));
}

/** '' where the bytes are none of that encoding. */
function percentDecoded(text: string, charset: string): string {
  const bytes = text.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
  try {
    return new TextDecoder(charset, { fatal: true }).decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return '';
  }
}

/** Headers are read as Latin-1, and many servers write UTF-8. */
function inUtf8(text: string): string {
  if (!/[\x80-\xff]/.test(text) || /[^\x00-\xff]/.test(text)) return text;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'latin1'));
  } catch {
    return text;
  }
}
