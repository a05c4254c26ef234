import { ModalError } from '../domain/errors.ts';
import { fieldProblem } from '../domain/headerRules.ts';

/** @throws kind `invalid` naming the first header that cannot be sent as it is */
export function checkHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    const problem = fieldProblem(name, value);
    if (problem) throw new ModalError('invalid', problem);
  }
}
