import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { build } from '../../scripts/build.ts';
import { bundleSuite } from './bundleSuite.ts';

export interface PreparedSuite {
  readonly testEntry: string;
  /** Short, because some systems limit the length of a socket's path. */
  readonly folder: string;
  /** Folder to open. */
  readonly workspace: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Builds the extension and its suite and lends a folder to run them in. */
export async function withPreparedSuite<T>(use: (suite: PreparedSuite) => Promise<T>): Promise<T> {
  await build({ production: false, write: true });
  const testEntry = await bundleSuite();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'ext-'));
  try {
    const workspace = path.join(folder, 'workspace');
    await mkdir(workspace);
    await writeFile(path.join(workspace, 'hello_modal.py'), 'import modal\n\napp = modal.App("hello")\n');
    // Nobody's own profile: a file that does not exist means signed out.
    const env = { MODAL_CONFIG_PATH: path.join(folder, 'modal.toml') };
    return await use({ testEntry, folder, workspace, env });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
