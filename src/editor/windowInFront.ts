import * as vscode from 'vscode';

/**
 * Whether somebody may be looking at this window: it has the focus, or was touched a moment ago. The editor takes
 * `active` away after seconds without a key, so that alone would call a reader absent.
 */
export function isInFront({ focused, active }: vscode.WindowState = vscode.window.state): boolean {
  return focused || active;
}

export function onDidChangeWindow(
  listener: (inFront: boolean, state: vscode.WindowState) => void,
): vscode.Disposable {
  return vscode.window.onDidChangeWindowState((state) => listener(isInFront(state), state));
}
