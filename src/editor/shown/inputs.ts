import * as vscode from 'vscode';
import type { Text } from '../../shared/text.ts';
import { plain } from '../../shared/text.ts';

/** Lists, fields and dialogs as the editor has them, with each of their words a `Text`. Tooltips of buttons are plain anyway. */

export interface PickItem extends vscode.QuickPickItem {
  label: Text;
  description?: Text;
  detail?: Text;
}

interface PickOptions {
  readonly title: Text;
  readonly placeHolder: Text;
  readonly matchOnDescription?: boolean;
  readonly matchOnDetail?: boolean;
  readonly ignoreFocusOut?: boolean;
}

export function showPick<T extends PickItem>(
  items: readonly T[] | Thenable<readonly T[]>,
  options: PickOptions,
): Thenable<T | undefined> {
  return vscode.window.showQuickPick(items, options);
}

/** Several may be chosen. */
export function showPicks<T extends PickItem>(
  items: readonly T[],
  options: PickOptions,
): Thenable<T[] | undefined> {
  return vscode.window.showQuickPick(items, { ...options, canPickMany: true });
}

type WithText<T, Name extends keyof T> = Omit<T, Name> & Record<Name, Text | undefined>;

export type Pick<T extends PickItem> = WithText<vscode.QuickPick<T>, 'title' | 'placeholder'>;

export function createPick<T extends PickItem>(): Pick<T> {
  return vscode.window.createQuickPick<T>() as Pick<T>;
}

/** What is wrong with what was typed, for `validateInput`. */
export function problem(words: string | undefined): Text | undefined {
  return words ? plain(words) : undefined;
}

export interface InputOptions {
  readonly title: Text;
  readonly prompt: Text;
  readonly placeHolder?: Text;
  /** What stands in the field to be edited: never drawn as anything else. */
  readonly value?: string;
  readonly password?: boolean;
  readonly ignoreFocusOut?: boolean;
  readonly validateInput?: (value: string) => Text | undefined;
}

export function showInput(options: InputOptions): Thenable<string | undefined> {
  return vscode.window.showInputBox(options);
}

type Words = 'title' | 'placeholder' | 'prompt' | 'validationMessage';
export type Input = WithText<vscode.InputBox, Words>;

export function createInput(): Input {
  return vscode.window.createInputBox() as Input;
}

interface DialogOptions {
  readonly title: Text;
  readonly defaultUri?: vscode.Uri;
  readonly filters?: Readonly<Record<string, string[]>>;
}

interface OpenOptions extends DialogOptions {
  readonly openLabel?: Text;
  readonly canSelectFiles?: boolean;
  readonly canSelectFolders?: boolean;
  readonly canSelectMany?: boolean;
}

export function showOpen(options: OpenOptions): Thenable<vscode.Uri[] | undefined> {
  return vscode.window.showOpenDialog(options);
}

export function showSave(options: DialogOptions): Thenable<vscode.Uri | undefined> {
  return vscode.window.showSaveDialog(options);
}
