import * as vscode from 'vscode';
import { shellOf, typedCommand } from '../modal/shell.ts';
import type { TerminalCommand } from '../modal/terminalArguments.ts';
import { terminalArguments } from '../modal/terminalArguments.ts';
import type { Text } from '../shared/text.ts';
import { createTerminal } from './shown/surfaces.ts';

export interface TerminalOptions extends Omit<TerminalCommand, 'words'> {
  /** Name of a theme icon. */
  readonly icon?: string;
  /** Of the shell; not shown. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a command in a terminal where the user sees what runs and can answer its questions.
 * @throws kind `invalid` on Windows, where it is typed, when a word cannot be typed
 */
export function runInTerminal(name: Text, words: readonly string[], options: TerminalOptions = {}): void {
  const { icon = 'rocket', env, ...command } = options;
  const look = {
    name,
    iconPath: new vscode.ThemeIcon(icon),
    // Else the editor would keep the variables, which may be credentials, and run the command again after a restart.
    isTransient: true,
    ...(env ? { env } : {}),
  };
  if (process.platform === 'win32') {
    typeInto({ ...look, ...(command.cwd ? { cwd: command.cwd } : {}) }, words, command.variables);
    return;
  }
  const shellArgs = terminalArguments({ words, ...command }, vscode.env.shell || '/bin/sh');
  createTerminal({ ...look, shellPath: '/bin/sh', shellArgs }).show();
}

/** Into the shell that the words are quoted for. */
function typeInto(
  look: vscode.TerminalOptions & { readonly name: Text },
  words: readonly string[],
  variables: Readonly<Record<string, string>> | undefined,
): void {
  const shellPath = vscode.env.shell || 'powershell.exe';
  const text = typedCommand(words, variables, shellOf(shellPath));
  const terminal = createTerminal({ ...look, shellPath });
  terminal.show();
  terminal.sendText(text);
}
