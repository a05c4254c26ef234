import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { cacheRoot } from '../../scripts/cache.ts';
import { installOnce } from '../../scripts/install.ts';
import { root } from '../../scripts/root.ts';

const makeWithinMs = 300_000;

/**
 * Trains a very small FinBERT on a few made sentences, once for each version of its script.
 * @returns its folder, to be used as a model id
 */
export async function ensureTinyModel(python: string): Promise<string> {
  const script = path.join(root, 'modal_apps/tests/tiny.py');
  if (!existsSync(script)) throw new Error(`${script} is missing: it makes the demo's model.`);
  const hash = createHash('sha256')
    .update(await readFile(script))
    .digest('hex')
    .slice(0, 12);
  const folder = path.join(cacheRoot, `models/finbert-tiny-${hash}`);
  await installOnce(folder, async () => {
    await promisify(execFile)(python, [script, 'finbert', folder], {
      cwd: path.join(root, 'modal_apps'),
      timeout: makeWithinMs,
      env: { ...process.env, HF_HUB_OFFLINE: '1', PYTHONDONTWRITEBYTECODE: '1' },
    });
  });
  return folder;
}
