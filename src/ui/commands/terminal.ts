import * as vscode from 'vscode';
import { ModalError } from '../../domain/errors.ts';
import { hasControlCharacters } from '../../domain/plainText.ts';
import { shellCommand } from '../../domain/shell.ts';

export interface TerminalOptions {
  readonly cwd?: string;
  /** Of the shell; not shown. */
  readonly env?: Readonly<Record<string, string>>;
  /** Typed before the command. */
  readonly variables?: Readonly<Record<string, string>>;
}

/**
 * Shows a terminal and types a command, so that the user sees exactly what runs and can answer its questions.
 * @throws kind `invalid` for what a terminal takes for keys
 */
export function runInTerminal(name: string, words: readonly string[], options: TerminalOptions = {}): void {
  const { cwd, env, variables } = options;
  assertTypeable([...words, ...Object.values(variables ?? {})]);
  const terminal = vscode.window.createTerminal({
    name,
    iconPath: new vscode.ThemeIcon('rocket'),
    ...(cwd ? { cwd } : {}),
    // Else the editor would keep the variables, which may be credentials, in its record of open terminals.
    ...(env ? { env, isTransient: true } : {}),
  });
  terminal.show();
  terminal.sendText(shellCommand(words, variables));
}

/** A shell reads quoted text as it is, but the terminal has acted on control characters before that. */
function assertTypeable(words: readonly string[]): void {
  if (!words.some(hasControlCharacters)) return;
  throw new ModalError(
    'invalid',
    'A path or value of this command has a control character, which a terminal would take for a key. Rename it, then try again.',
  );
}
