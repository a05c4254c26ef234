/** What `npm start` says on a machine that lacks something: the real programs, of which one is left out. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findPython } from '../../../scripts/findPython.ts';
import { missing } from '../../../scripts/needs.ts';
import { root } from '../../../scripts/root.ts';

const everything = { python: true, compiler: true };
let folder: string;

/** The real file of a program, behind whatever starts it by its name. */
function realPath(program: string): string {
  const found = spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).stdout.trim();
  return found || program;
}

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'needs-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** Leaves a machine with these programs, as far as a PATH can. */
function only(...programs: string[]): void {
  const python = spawnSync(findPython(), ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' });
  const files = new Map(
    programs.map((name) => [name, name === 'python3.11' ? python.stdout.trim() : realPath(name)]),
  );
  for (const [name, file] of files) symlinkSync(file, path.join(folder, name));
  vi.stubEnv('PATH', folder);
  vi.stubEnv('PYTHON', undefined);
  vi.stubEnv('CXX', undefined);
}

describe.runIf(process.platform !== 'win32')('what is missing', () => {
  it('is nothing where all is there', () => {
    only('python3.11', 'c++', 'make');
    expect(missing(everything)).toBeUndefined();
  });

  it.each([
    [['c++', 'make'], ['Python 3.11 with venv']],
    [['python3.11', 'make'], ['a C++ compiler']],
    [['python3.11', 'c++'], ['make']],
    [[], ['Python 3.11 with venv', 'a C++ compiler', 'make']],
  ])('with only %j is told in one line, with the way to get it', (programs, names) => {
    only(...programs);
    const line = missing(everything) ?? '';
    expect(line).not.toContain('\n');
    expect(
      [...line.matchAll(/(?<=Missing: |, )([\w+. ]+) \([^)]*(?:install)[^)]*\)/g)].map(([, name]) => name),
    ).toEqual(names);
  });

  it('is not asked for where it is installed already', () => {
    only();
    expect(missing({ python: false, compiler: false })).toBeUndefined();
    expect(missing({ python: false, compiler: true })).not.toContain('venv');
  });

  it('is what npm start says, and nothing is installed', () => {
    only();
    const env = { PATH: folder, HOME: folder, MODAL_GPU_CACHE: path.join(folder, 'cache') };
    const { status, stdout, stderr } = spawnSync(process.execPath, ['test/host/start.ts'], {
      cwd: root,
      encoding: 'utf8',
      env,
    });
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr.trim()).toBe(missing(everything));
  });
});
