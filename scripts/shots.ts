/**
 * `npm run shots`: drives the packaged extension in the workbench, as the UI suite does, and lists the pictures.
 *
 * `npm run shots -- --readme` also takes over those that the README shows.
 */
import { copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { root } from './root.ts';
import { run } from './run.ts';

const shots = path.join(root, 'test/ui/shots');
const readmePictures: Readonly<Record<string, string>> = {
  '02-preview.png': 'preview.png',
  '08-tree.png': 'answer.png',
};

await rm(shots, { recursive: true, force: true });
const code = await run('vitest', ['run', '--project', 'ui']);
if (process.argv.includes('--readme') && code === 0) {
  const folder = path.join(root, 'media/readme');
  await mkdir(folder, { recursive: true });
  for (const [from, to] of Object.entries(readmePictures))
    await copyFile(path.join(shots, from), path.join(folder, to));
}
for (const file of await readdir(shots).catch(() => [])) console.log(path.join(shots, file));
process.exit(code);
