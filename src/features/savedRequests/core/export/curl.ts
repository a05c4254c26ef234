import type { MultipartPart, RequestSpec } from '../../../../domain/request.ts';
import { checkHeaders, spellVariables, withVariables } from '../../../requests/core/index.ts';
import type { KeyHeader, SnippetKind } from './snippet.ts';
import { hasHeader, keyHeaders, plainHeaders, streams, wellFormed } from './snippet.ts';

/** A single argument of a command may not be longer than 128 KB on Linux. */
const longestArgument = 100_000;

export const curl: SnippetKind = {
  id: 'curl',
  label: 'curl',
  fits: () => true,
  write: asCurl,
};

/** The request as a command for a POSIX shell; credentials stay variables of the user's shell. */
export function asCurl(given: RequestSpec): string {
  checkHeaders(given.headers);
  const { spec } = withVariables(given);
  const { piped, options } = bodyOptions(spec);
  const lines = [
    `curl ${[...methodOptions(spec), quote(spec.url)].join(' ')}`,
    ...plainHeaders(spec).map(
      ([name, value]) => `-H ${quote(value === '' ? `${name};` : `${name}: ${value}`)}`,
    ),
    ...keyHeaders(spec).map((key) => `-H ${keyHeader(key)}`),
    ...options,
  ];
  // Addresses and bodies stand in single quotes.
  return spellVariables(`${piped}${lines.join(' \\\n  ')}`, (variable) => `'"$${variable}"'`);
}

function keyHeader({ name, before, variable }: KeyHeader): string {
  const start = `${name}: ${before}`;
  return /^[\w :.-]*$/.test(start) ? `"${start}$${variable}"` : `${quote(start)}"$${variable}"`;
}

function methodOptions(spec: RequestSpec): string[] {
  const { method, url, body } = spec;
  const options = [...(/[[\]{}]/.test(url) ? ['--globoff'] : []), ...(streams(spec) ? ['--no-buffer'] : [])];
  // A body makes it a POST; saying so would repeat the POST where Modal redirects to the answer with a GET.
  const implied = body === undefined ? 'GET' : 'POST';
  if (method === 'HEAD') return [...options, '--head', '--location'];
  if (method === implied || (method === 'POST' && body === undefined)) return [...options, '--location'];
  return [...options, '--request', method];
}

function bodyOptions(spec: RequestSpec): { piped: string; options: string[] } {
  const { method, body } = spec;
  if (body === undefined && method !== 'POST') return { piped: '', options: [] };
  if (typeof body === 'object' && 'parts' in body) return { piped: '', options: body.parts.map(formPart) };
  // Without one, curl would call any body a form.
  const noType = hasHeader(spec, 'content-type') ? [] : [`-H 'Content-Type:'`];
  if (typeof body !== 'object') {
    const text = wellFormed(body ?? '');
    // Where it is pasted, control characters are keys that are pressed.
    if (!/(?![\n\t])\p{Cc}/u.test(text) && text.length <= longestArgument)
      return { piped: '', options: [...noType, `--data-raw ${quote(text)}`] };
  }
  const bytes = typeof body === 'object' ? body : new TextEncoder().encode(wellFormed(body ?? ''));
  return { piped: `printf ${quote(printed(bytes))} | `, options: [...noType, '--data-binary @-'] };
}

function formPart({ name, text = '', file, type, fileName }: MultipartPart): string {
  const said = (value: string) => `"${wellFormed(value).replaceAll(/["\\]/g, '\\$&')}"`;
  // The name stands as it is: curl escapes it.
  if (!file && (type !== undefined || fileName !== undefined)) {
    const told = [
      ...(fileName === undefined ? [] : [`;filename=${said(fileName)}`]),
      ...(type === undefined ? [] : [`;type=${type}`]),
    ];
    return `--form ${quote(`${name}=${said(text)}${told.join('')}`)}`;
  }
  if (!file) return `--form-string ${quote(`${name}=${text}`)}`;
  return `--form ${quote(`${name}=@${said(file.path)};filename=${said(file.name)};type=${file.type}`)}`;
}

/** Each byte in a format of `printf`. */
const escapes = Array.from({ length: 256 }, (_, byte) =>
  byte === 0x0a || (byte >= 0x20 && byte < 0x7f && byte !== 0x25 && byte !== 0x5c)
    ? String.fromCharCode(byte)
    : octal(byte),
);

function octal(byte: number): string {
  return `\\${byte.toString(8).padStart(3, '0')}`;
}

/** A format of `printf`, which is part of the shell and so takes texts of any length. */
function printed(bytes: Uint8Array): string {
  // A first dash would make it an option.
  const first = bytes[0] === 0x2d ? octal(0x2d) : '';
  let text = first;
  for (let at = first ? 1 : 0; at < bytes.length; at++) text += escapes[bytes[at] ?? 0] ?? '';
  return text;
}

function quote(text: string): string {
  return `'${wellFormed(text).replaceAll("'", `'\\''`)}'`;
}
