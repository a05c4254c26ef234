import * as vscode from 'vscode';
import type { CommandId } from '../contributions.ts';
import type { Logger } from '../shared/logger.ts';
import type { Presenter } from '../editor/present.ts';

export interface Command {
  /** What it does, for messages: "Deploy", "Stop app". */
  readonly doing: string;
  /**
   * @param argument what the row or link passed on, unchecked
   * @param selected all that are selected beside it, where the editor tells
   */
  run(argument?: unknown, selected?: unknown): unknown;
}

/** One entry per contributed command: a forgotten id does not compile. */
export type CommandTable = Readonly<Record<CommandId, Command>>;

/** Registers the table; every command gets a log line and the one path for errors. */
export function registerCommands(
  table: CommandTable,
  presenter: Presenter,
  logger: Logger,
): vscode.Disposable {
  const registrations = (Object.entries(table) as [CommandId, Command][]).map(([id, command]) =>
    vscode.commands.registerCommand(id, async (argument?: unknown, selected?: unknown) => {
      const start = performance.now();
      try {
        return await command.run(argument, selected);
      } catch (error) {
        presenter.failure(command.doing, error);
        return undefined;
      } finally {
        logger.debug(`${id} took ${(performance.now() - start).toFixed(0)} ms`);
      }
    }),
  );
  return vscode.Disposable.from(...registrations);
}
