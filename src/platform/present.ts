import * as vscode from 'vscode';
import { commands } from '../contributions.ts';
import type { ErrorKind } from '../domain/errors.ts';
import { isCancelled, toModalError } from '../domain/errors.ts';
import type { Logger } from '../domain/logger.ts';

export interface Action {
  readonly title: string;
  run(): unknown;
}

const run = (command: string) => () => vscode.commands.executeCommand(command);

/** What helps after each kind of failure. Kinds that are not here offer the log. */
function actionsFor(kind: ErrorKind): Action[] {
  const { t } = vscode.l10n;
  switch (kind) {
    case 'cliMissing':
    case 'cliUnsupported':
      return [{ title: t('Install Modal CLI'), run: run(commands.installCli) }];
    case 'signedOut':
    case 'unauthenticated':
      return [{ title: t('Sign In'), run: run(commands.signIn) }];
    case 'profileBroken':
      return [{ title: t('Open Profile File'), run: run(commands.openProfileFile) }];
    default:
      return [];
  }
}

/** Shows a failure once: the cause, the next step, and buttons named by their result. Cancellation is not shown. */
export class Presenter {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /**
   * @param doing what failed, as the user would say it, e.g. "Deploy FinBERT".
   * @param extra actions that only the caller knows, first.
   */
  failure(doing: string, error: unknown, extra: readonly Action[] = []): void {
    if (isCancelled(error)) return;
    const failure = toModalError(error);
    this.#logger.error(`${doing} failed`, failure);
    const log = { title: vscode.l10n.t('Show Extension Log'), run: run(commands.showOutput) };
    const actions = [...actionsFor(failure.kind), ...extra, log].slice(0, 3);
    void this.#show(`${doing}: ${failure.message}`, actions);
  }

  async #show(message: string, actions: readonly Action[]): Promise<void> {
    const chosen = await vscode.window.showErrorMessage(message, ...actions.map((action) => action.title));
    await actions.find((action) => action.title === chosen)?.run();
  }
}
