import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ModalError } from '../../../src/domain/errors.ts';
import { cliCandidates } from '../../../src/modal/cliCandidates.ts';
import { findCli, isOlder, searchCli } from '../../../src/modal/interpreter.ts';
import type { InterpreterInput, SearchLimits } from '../../../src/modal/interpreter.ts';

const posix = process.platform !== 'win32';

/** A command of this run alone: one of a run that failed may be left. */
const sleepOf = (at: number) => `/bin/sleep ${75_000 + at}${process.pid}`;

const running = (command: string) =>
  execFileSync('ps', ['-eo', 'args']).toString().split('\n').includes(command);

describe.runIf(posix)('finding the CLI', () => {
  let home: string;
  beforeEach(async () => (home = await mkdtemp(path.join(os.tmpdir(), 'cli-'))));
  afterEach(() => rm(home, { recursive: true }));

  const script = async (file: string, body: string) => {
    const full = path.join(home, file);
    await mkdir(path.dirname(full), { recursive: true });
    await writeFile(full, `#!/bin/sh\n${body}\n`);
    await chmod(full, 0o755);
    return full;
  };
  /** An executable that says it is this version, which no real one can be made to say. */
  const fake = (file: string, version: string) => script(file, `echo "modal client version: ${version}"`);
  const find = (input: Partial<InterpreterInput> = {}, signal?: AbortSignal, limits?: SearchLimits) =>
    findCli(
      { configured: '', workspaceFolders: [], env: { PATH: '/nonexistent' }, home, ...input },
      signal,
      limits,
    );

  it('prefers setting, chosen interpreter, workspace, variables, PATH, tool folders, in this order', async () => {
    const configured = await fake('set/python', '1.6.9');
    const chosen = await fake('chosen/python', '1.6.8');
    const venv = await fake('ws/.venv/bin/python', '1.6.7');
    const active = await fake('active/bin/python', '1.6.6');
    const conda = await fake('conda/bin/python', '1.6.5');
    const onPath = await fake('bin/modal', '1.6.4');
    const pythonOnPath = await fake('bin/python3', '1.6.3');
    const uvTool = await fake('uvbin/modal', '1.6.2');
    const pipx = await fake('pipxbin/modal', '1.6.1');
    const local = await fake('.local/bin/modal', '1.6.0');
    const all = {
      chosen: [chosen],
      workspaceFolders: [path.join(home, 'ws')],
      env: {
        PATH: path.join(home, 'bin'),
        VIRTUAL_ENV: path.join(home, 'active'),
        CONDA_PREFIX: path.join(home, 'conda'),
        UV_TOOL_BIN_DIR: path.join(home, 'uvbin'),
        PIPX_BIN_DIR: path.join(home, 'pipxbin'),
      },
    };
    expect(await find({ ...all, configured })).toMatchObject({ command: configured, args: ['-m', 'modal'] });
    const order = [chosen, venv, active, conda, onPath, pythonOnPath, uvTool, pipx, local];
    for (const command of order) {
      expect(await find(all)).toMatchObject({ command });
      await rm(command);
    }
    await expect(find(all)).rejects.toMatchObject({ kind: 'cliMissing' });
  });

  it('starts nothing that is a folder or no program', async () => {
    const folder = path.join(home, 'bin/modal');
    await mkdir(folder, { recursive: true });
    const file = await fake('bin/python3', '1.6.4');
    await chmod(file, 0o644);
    const input = { configured: '', workspaceFolders: [], env: { PATH: path.join(home, 'bin') }, home };
    // What was started is told of, with what came of it.
    expect(await searchCli(input)).toEqual({ refused: [], cutShort: false });
  });

  it('passes on all words of a chosen interpreter', async () => {
    const conda = await script('conda', 'echo "modal client version: 1.6.4 ($*)"');
    const cli = await find({ chosen: [conda, 'run', '-n', 'ml', 'python'] });
    expect(cli).toMatchObject({ command: conda, args: ['run', '-n', 'ml', 'python', '-m', 'modal'] });
  });

  it('takes from the setting a modal, a folder, ~ and ${workspaceFolder}', async () => {
    const modal = await fake('tools/modal', '1.6.4');
    const python = await fake('tools/env/bin/python', '1.6.4');
    expect(await find({ configured: modal })).toMatchObject({ command: modal, args: [] });
    expect(await find({ configured: '~/tools/modal' })).toMatchObject({ command: modal });
    expect(await find({ configured: path.join(home, 'tools/env') })).toMatchObject({ command: python });
    const inFolder = { configured: '${workspaceFolder}/env', workspaceFolders: [path.join(home, 'tools')] };
    expect(await find(inFolder)).toMatchObject({ command: python, args: ['-m', 'modal'] });
  });

  it('looks one folder up in a project, but not in a folder that is none', async () => {
    const above = await fake('repo/.venv/bin/python', '1.6.4');
    const workspaceFolders = [path.join(home, 'repo/service')];
    await mkdir(workspaceFolders[0]!, { recursive: true });
    await expect(find({ workspaceFolders })).rejects.toMatchObject({ kind: 'cliMissing' });
    await writeFile(path.join(home, 'repo/pyproject.toml'), '');
    expect(await find({ workspaceFolders })).toMatchObject({
      command: above,
      source: '.venv of the folder above the workspace',
    });
  });

  it('finds the environment that uv was told to use', async () => {
    const python = await fake('ws/elsewhere/bin/python', '1.6.4');
    const env = { PATH: '', UV_PROJECT_ENVIRONMENT: 'elsewhere' };
    expect(await find({ workspaceFolders: [path.join(home, 'ws')], env })).toMatchObject({ command: python });
  });

  it('keeps the path of an environment whose python is a link', async () => {
    const real = await fake('usr/python3.12', '1.6.4');
    await mkdir(path.join(home, 'ws/.venv/bin'), { recursive: true });
    const link = path.join(home, 'ws/.venv/bin/python');
    await symlink(real, link);
    const found = await find({ chosen: ['/nonexistent'], workspaceFolders: [path.join(home, 'ws')] });
    expect(found.command).toBe(link);
  });

  it('passes over what hangs, talks nonsense or is another modal, ends it, and names it', async () => {
    // A shell's background job ignores the interrupt, so it takes more than asking to end this one.
    const hanging = await script('a/modal', `/bin/sh -c 'exec ${sleepOf(1)}' & wait`);
    const other = await script('b/modal', 'echo "modal 0.3: a dialog box toolkit"');
    const endless = await script('c/modal', 'while :; do echo rubbish; done');
    const broken = await script('d/modal', 'echo as-CANARYCANARY >&2; exit 3');
    const bare = await script('e/python3', 'echo "$0: No module named modal" >&2; exit 1');
    const PATH = [hanging, other, endless, broken, bare].map((file) => path.dirname(file)).join(':');
    const limits = { eachMs: 3000, totalMs: 600_000 };
    const { detail } = (await find({ env: { PATH } }, undefined, limits).catch(
      (error: unknown) => error,
    )) as ModalError;
    expect(detail).toMatch(/a\/modal .*did not answer in 3 s/);
    expect(detail).toMatch(/b\/modal .*is not the Modal CLI: it says "modal 0\.3/);
    expect(detail).toMatch(/c\/modal .*says too much/);
    expect(detail).toMatch(/d\/modal .*is not the Modal CLI/);
    expect(detail).toMatch(/e\/python3 .*has no modal/);
    expect(detail).not.toContain('CANARY');
    expect(running(sleepOf(1))).toBe(false);

    const good = await fake('f/modal', '1.6.4');
    await rm(hanging);
    expect(await find({ env: { PATH: `${PATH}:${path.dirname(good)}` } })).toMatchObject({ command: good });
  }, 60_000);

  it('ends the whole search at its limit and says so', async () => {
    const hanging = await script('a/modal', `exec ${sleepOf(2)}`);
    await fake('b/modal', '1.6.4');
    const env = { PATH: `${path.dirname(hanging)}:${path.join(home, 'b')}` };
    await expect(find({ env }, undefined, { eachMs: 5000, totalMs: 300 })).rejects.toMatchObject({
      kind: 'cliMissing',
      message: expect.stringMatching(/took too long/) as string,
      detail: expect.stringMatching(/a\/modal.*did not answer/) as string,
    });
  });

  it('ends when it is cancelled, with the candidate that it was asking', async () => {
    const sleeping = sleepOf(3);
    const hanging = await script('a/modal', `exec ${sleeping}`);
    const abort = new AbortController();
    const found = find({ env: { PATH: path.dirname(hanging) } }, abort.signal);
    const outcome = expect(found).rejects.toMatchObject({ kind: 'cancelled' });
    while (!running(sleeping)) await setImmediate();
    abort.abort();
    await outcome;
    await expect.poll(() => running(sleeping)).toBe(false);
  });

  it('passes over an interpreter that is too old', async () => {
    await fake('ws/.venv/bin/python', '1.4.9');
    const onPath = await fake('bin/modal', '1.5.0');
    const found = await find({
      workspaceFolders: [path.join(home, 'ws')],
      env: { PATH: path.join(home, 'bin') },
    });
    expect(found).toMatchObject({ command: onPath, version: '1.5.0' });
  });

  it('says which version is too old and what upgrades it', async () => {
    await fake('ws/.venv/bin/python', '1.3.2');
    await expect(find({ workspaceFolders: [path.join(home, 'ws')] })).rejects.toMatchObject({
      kind: 'cliUnsupported',
      message: expect.stringMatching(/1\.3\.2.*too old.*Install Modal CLI/) as string,
    });
  });

  it('says where it looked when there is none', async () => {
    await expect(find()).rejects.toMatchObject({
      kind: 'cliMissing',
      message: expect.stringMatching(/pip install modal/) as string,
    });
    await expect(find({ configured: '/no/such/python' })).rejects.toMatchObject({
      kind: 'cliMissing',
      message: expect.stringMatching(/modalGpu\.cli\.path\) cannot be started \(ENOENT\)/) as string,
    });
  });
});

