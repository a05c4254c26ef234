import { ModalError } from '../../../domain/errors.ts';
import { fieldProblem } from '../../../domain/headerRules.ts';

/** Puts a header beside those of the same name, as HTTP joins their values. */
export function addHeader(headers: Record<string, string>, name: string, value: string): void {
  const known = Object.keys(headers).find((each) => each.toLowerCase() === name.toLowerCase());
  const between = name.toLowerCase() === 'cookie' ? '; ' : ', ';
  headers[known ?? name] = known === undefined ? value : `${headers[known] ?? ''}${between}${value}`;
}

/** @throws kind `invalid` naming the first header that cannot be sent as it is */
export function checkHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    const problem = fieldProblem(name, value);
    if (problem) throw new ModalError('invalid', problem);
  }
}

/**
 * Servers that share an address are told apart by the `Host` header, so that another one there is another server.
 * @throws kind `invalid` when it is not the host of the address
 */
export function checkHost(url: URL, host: string): void {
  const named = URL.parse(`${url.protocol}//${host}`);
  if (named?.host === url.host && named.href === `${named.origin}/`) return;
  throw new ModalError(
    'invalid',
    `The URL is for ${url.host}, but the Host header names ${JSON.stringify(host.slice(0, 200))}. Remove the header, or use its host in the URL.`,
  );
}
