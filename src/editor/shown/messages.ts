import * as vscode from 'vscode';
import type { Text } from '../../shared/text.ts';
import { icon, text } from '../../shared/text.ts';

interface Question {
  readonly modal: true;
  readonly detail: Text;
}

/** As in the editor: shows a message or, with `modal`, a question, and tells which button was pressed. */
interface Show {
  (message: Text, ...buttons: readonly Text[]): Thenable<Text | undefined>;
  (message: Text, question: Question, ...buttons: readonly Text[]): Thenable<Text | undefined>;
}

type Rest = readonly [Question, ...Text[]] | readonly Text[];

export const showError: Show = (message: Text, ...rest: Rest) =>
  vscode.window.showErrorMessage(message, ...(rest as readonly Text[]));
export const showWarning: Show = (message: Text, ...rest: Rest) =>
  vscode.window.showWarningMessage(message, ...(rest as readonly Text[]));
export const showInformation: Show = (message: Text, ...rest: Rest) =>
  vscode.window.showInformationMessage(message, ...(rest as readonly Text[]));

/** Says for some seconds in the status bar what was done. */
export function showStatus(
  name: 'check' | 'circle-slash' | 'lock',
  message: Text,
  milliseconds: number,
): void {
  vscode.window.setStatusBarMessage(text`${icon(name)} ${message}`, milliseconds);
}

interface Progress {
  report(step: { readonly message: Text }): void;
}

interface ProgressOptions {
  readonly location: vscode.ProgressOptions['location'];
  readonly title?: Text;
  readonly cancellable?: boolean;
}

export function withProgress<T>(
  options: ProgressOptions,
  task: (progress: Progress, token: vscode.CancellationToken) => Thenable<T>,
): Thenable<T> {
  return vscode.window.withProgress(options, task);
}
