import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { build } from '../../scripts/build.ts';
import { root } from '../../scripts/root.ts';
import { bundleSuite } from './bundleSuite.ts';
import { packagedVariable } from './results.ts';

export interface PreparedSuite {
  readonly testEntry: string;
  /** What the editor loads from a folder: this extension, or one without content beside the installed package. */
  readonly extension: string;
  /** Short, because some systems limit the length of a socket's path. */
  readonly folder: string;
  /** Folder to open. */
  readonly workspace: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Builds the extension and its suite and lends a folder to run them in.
 * @param vsix a package that is tested instead of a build
 */
export async function withPreparedSuite<T>(
  vsix: string | undefined,
  use: (suite: PreparedSuite) => Promise<T>,
): Promise<T> {
  if (vsix === undefined) await build({ production: false, write: true });
  const testEntry = await bundleSuite();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'ext-'));
  try {
    const workspace = path.join(folder, 'workspace');
    await mkdir(workspace);
    await writeFile(path.join(workspace, 'hello_modal.py'), 'import modal\n\napp = modal.App("hello")\n');
    const extension = vsix === undefined ? root : await emptyExtension(folder);
    const env = {
      // Nobody's own profile: a file that does not exist means signed out.
      MODAL_CONFIG_PATH: path.join(folder, 'modal.toml'),
      [packagedVariable]: vsix === undefined ? '' : 'yes',
    };
    return await use({ testEntry, extension, folder, workspace, env });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** An editor runs tests only for an extension that it loads from a folder. */
async function emptyExtension(parent: string): Promise<string> {
  const folder = path.join(parent, 'empty');
  await mkdir(folder);
  const manifest = { name: 'empty', publisher: 'test', version: '0.0.1', engines: { vscode: '*' } };
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest));
  return folder;
}
