/**
 * `npm run package [-- --folder DIR] [--twice]`: builds the `.vsix` that users install and prints its path last.
 * `--twice` builds it a second time and fails when the two are not the same, byte for byte.
 */
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createVSIX } from '@vscode/vsce';
import { build } from './build.ts';
import { writeNotices } from './notices.ts';
import { addressesFrom } from './release/addresses.ts';
import { stage } from './release/stage.ts';
import { root } from './root.ts';

// With it `vsce` sorts the files and gives each this time. An archive's times are local ones.
process.env['SOURCE_DATE_EPOCH'] ??= '315532800';
process.env['TZ'] = 'UTC';

const { values } = parseArgs({
  options: { folder: { type: 'string', default: root }, twice: { type: 'boolean', default: false } },
});
const { name, version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
  name: string;
  version: string;
};
const file = path.resolve(values.folder, `${name}-${version}.vsix`);

await makePackage();
if (values.twice) {
  const first = await readFile(file);
  await makePackage();
  if (!first.equals(await readFile(file))) throw new Error('Two builds of the same files differ.');
  console.error('Two builds are the same.');
}
console.error(`${((await stat(file)).size / 1024).toFixed(0)} KB`);
console.log(file);

async function makePackage(): Promise<void> {
  await build({ production: true, write: true });
  await writeNotices();
  const addresses = addressesFrom(process.env);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'package-'));
  try {
    await stage(folder, addresses?.manifest ?? {});
    await createVSIX({
      cwd: folder,
      packagePath: file,
      ignoreFile: path.join(root, '.vscodeignore'),
      dependencies: false,
      // Without a known repository they stay as they are, and lead nowhere in the editor.
      rewriteRelativeLinks: addresses !== undefined,
      ...(addresses ? { baseContentUrl: addresses.links, baseImagesUrl: addresses.pictures } : {}),
      allowMissingRepository: true,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
