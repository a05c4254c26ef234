import * as vscode from 'vscode';

/** Quotes one word for the shells that VS Code opens by default: POSIX shells and PowerShell. */
export function shellQuote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Shows a terminal and types a command, so that the user sees exactly what runs and can answer its questions. */
export function runInTerminal(name: string, words: readonly string[]): void {
  const terminal = vscode.window.createTerminal({ name, iconPath: new vscode.ThemeIcon('rocket') });
  terminal.show();
  terminal.sendText(words.map(shellQuote).join(' '));
}
