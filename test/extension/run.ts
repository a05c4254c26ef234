/** The `extension` suite of `npm test`: this extension, as built, inside a real VS Code. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { build } from '../../scripts/build.ts';
import { root } from '../../scripts/root.ts';
import { bundleSuite } from './bundleSuite.ts';
import { runInHostSuite } from './hostSuite.ts';
import type { SuiteResult } from './results.ts';

/** @param env more for the extension host, e.g. `MODAL_CONFIG_PATH` of a simulator */
export async function runExtensionSuite(env: NodeJS.ProcessEnv = {}): Promise<SuiteResult> {
  await build({ production: false, write: true });
  const testEntry = await bundleSuite();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'ext-'));
  try {
    const workspace = path.join(folder, 'workspace');
    await mkdir(workspace);
    await writeFile(path.join(workspace, 'hello_modal.py'), 'import modal\n\napp = modal.App("hello")\n');
    const result = await runInHostSuite({
      extension: root,
      testEntry,
      workspace,
      // Nobody's own profile: a file that does not exist means signed out.
      env: { MODAL_CONFIG_PATH: path.join(folder, 'modal.toml'), ...env },
    });
    for (const { title, error } of result.failures) console.error(`\n${title}\n${error}`);
    return result;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const { passed, failed } = await runExtensionSuite();
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}
