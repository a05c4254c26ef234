import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installedModules } from '../../../src/modal/installedModules.ts';
import { installedRelease } from '../../../src/modal/installedRelease.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'modules-'));
});
afterEach(() => rm(folder, { recursive: true }));

const site = 'lib/python3.11/site-packages';
const closed = 'home = /usr/bin\ninclude-system-site-packages = false\n';
const base = { 'pyvenv.cfg': closed, 'bin/python': '', [`${site}/modal-1.6.4.dist-info/METADATA`]: '' };

async function modules(files: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv = {}) {
  for (const [name, text] of Object.entries({ ...base, ...files })) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  const chosen = [path.join(folder, 'bin/python')];
  const found = await installedModules({ configured: '', chosen, workspaceFolders: [], env, home: folder });
  return found && [...found].sort();
}

describe('modules of the environment of modal', () => {
  it('are its folders and files that Python can import', async () => {
    const names = [
      'torch/__init__.py',
      'six.py',
      '_cffi.cpython-311-x86_64-linux-gnu.so',
      'torch-2.9.dist-info/RECORD',
      'README.txt',
    ];
    expect(await modules(Object.fromEntries(names.map((name) => [`${site}/${name}`, ''])))).toEqual([
      '_cffi',
      'six',
      'torch',
    ]);
  });

  it('are also those of installations that can be edited', async () => {
    expect(
      await modules({
        [`${site}/_virtualenv.pth`]: 'import _virtualenv\n',
        [`${site}/mine.pth`]: `${folder}/src\n`,
        'src/mine/__init__.py': '',
        [`${site}/__editable__.other-1.pth`]:
          'import __editable___other_1_finder; __editable___other_1_finder.install()',
        [`${site}/__editable___other_1_finder.py`]:
          "MAPPING: dict[str, str] = {'other': '/somewhere/other'}\n",
      }),
    ).toEqual(expect.arrayContaining(['mine', 'other']));
  });

  it('are unknown where Python looks elsewhere too, or runs what nobody knows', async () => {
    expect(await modules({ 'pyvenv.cfg': closed.replace('false', 'true') })).toBeUndefined();
    expect(await modules({ 'pyvenv.cfg': '' })).toBeUndefined();
    expect(await modules({}, { PYTHONPATH: '/x' })).toBeUndefined();
    expect(await modules({ [`${site}/hook.pth`]: 'import hook; hook.start()\n' })).toBeUndefined();
  });

  it('are those behind the link that uv and pipx make', async () => {
    await modules({ [`${site}/torch/__init__.py`]: '', 'bin/modal': '' });
    const bin = await mkdtemp(path.join(os.tmpdir(), 'modules-bin-'));
    await symlink(path.join(folder, 'bin/modal'), path.join(bin, 'modal'));
    const input = { configured: '', workspaceFolders: [], env: { PATH: bin }, home: bin };
    expect(await installedModules(input)).toContain('torch');
    expect(await installedRelease(input)).toBe('1.6.4');
    await rm(bin, { recursive: true });
  });

  it('are unknown where a nearer program may be the one that has modal', async () => {
    const bin = await mkdtemp(path.join(os.tmpdir(), 'modules-bin-'));
    await writeFile(path.join(bin, 'modal'), '#!/bin/sh\n');
    const env = { PATH: `${bin}${path.delimiter}${folder}/bin` };
    await modules({});
    expect(await installedModules({ configured: '', workspaceFolders: [], env, home: bin })).toBeUndefined();
    await rm(bin, { recursive: true });
  });

  it('are unknown where there is no modal', async () => {
    const env = {};
    expect(
      await installedModules({ configured: '', workspaceFolders: [folder], env, home: folder }),
    ).toBeUndefined();
  });
});
