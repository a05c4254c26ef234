import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SourceFrame } from '../../../src/features/deploy/core/failure.ts';
import { explainFailure, explainRunFailure } from '../../../src/features/deploy/core/failure.ts';
import { missingModuleStep } from '../../../src/features/deploy/core/missingModule.ts';

/** What CLI 1.6.4 printed, with other folder names. */
const recorded = (name: string) =>
  readFileSync(path.join(import.meta.dirname, 'output', `${name}.txt`), 'utf8');

describe('the cause of a failed deploy', () => {
  it.each([
    ['syntax_error', /^SyntaxError: invalid syntax/, 'syntax_error.py', 3],
    ['import_error', /^ModuleNotFoundError: No module named 'no_such_package'/, 'import_error.py', 2],
    ['deep', /^ZeroDivisionError: division by zero/, 'helper.py', 2],
    ['several_lines', /^InvalidError: Modal class Model cannot have a custom constructor/, 'old_class.py', 6],
    ['wrapped_path', /^ModuleNotFoundError/, 'wrapped_path.py', 2],
    ['reload', /^ValueError: boom\.$/, 'web.py', 10],
  ])('%s points to the line', (name, cause, file, line) => {
    const failure = explainFailure(recorded(name), 1);
    expect(failure.cause).toMatch(cause);
    const own = failure.frames.filter((frame) => !frame.file.includes('site-packages'));
    expect(path.basename(own.at(-1)?.file ?? '')).toBe(file);
    expect(own.at(-1)?.line).toBe(line);
  });

  it.each([
    ['unknown_gpu', /Not a valid GPU type: 'A40'/, /Choose another GPU/],
    ['missing_secret', /Secret 'nope' not found/, /Create the secret/],
    ['no_app', /has no attribute 'app'/, /app = modal\.App/],
    ['import_error', /No module named/, /Install that package/],
  ])('%s comes with a next step', (name, cause, nextStep) => {
    const failure = explainFailure(recorded(name), 1);
    expect(failure.cause).toMatch(cause);
    expect(failure.nextStep).toMatch(nextStep);
  });

  it('reads the panels of earlier CLIs', () => {
    const panel = ['╭─ Error ─────╮', '│ Image build │', '│ failed      │', '╰─────────────╯'].join('\n');
    expect(explainFailure(panel, 1).cause).toBe('Image build failed.');
  });

  it('reads plain tracebacks', () => {
    const text =
      'Traceback (most recent call last):\n  File "/home/user/x.py", line 7, in go\n    boom()\nValueError: no\n';
    expect(explainFailure(text, 1)).toMatchObject({
      cause: 'ValueError: no.',
      frames: [{ file: '/home/user/x.py', line: 7, scope: 'go' }],
    });
  });

  it('has something to say when nothing was printed', () => {
    expect(explainFailure('', 137).cause).toBe('The Modal CLI ended with exit code 137.');
  });
});

describe('the cause of a failed run', () => {
  it('is the exception of the container, whose text the error stream repeats', () => {
    const failure = explainRunFailure(recorded('run_stdout'), 'Error: bad 1\n', 1);
    expect(failure.cause).toBe('ValueError: bad 1.');
    expect(failure.frames.at(-1)).toEqual({ file: '/root/fn.py', line: 16, scope: 'helper' });
  });

  it('is what the error stream says where no exception fits', () => {
    expect(explainRunFailure('', "Error: Missing option '--n'.\n", 2).cause).toBe("Missing option '--n'.");
  });
});

describe('a module that Python did not find', () => {
  const inContainer = [{ file: '/root/app.py', line: 3, scope: '<module>' }];
  const cause = "ModuleNotFoundError: No module named 'utils'.";

  async function step(files: readonly string[], frames: readonly SourceFrame[] | 'local', said = cause) {
    const cwd = await mkdtemp(path.join(os.tmpdir(), 'module-'));
    for (const file of files) {
      await mkdir(path.dirname(path.join(cwd, file)), { recursive: true });
      await writeFile(path.join(cwd, file), '');
    }
    const script = path.join(cwd, 'apps', 'app.py');
    const own = [{ file: script, line: 3, scope: '<module>' }];
    const found = await missingModuleStep(
      { cause: said, frames: frames === 'local' ? own : frames },
      { script, cwd },
    );
    await rm(cwd, { recursive: true });
    return found;
  }

  it.each([
    [['apps/utils.py'], 'apps/utils.py'],
    [['utils/__init__.py'], 'utils/__init__.py'],
    [['utils/helpers.py'], 'utils'],
    [['src/utils.py'], 'src/utils.py'],
  ])('is added to the image when it is a file of the user: %j', async (files, named) => {
    const said = await step(files, inContainer);
    expect(said).toBe(
      `${path.normalize(named)} is a file of yours that is not in the image. Add it to the image with .add_local_python_source("utils").`,
    );
    expect(said).not.toMatch(/install/i);
  });

  it('is put where Python looks when it fails on this machine', async () => {
    expect(await step(['src/utils.py'], 'local')).toMatch(/src.utils\.py is a file of yours.*beside app\.py/);
    expect(
      await step(['src/utils.py'], 'local', "No module named 'utils.deep'; 'utils' is not a package"),
    ).toMatch(/utils\.py is a file of yours/);
  });

  it('is a package only where no file has its name', async () => {
    expect(await step([], inContainer)).toMatch(/Add its package to the image.*A file of your own is added/);
    expect(await step([], 'local')).toBeUndefined(); // the general advice names both
    expect(await step(['utils.py'], inContainer, 'ValueError: no')).toBeUndefined();
  });
});
