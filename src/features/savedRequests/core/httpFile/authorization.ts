import { ModalError } from '../../../../domain/errors.ts';
import { firstWord } from './firstWord.ts';

export const isAuthorization = (name: string) => /^authorization$/i.test(name);

/** Stands for name and password in a header that is shown; their value is among the secrets of the request. */
export const basicVariable = 'BASIC_CREDENTIALS';

/**
 * The base64 of `Basic name password` and `Basic name:password`, which clients send in its place.
 * @param value of the header, filled in
 * @returns undefined for a value that is sent as it is
 */
export function basicCredentials(value: string): string | undefined {
  const [scheme, credentials] = firstWord(value);
  if (scheme.toLowerCase() !== 'basic') return undefined;
  const [name, password] = firstWord(credentials);
  // A name has no colon, so what follows one is the password, blanks and all.
  if (password === '' || name.includes(':'))
    return credentials.includes(':') ? base64(credentials) : undefined;
  return base64(`${name}:${password}`);
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

/**
 * @param value of the header, filled in
 * @throws kind `invalid` for schemes that other clients work out, and that a server would not know as they stand
 */
export function refuseSchemes(value: string): void {
  const [scheme, rest] = firstWord(value);
  // A header that is already what a server takes has `name=value` in it, or one word.
  const isWorkedOut = /^\w[\w-]*=/.test(rest) || !/[\s:]/.test(rest);
  const isOther = /^(?:digest|aws|cognito|ntlm)$/i.test(scheme) && !isWorkedOut;
  if (isOther || /^(?:openid|oauth2)$/i.test(scheme))
    throw new ModalError(
      'invalid',
      `Authorization with ${scheme} isn't supported. Use Basic or a token: Authorization: Bearer {{token}}.`,
    );
}
