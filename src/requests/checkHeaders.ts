import { ModalError } from '../domain/errors.ts';

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** What HTTP lets a value hold: a line break would begin a header of its own. */
const fieldValue = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;

/** @throws kind `invalid` naming the first header that cannot be sent as it is */
export function checkHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!token.test(name))
      throw new ModalError('invalid', `"${name.slice(0, 80)}" cannot be the name of a header.`);
    if (/[\r\n]/.test(value))
      throw new ModalError(
        'invalid',
        `The value of ${name} has a line break, which could smuggle in a header.`,
      );
    if (!fieldValue.test(value))
      throw new ModalError('invalid', `The value of ${name} has characters that a header cannot carry.`);
  }
}
