import { ModalError } from '../../../domain/errors.ts';
import { ownValue } from '../../../shared/ownValue.ts';
import { redactHeader } from '../../../shared/redact.ts';
import type { RequestSpec } from '../../../domain/request.ts';

/**
 * Credentials in headers. A header names them as `{{name}}`, and the values stay in `secrets` of the request, within
 * the host: only the sender puts them together.
 */

/** The name stands between blanks. */
const reference = /\{\{([^{}\r\n]*)\}\}/g;
const scheme = /^(?:bearer|basic|token|digest|negotiate|apikey|key)\s+/i;

export const hasReference = (value: string) => value.search(reference) >= 0;

/** Headers that negotiate the answer never carry a credential, and their values are words of many answers. */
export const mayCarryCredential = (name: string) => !/^(?:accept|content-|user-agent$|host$)/i.test(name);

/** Whether a value is a credential by the name of its header. */
export const isCredentialHeader = (name: string) => redactHeader(name, 'value') !== 'value';

/** The headers with their values put in. @throws kind `invalid` naming a value that is not known */
export function filledHeaders({
  headers,
  secrets = {},
}: Pick<RequestSpec, 'headers' | 'secrets'>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([header, value]) => [
      header,
      value.replaceAll(reference, (whole, inner: string) => {
        const name = inner.trim();
        const known = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
        if (known !== undefined) return known;
        throw new ModalError(
          'invalid',
          `${whole} in the header ${header} has no value. Enter the value in the header, or send the request from its .http file.`,
        );
      }),
    ]),
  );
}

/** Values that must not be seen where a server repeats them. */
export function secretValues({ headers, secrets = {}, hidden = [] }: RequestSpec): string[] {
  const values = Object.entries(headers).flatMap(([name, value]) =>
    hasReference(value)
      ? [...value.matchAll(reference)].flatMap(([whole, inner = '']) => {
          const secret = ownValue(secrets, inner.trim());
          // The scheme before it tells what is in it: of `Basic`, a name and a password.
          return secret === undefined ? [] : [secret, value.replace(whole, () => secret)];
        })
      : redactHeader(name, value) === value
        ? []
        : [value],
  );
  return [...new Set([...values, ...hidden].flatMap(piecesOf))];
}

/** A server may repeat what a header has in it: the value of a cookie, the password of a name. */
function piecesOf(value: string): string[] {
  const bare = value.replace(scheme, '');
  const cookies = value.includes('=')
    ? value.split(/;\s*/).map((pair) => pair.slice(pair.indexOf('=') + 1))
    : [];
  const pair = /^basic\s/i.test(value) ? Buffer.from(bare, 'base64').toString() : '';
  const password = pair.includes(':') ? [pair, pair.slice(pair.indexOf(':') + 1)] : [];
  return [value, bare, ...cookies, ...password];
}

/** The value of a header as it may be written anywhere: a credential that stands there itself becomes a variable. */
export function writtenHeader(name: string, value: string): string {
  if (redactHeader(name, value) === value) return value;
  return `${scheme.exec(value)?.[0] ?? ''}{{${variableName(name).toUpperCase()}}}`;
}

/** As shells and environments take it. */
export function variableName(name: string): string {
  return name.replaceAll(/\W/g, '_').replace(/^(?=\d)/, '_');
}
