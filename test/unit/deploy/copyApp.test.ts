import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { copyApp } from '../../../src/features/deploy/core/copyApp.ts';
import { catalogApp } from '../support/catalogApp.ts';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(path.join(os.tmpdir(), 'copy-'))));
afterEach(() => rm(folder, { recursive: true }));

it('copying an app says where it cannot go, when a file stands in the way', async () => {
  const source = path.join(folder, 'extension/demo');
  await mkdir(path.join(folder, 'extension/appkit'), { recursive: true });
  await mkdir(source);
  await writeFile(path.join(source, 'app.py'), '');
  const root = path.join(folder, 'workspace');
  await mkdir(root);
  await writeFile(path.join(root, 'modal_apps'), 'a file');
  await expect(copyApp(catalogApp({ folder: source }), root)).rejects.toMatchObject({
    kind: 'invalid',
    message: expect.stringContaining(`The app cannot be copied to ${root}: `) as string,
  });
});
