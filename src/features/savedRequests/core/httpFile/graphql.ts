import { ModalError } from '../../../../domain/errors.ts';
import { parseKeepingNumbers } from '../../../requests/core/index.ts';

/**
 * @param variables as JSON, '' = none
 * @param isPost without variables nothing is said of them, as JetBrains and httpyac do it; REST Client sends `{}`
 * @throws kind `invalid` where the variables are no JSON
 */
export function graphqlJson(query: string, variables: string, isPost: boolean): string {
  const operationName = /^\s*(?:query|mutation|subscription)\s+([^\s@{(]+)/i.exec(query)?.[1];
  const said = variables.trim() === '' ? (isPost ? undefined : {}) : parsed(variables);
  return JSON.stringify({ query, operationName, variables: said });
}

function parsed(variables: string): unknown {
  try {
    return parseKeepingNumbers(variables);
  } catch (error) {
    const message = `The variables of the query are not valid JSON: ${(error as Error).message}. Put them below it, after a blank line.`;
    throw new ModalError('invalid', message, { cause: error });
  }
}
