import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findCli, isOlder } from '../../../src/modal/interpreter.ts';

describe.skipIf(process.platform === 'win32')('finding the CLI', () => {
  let home: string;
  beforeEach(async () => (home = await mkdtemp(path.join(os.tmpdir(), 'cli-'))));
  afterEach(() => rm(home, { recursive: true }));

  /** An executable that says it is this version, which no real one can be made to say. */
  const fake = async (file: string, version: string) => {
    const full = path.join(home, file);
    await mkdir(path.dirname(full), { recursive: true });
    await writeFile(full, `#!/bin/sh\necho "modal client version: ${version}"\n`);
    await chmod(full, 0o755);
    return full;
  };
  const find = (input: Partial<Parameters<typeof findCli>[0]> = {}) =>
    findCli({ configured: '', workspaceFolders: [], env: { PATH: '/nonexistent' }, home, ...input });

  it('prefers the setting, then the chosen interpreter, then the workspace, then PATH', async () => {
    const configured = await fake('set/python', '1.6.4');
    const chosen = await fake('chosen/python', '1.6.3');
    const venv = await fake('ws/.venv/bin/python', '1.6.2');
    const onPath = await fake('bin/modal', '1.6.1');
    const all = { chosen, workspaceFolders: [path.join(home, 'ws')], env: { PATH: path.join(home, 'bin') } };
    expect(await find({ ...all, configured })).toMatchObject({ command: configured, args: ['-m', 'modal'] });
    expect(await find(all)).toMatchObject({ command: chosen, version: '1.6.3' });
    await rm(chosen);
    expect(await find(all)).toMatchObject({ command: venv, source: '.venv of the workspace' });
    await rm(venv);
    expect(await find(all)).toMatchObject({ command: onPath, args: [], source: 'modal on PATH' });
  });

  it('takes a configured modal executable as it is', async () => {
    const modal = await fake('tools/modal', '1.6.4');
    expect(await find({ configured: modal })).toMatchObject({ command: modal, args: [] });
  });

  it('passes over an interpreter without modal and over one that is too old', async () => {
    await fake('ws/.venv/bin/python', '1.3.9');
    const onPath = await fake('bin/modal', '1.4.0');
    const found = await find({
      workspaceFolders: [path.join(home, 'ws')],
      env: { PATH: path.join(home, 'bin') },
    });
    expect(found).toMatchObject({ command: onPath, version: '1.4.0' });
  });

  it('says which version is too old and how to upgrade it', async () => {
    await fake('ws/.venv/bin/python', '1.3.2');
    await expect(find({ workspaceFolders: [path.join(home, 'ws')] })).rejects.toMatchObject({
      kind: 'cliUnsupported',
      message: expect.stringMatching(/1\.3\.2.*pip install --upgrade modal/) as string,
    });
  });

  it('says where it looked when there is none', async () => {
    await expect(find()).rejects.toMatchObject({
      kind: 'cliMissing',
      message: expect.stringMatching(/pip install modal/) as string,
    });
    await expect(find({ configured: '/no/such/python' })).rejects.toMatchObject({
      kind: 'cliMissing',
      message: expect.stringMatching(/modalGpu\.cli\.path/) as string,
    });
  });
});

it('compares versions by number', () => {
  expect(isOlder('1.3.10', '1.4.0')).toBe(true);
  expect(isOlder('1.10.0', '1.4.0')).toBe(false);
  expect(isOlder('1.4.0.dev3', '1.4.0')).toBe(false);
});
