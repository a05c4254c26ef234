import * as vscode from 'vscode';
import { contextKeys } from '../contributions.ts';
import { DisposableStore } from '../shared/emitter.ts';
import type { ContextKeys } from './contextKeys.ts';

const importsModal = /^[ \t\f]*(?:import|from)\s+modal\b/m;

/** Whether a document is a Python file on disk that imports modal. Reads at most its first 20 KB. */
export function isModalScript(document: vscode.TextDocument | undefined): boolean {
  if (document?.languageId !== 'python' || document.uri.scheme !== 'file') return false;
  const head = document.getText(new vscode.Range(0, 0, 500, 0)).slice(0, 20_000);
  return importsModal.test(head);
}

/** Keeps the context key that shows the deploy button in the editor title. */
export function watchActiveScript(contextKeySetter: ContextKeys): DisposableStore {
  const store = new DisposableStore();
  const update = () => {
    contextKeySetter.set(contextKeys.modalScript, isModalScript(vscode.window.activeTextEditor?.document));
  };
  store.add(vscode.window.onDidChangeActiveTextEditor(update));
  store.add(vscode.workspace.onDidSaveTextDocument(update));
  update();
  return store;
}
