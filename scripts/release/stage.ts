import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { listFiles, PackageManager } from '@vscode/vsce';
import { root } from '../root.ts';

/** @returns relative paths; `.vscodeignore` decides */
export function packagedFiles(): Promise<string[]> {
  return listFiles({ cwd: root, packageManager: PackageManager.None });
}

/**
 * Copies what belongs into a package, so that its bytes depend on the files' content alone: a `.vsix` also keeps their
 * rights, which differ between machines.
 * @param additions to the manifest
 */
export async function stage(folder: string, additions: object): Promise<void> {
  for (const name of await packagedFiles()) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await copyFile(path.join(root, name), file);
    await chmod(file, 0o644);
  }
  const manifest = path.join(folder, 'package.json');
  const content = JSON.parse(await readFile(manifest, 'utf8')) as Record<string, unknown>;
  // Of the checkout; one of its commands would build again.
  delete content['scripts'];
  delete content['allowScripts'];
  await writeFile(manifest, `${JSON.stringify({ ...content, ...additions }, undefined, 2)}\n`);
}
