import * as vscode from 'vscode';
import { text } from './shared/text.ts';
import { compose } from './composition.ts';
import { showError } from './editor/shown/messages.ts';

/** Set by the first and the last line of the bundle, around everything that is evaluated. */
declare const bundleStart: number;
declare const bundleEnd: number;

/** Times of the start in milliseconds, for the host suite and the bench. */
export interface StartTimes {
  readonly load: number;
  readonly activate: number;
}

/** Registers everything and returns; nothing is read, started or connected here. */
export function activate(context: vscode.ExtensionContext): StartTimes | undefined {
  const start = performance.now();
  try {
    context.subscriptions.push(compose(context));
  } catch (error) {
    // The editor only logs this; without a message the views would stay empty for no visible reason.
    void showError(text`GPU Apps for Modal could not start: ${String(error)}`);
    throw error;
  }
  if (context.extensionMode === vscode.ExtensionMode.Production) return undefined;
  return { load: bundleEnd - bundleStart, activate: performance.now() - start };
}
