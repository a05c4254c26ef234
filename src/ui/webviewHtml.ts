import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** Where a webview may read files from: its own bundle and nothing else. */
export function webviewRoots(extensionUri: vscode.Uri): vscode.Uri[] {
  return [vscode.Uri.joinPath(extensionUri, 'dist', 'webview')];
}

/**
 * The page that carries one of our webview bundles.
 * @param bundle name of the script under `dist/webview`, without ending.
 * @param element the custom element that the bundle defines and that fills the page.
 */
export function webviewHtml(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  bundle: 'logs' | 'request' | 'load',
  element: string,
  title: string,
): string {
  const nonce = randomBytes(16).toString('base64url');
  const file = (name: string) =>
    webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', 'webview', name));
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    // Lit and CodeMirror use constructed style sheets and, where those cannot serve, style elements with this nonce.
    `style-src ${webview.cspSource} 'nonce-${nonce}'`,
    `img-src ${webview.cspSource} data: blob:`,
    `font-src ${webview.cspSource}`,
    `connect-src 'none'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${file('codicon.css').toString()}" id="vscode-codicon-stylesheet">
<style nonce="${nonce}">body { padding: 0; }
h1 { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }</style>
<title>${title}</title>
</head>
<body>
<main>
<h1>${title}</h1>
<${element} data-nonce="${nonce}"></${element}>
</main>
<script type="module" nonce="${nonce}" src="${file(`${bundle}.js`).toString()}"></script>
</body>
</html>`;
}
