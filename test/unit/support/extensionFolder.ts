import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A folder with the files of webview pages, empty, for code that makes pages which nobody loads. */
export function extensionFolder(): string {
  const folder = path.resolve(import.meta.dirname, '../../../out/test/extension');
  const pages = path.join(folder, 'dist/webview');
  mkdirSync(pages, { recursive: true });
  for (const name of ['logs.js', 'request.js', 'load.js', 'codicon.ttf'])
    writeFileSync(path.join(pages, name), '');
  return folder;
}
