import * as vscode from 'vscode';
import { commands } from '../contributions.ts';
import type { ErrorKind } from '../domain/errors.ts';
import { isCancelled, toModalError } from '../domain/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { Text } from '../shared/text.ts';
import { plain, text } from '../shared/text.ts';
import { showError } from './shown/messages.ts';

export interface Action {
  readonly title: string;
  run(): unknown;
}

const run = (command: string) => () => vscode.commands.executeCommand(command);

/** What helps after each kind of failure. Kinds that are not here offer the log. */
function actionsFor(kind: ErrorKind): Action[] {
  switch (kind) {
    case 'cliMissing':
    case 'cliUnsupported':
      return [{ title: text`Install Modal CLI`, run: run(commands.installCli) }];
    case 'signedOut':
    case 'unauthenticated':
      return [{ title: text`Sign In`, run: run(commands.signIn) }];
    case 'profileBroken':
      return [{ title: text`Open Profile File`, run: run(commands.openProfileFile) }];
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
    const log = { title: text`Show Extension Log`, run: run(commands.showOutput) };
    const actions = [...actionsFor(failure.kind), ...extra, log].slice(0, 3);
    void this.#show(text`${doing}: ${failure.message}`, actions);
  }

  async #show(message: Text, actions: readonly Action[]): Promise<void> {
    const chosen = await showError(message, ...actions.map(({ title }) => plain(title)));
    await actions.find(({ title }) => plain(title) === chosen)?.run();
  }
}
