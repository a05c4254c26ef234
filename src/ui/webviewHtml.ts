import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';

/** Where a webview may read files from: its own bundle and nothing else. */
export function webviewRoots(extensionUri: vscode.Uri): vscode.Uri[] {
  return [vscode.Uri.joinPath(extensionUri, 'dist', 'webview')];
}

/**
 * The page that carries one of our webview bundles. The script stands in the page itself: the editor shows a page when
 * all that it names has come, and each file takes a way of its own through the editor's window to this process.
 * @param bundle name of the script under `dist/webview`, without ending.
 * @param element the custom element that the bundle defines and that fills the page.
 * @param first messages that the page has from its beginning, see `firstMessages` there
 */
export function webviewHtml(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  bundle: 'logs' | 'request' | 'load',
  element: string,
  title: string,
  first: readonly object[] = [],
): string {
  const nonce = randomBytes(16).toString('base64url');
  const folder = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
  const file = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(folder, name)).toString();
  const font = readFileSync(vscode.Uri.joinPath(folder, 'codicon.ttf').fsPath, 'base64');
  const script = readFileSync(vscode.Uri.joinPath(folder, `${bundle}.js`).fsPath, 'utf8');
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    // Lit and CodeMirror use constructed style sheets and, where those cannot serve, style elements with this nonce.
    `style-src ${webview.cspSource} 'nonce-${nonce}'`,
    `img-src ${webview.cspSource} data: blob:`,
    `font-src data:`,
    `connect-src 'none'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style nonce="${nonce}" id="vscode-codicon-stylesheet">@font-face { font-family: codicon; font-display: block; src: url("data:font/ttf;base64,${font}"); }
body { padding: 0; }
h1 { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }</style>
<title>${title}</title>
</head>
<body>
<main>
<h1>${title}</h1>
<${element} data-nonce="${nonce}" data-editor="${file('jsonEditor.js')}"></${element}>
</main>
<script type="application/json" id="first" data-page="${randomUUID()}">${inScript(first)}</script>
<script nonce="${nonce}">${script}</script>
</body>
</html>`;
}

/** JSON that cannot end the element that it stands in. */
function inScript(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
