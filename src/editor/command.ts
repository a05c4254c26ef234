import * as vscode from 'vscode';
import type { CommandId, commands, TargetOf } from '../contributions.ts';
import { targetKinds } from '../contributions.ts';
import type { Target, TargetKind } from '../domain/target.ts';
import type { Text } from '../shared/text.ts';
import { plain } from '../shared/text.ts';
import type { Logger } from '../shared/logger.ts';
import { ownTarget } from './ownTarget.ts';
import type { Presenter } from './present.ts';

/**
 * One body per contributed command: a forgotten id does not compile. Each gets what it is about, of the kinds that
 * `targetKinds` has for it, and its title as the palette has it; without a target, it asks or takes what is in front.
 */
export type CommandTable = {
  readonly [Id in CommandId]: (target: TargetOf<Id> | undefined, title: Text) => unknown;
};

/** The bodies of some commands, by their names in `commands`. */
export type CommandsOf<Name extends keyof typeof commands> = Pick<CommandTable, (typeof commands)[Name]>;

export interface CommandParts {
  /** What the editor handed over: the argument of a row, menu, lens, link or key, and all that is selected beside it. */
  readonly read: (argument: unknown, selected: unknown) => Target | undefined;
  /** As the palette names it. */
  readonly title: (id: CommandId) => string;
  readonly presenter: Presenter;
  readonly logger: Logger;
}

/** Registers the table; every command gets a log line and the one path for errors. */
export function registerCommands(table: CommandTable, parts: CommandParts): vscode.Disposable {
  const { read, title, presenter, logger } = parts;
  const registrations = (Object.keys(table) as CommandId[]).map((id) => {
    // `accepted` gives only targets of the kinds that the body takes.
    const body = table[id] as (target: Target | undefined, title: Text) => unknown;
    const name = title(id);
    return vscode.commands.registerCommand(id, async (argument?: unknown, selected?: unknown) => {
      const start = performance.now();
      try {
        return await body(accepted(id, read(argument, selected)), plain(name));
      } catch (error) {
        presenter.failure(name, error);
        return undefined;
      } finally {
        logger.debug(`${id} took ${(performance.now() - start).toFixed(0)} ms`);
      }
    });
  });
  return vscode.Disposable.from(...registrations);
}

function accepted(id: CommandId, target: Target | undefined): Target | undefined {
  const kinds: Partial<Record<CommandId, readonly TargetKind[]>> = targetKinds;
  return target && kinds[id]?.includes(target.kind) ? target : undefined;
}

/** Runs a command of this extension about something. */
export async function runCommand<Id extends CommandId>(id: Id, target?: TargetOf<Id>): Promise<void> {
  await vscode.commands.executeCommand(id, ...(target ? [ownTarget(target)] : []));
}

/** Titles as the manifest has them, without the dots of those that ask. */
export function commandTitles(manifest: unknown): (id: CommandId) => string {
  const { contributes } = manifest as {
    readonly contributes: {
      readonly commands: readonly { readonly command: string; readonly title: string }[];
    };
  };
  const titles = new Map(
    contributes.commands.map(({ command, title }) => [command, title.replace(/…$/, '')]),
  );
  return (id) => titles.get(id) ?? id;
}
