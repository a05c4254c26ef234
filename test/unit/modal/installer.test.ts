import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InterpreterInput } from '../../../src/modal/cliCandidates.ts';
import { installOffers, upgradeOffer } from '../../../src/modal/installer.ts';

describe.runIf(process.platform !== 'win32')('installing the CLI', () => {
  let home: string;
  let ws: string;
  beforeEach(async () => {
    home = await mkdtemp(path.join(os.tmpdir(), 'install-'));
    ws = path.join(home, 'ws');
    await mkdir(ws);
  });
  afterEach(() => rm(home, { recursive: true }));

  const script = async (file: string, body = 'exit 0') => {
    const full = path.join(home, file);
    await mkdir(path.dirname(full), { recursive: true });
    await writeFile(full, `#!/bin/sh\n${body}\n`);
    await chmod(full, 0o755);
    return full;
  };
  /** An interpreter that answers the question for facts. */
  const python = (file: string, facts: { virtual?: boolean; pip?: boolean; managed?: boolean } = {}) =>
    script(file, `echo '${JSON.stringify({ virtual: false, pip: true, managed: false, ...facts })}'`);
  const input = (changes: Partial<InterpreterInput> = {}): InterpreterInput => ({
    configured: '',
    workspaceFolders: [ws],
    env: { PATH: path.join(home, 'bin') },
    home,
    ...changes,
  });
  const offers = async (changes: Partial<InterpreterInput> = {}) =>
    (await installOffers(input(changes))).map(({ commands }) =>
      commands.map((words) => words.join(' ').replaceAll(`${home}/`, '')).join(' && '),
    );

  it('adds modal to a uv project, which would forget what pip puts there', async () => {
    await script('bin/uv');
    await python('bin/python3');
    await python('ws/.venv/bin/python', { virtual: true, pip: false });
    await writeFile(path.join(ws, 'pyproject.toml'), '[project]\nname = "x"\n\n[tool.uv]\n');
    expect(await offers()).toEqual([
      'bin/uv add modal',
      'bin/uv pip install --python=ws/.venv/bin/python modal',
      'bin/uv tool install modal',
    ]);
  });

  it('uses the pip of the chosen interpreter, then of the virtual environment', async () => {
    await python('bin/python3');
    const chosen = await python('conda/bin/python', { virtual: true });
    await python('ws/.venv/bin/python', { virtual: true });
    expect(await offers({ chosen: [chosen] })).toEqual([
      'conda/bin/python -m pip install modal',
      'ws/.venv/bin/python -m pip install modal',
    ]);
  });

  it('makes no second .venv where the chosen interpreter is in the first', async () => {
    await python('bin/python3');
    const chosen = await python('ws/.venv/bin/python', { virtual: true });
    expect(await offers({ chosen: [chosen] })).toEqual(['ws/.venv/bin/python -m pip install modal']);
  });

  it('leaves an interpreter of the system alone and makes an environment instead', async () => {
    const managed = await python('bin/python3', { managed: true });
    expect(await offers({ chosen: [managed] })).toEqual([
      'bin/python3 -m venv .venv && ws/.venv/bin/python -m pip install modal',
    ]);
    expect(await offers({ workspaceFolders: [] })).toEqual([]);
  });

  it('offers uv and pipx as tools, also from ~/.local/bin', async () => {
    await script('.local/bin/uv');
    await script('bin/pipx');
    expect(await offers()).toEqual(['.local/bin/uv tool install modal', 'bin/pipx install modal']);
  });

  it('installs for the user where there is no folder for an environment', async () => {
    await python('bin/python3');
    expect(await offers({ workspaceFolders: [] })).toEqual(['bin/python3 -m pip install --user modal']);
  });

  it('understands what real interpreters say of themselves', async () => {
    execFileSync('python3', ['-m', 'venv', '--without-pip', path.join(ws, '.venv')]);
    await script('bin/uv');
    expect(await offers()).toEqual([
      'bin/uv pip install --python=ws/.venv/bin/python modal',
      'bin/uv tool install modal',
    ]);
  }, 60_000);

  describe('that is too old', () => {
    const old = (command: string, args: string[] = []) => ({
      command,
      args,
      version: '1.3.0',
      source: 'here',
    });
    const upgrade = async (command: string, args?: string[]) =>
      (await upgradeOffer(input(), old(command, args)))?.commands.map((words) =>
        words.join(' ').replaceAll(`${home}/`, ''),
      );
    const linked = async (target: string, link: string) => {
      await mkdir(path.dirname(link), { recursive: true });
      await symlink(target, link);
      return link;
    };

    it('is upgraded by what installed it', async () => {
      await script('bin/uv');
      await script('bin/pipx');
      const byUv = await script('.local/share/uv/tools/modal/bin/modal');
      const byPipx = await script('.local/pipx/venvs/modal/bin/modal');
      expect(await upgrade(await linked(byUv, path.join(home, '.local/bin/modal')))).toEqual([
        'bin/uv tool upgrade modal',
      ]);
      expect(await upgrade(await linked(byPipx, path.join(home, 'links/modal')))).toEqual([
        'bin/pipx upgrade modal',
      ]);
      const venv = await python('ws/.venv/bin/python', { virtual: true });
      expect(await upgrade(venv, ['-m', 'modal'])).toEqual([
        'ws/.venv/bin/python -m pip install --upgrade modal',
      ]);
      await writeFile(path.join(ws, 'uv.lock'), '');
      expect(await upgrade(venv, ['-m', 'modal'])).toEqual(['bin/uv add modal --upgrade-package modal']);
    });

    it('is left alone when nobody can tell whose it is', async () => {
      expect(await upgrade(await script('odd/modal'))).toBeUndefined();
    });
  });
});
