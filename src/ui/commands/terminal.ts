import * as vscode from 'vscode';
import { shellCommand } from '../../domain/shell.ts';
import { plain } from '../../domain/text.ts';
import { createTerminal } from '../../platform/shown/surfaces.ts';

export interface TerminalOptions {
  readonly cwd?: string;
  /** Of the shell; not shown. */
  readonly env?: Readonly<Record<string, string>>;
  /** Typed before the command. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Shows a terminal and types a command, so that the user sees exactly what runs and can answer its questions. */
export function runInTerminal(name: string, words: readonly string[], options: TerminalOptions = {}): void {
  const { cwd, env, variables } = options;
  const terminal = createTerminal({
    name: plain(name),
    iconPath: new vscode.ThemeIcon('rocket'),
    ...(cwd ? { cwd } : {}),
    // Else the editor would keep the variables, which may be credentials, in its record of open terminals.
    ...(env ? { env, isTransient: true } : {}),
  });
  terminal.show();
  terminal.sendText(shellCommand(words, variables));
}