describe('places', () => {
  it('are named as Windows names them', async () => {
    const places = await cliCandidates({
      configured: '',
      workspaceFolders: ['/ws'],
      env: { PATH: '/tools', CONDA_PREFIX: '/conda' },
      home: '/home',
      platform: 'win32',
    });
    const commands = places.map(({ command }) => command);
    for (const place of [
      '/ws/.venv/Scripts/python.exe',
      '/conda/python.exe',
      '/tools/modal.exe',
      '/tools/py.exe',
    ])
      expect(commands).toContain(path.normalize(place));
    expect(commands.at(-1)).toBe(path.normalize('/home/.local/bin/modal.exe'));
  });

  it('are never relative, so that no file of the current folder is run', async () => {
    const places = await cliCandidates({
      configured: '',
      workspaceFolders: [],
      env: { PATH: ['.', 'bin', ''].join(path.delimiter) },
      home: os.homedir(),
    });
    for (const { command } of places) expect(path.isAbsolute(command)).toBe(true);
  });

  it('are looked at once each', async () => {
    const env = { PATH: '/home/.local/bin:/home/.local/bin', PIPX_BIN_DIR: '/home/.local/bin' };
    const places = await cliCandidates({ configured: '', workspaceFolders: [], env, home: '/home' });
    expect(places.filter(({ command }) => command.endsWith('/modal'))).toHaveLength(1);
  });
});

it('compares versions by number', () => {
  expect(isOlder('1.3.10', '1.4.0')).toBe(true);
  expect(isOlder('1.10.0', '1.4.0')).toBe(false);
  expect(isOlder('1.4.0.dev3', '1.4.0')).toBe(false);
});
