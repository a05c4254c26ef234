/** `npm run package`: builds the `.vsix` that users install and prints its path last. */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { createVSIX } from '@vscode/vsce';
import { writeNotices } from './notices.ts';
import { root } from './root.ts';

const { name, version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
  name: string;
  version: string;
};
const file = path.join(root, `${name}-${version}.vsix`);

await writeNotices();
// `vscode:prepublish` in package.json makes the production build.
await createVSIX({
  cwd: root,
  packagePath: file,
  dependencies: false,
  // The README's pictures and links are relative to the repository, wherever that is published.
  rewriteRelativeLinks: false,
  allowMissingRepository: true,
});
const { size } = await stat(file);
console.error(`${(size / 1024).toFixed(0)} KB`);
console.log(file);
