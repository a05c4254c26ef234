import { ModalError } from '../../../domain/errors.ts';
import type { SourceProblem } from './problems.ts';

/**
 * A command that the CLI refused; `problems` are places in the user's files. What was printed is in the Logs panel and
 * not in here: it may hold texts of the user's, which have no place in the extension's own log.
 */
export class DeployError extends ModalError {
  readonly problems: readonly SourceProblem[];

  constructor(message: string, problems: readonly SourceProblem[]) {
    super('cliFailed', message);
    this.name = 'DeployError';
    this.problems = problems;
  }
}
