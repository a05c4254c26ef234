import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { root } from '../../scripts/root.ts';

const outdir = path.join(root, 'out/test/extension');

/** Makes the suite loadable by the editor: CommonJS, one file for each test file. @returns path of the entry */
export async function bundleSuite(): Promise<string> {
  await rm(outdir, { recursive: true, force: true });
  const tests = (await readdir(import.meta.dirname)).filter((name) => name.endsWith('.test.ts'));
  await esbuild.build({
    entryPoints: ['index.ts', ...tests].map((name) => path.join(import.meta.dirname, name)),
    outdir,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    sourcemap: 'inline',
    logLevel: 'warning',
    // One mocha for all files: it holds the suite that they add to.
    external: ['vscode', 'mocha'],
  });
  return path.join(outdir, 'index.js');
}
