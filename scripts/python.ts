/** `node scripts/python.ts`: makes the Python environment of this checkout and prints its interpreter's path last. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheRoot } from './cache.ts';
import { installOnce } from './install.ts';
import { root } from './root.ts';

const pinFiles = ['test/python/requirements.txt', 'test/python/constraints.txt'].map((file) =>
  path.join(root, file),
);
const windows = process.platform === 'win32';

/** @returns absolute path of the interpreter of a ready environment, keyed by the pins */
export async function ensurePython(): Promise<string> {
  const pins = await Promise.all(pinFiles.map((file) => readFile(file)));
  const hash = createHash('sha256').update(Buffer.concat(pins)).digest('hex').slice(0, 12);
  const folder = path.join(cacheRoot, `python-${hash}`);
  const python = path.join(folder, windows ? 'Scripts/python.exe' : 'bin/python');
  await installOnce(folder, () => {
    make(folder, python);
  });
  return python;
}

function make(folder: string, python: string): void {
  console.error(`Making the Python environment in ${folder} (once; about 1.3 GB)…`);
  execute(findPython(), ['-m', 'venv', folder]);
  const [requirements, constraints] = pinFiles as [string, string];
  execute(python, [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '-r',
    requirements,
    '-c',
    constraints,
  ]);
}

function findPython(): string {
  const candidates = [process.env['PYTHON'], 'python3.11', 'python3', 'python'].flatMap((name) => name || []);
  const found = candidates.find((name) => {
    const { stdout } = spawnSync(name, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], {
      encoding: 'utf8',
    });
    return stdout?.trim() === '3.11';
  });
  if (found) return found;
  throw new Error('Python 3.11 was not found. Install it, or name it: PYTHON=/path/to/python3.11 npm …');
}

function execute(command: string, args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 2, 2] });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with exit code ${status}.`);
}

if (import.meta.main) console.log(await ensurePython());
