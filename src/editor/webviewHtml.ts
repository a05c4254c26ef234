import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { webviewPage } from './webviewPage.ts';

/** What a webview may do: run its bundle, and read files of that folder. It sends no forms and opens no commands. */
export function webviewOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return {
    enableScripts: true,
    enableForms: false,
    localResourceRoots: [vscode.Uri.joinPath(extensionUri, 'dist', 'webview')],
  };
}

/**
 * The page that carries one of our webview bundles. The script stands in the page itself: the editor shows a page when
 * all that it names has come, and each file takes a way of its own through the editor's window to this process.
 * @param bundle name of the script under `dist/webview`, without ending.
 * @param element the custom element that the bundle defines and that fills the page.
 * @param title may hold the name of an app, as somebody else gave it
 * @param first messages that the page has from its beginning, see `firstMessages` there
 */
export function webviewHtml(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  bundle: 'logs' | 'request' | 'load',
  element: `modal-${string}`,
  title: string,
  first: readonly object[] = [],
): string {
  const folder = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
  const file = (name: string) => vscode.Uri.joinPath(folder, name);
  return webviewPage({
    element,
    title,
    data: {
      editor: webview.asWebviewUri(file('jsonEditor.js')).toString(),
      page: randomUUID(),
      first: JSON.stringify(first),
    },
    nonce: randomBytes(16).toString('base64url'),
    script: readFileSync(file(`${bundle}.js`).fsPath, 'utf8'),
    font: readFileSync(file('codicon.ttf').fsPath, 'base64'),
  });
}
