/** `node scripts/workflows.ts`: checks the workflows in `.github`, as the lint suite does it. */
import { createHash } from 'node:crypto';
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheRoot } from './cache.ts';
import { findPython } from './findPython.ts';
import { installOnce } from './install.ts';
import { root } from './root.ts';
import { run } from './run.ts';
import { asToldToPip, ensureUv, execute } from './uv.ts';

const pins = path.join(root, 'test/python/requirements-workflows.txt');

/** @returns folder of the programs */
async function ensureCheckers(): Promise<string> {
  const hash = createHash('sha256')
    .update(await readFile(pins))
    .digest('hex')
    .slice(0, 12);
  const folder = path.join(cacheRoot, `workflows-${hash}`);
  const programs = path.join(folder, process.platform === 'win32' ? 'Scripts' : 'bin');
  await installOnce(folder, async () => {
    execute(findPython(), ['-m', 'venv', folder]);
    const python = path.join(programs, 'python');
    const args = ['pip', 'install', '--quiet', '--python', python, '-r', pins];
    execute(await ensureUv(), args, asToldToPip(process.env));
  });
  return programs;
}

/** @returns whether they are safe, and spelt as GitHub reads them */
export async function checkWorkflows(): Promise<boolean[]> {
  const programs = await ensureCheckers();
  const files = globSync('.github/workflows/*.yml', { cwd: root });
  const schema = ['--builtin-schema', 'vendor.github-workflows'];
  const safe = ['--offline', '--strict-collection', '--persona=pedantic', '--quiet', '--no-progress'];
  return [
    (await run(path.join(programs, 'check-jsonschema'), [...schema, '--quiet', ...files])) === 0,
    (await run(path.join(programs, 'zizmor'), [...safe, '.github'])) === 0,
  ];
}

if (import.meta.main) process.exitCode = (await checkWorkflows()).every(Boolean) ? 0 : 1;
