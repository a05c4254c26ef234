import { spawnSync } from 'node:child_process';

/** @returns the name or path of a Python 3.11 */
export function findPython(): string {
  const candidates = [process.env['PYTHON'], 'python3.11', 'python3', 'python'].flatMap((name) => name || []);
  const found = candidates.find((name) => {
    const { stdout } = spawnSync(name, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], {
      encoding: 'utf8',
    });
    return stdout?.trim() === '3.11';
  });
  if (found) return found;
  // Where people have it without a name on PATH.
  const { stdout } = spawnSync('uv', ['python', 'find', '--no-python-downloads', '3.11'], {
    encoding: 'utf8',
  });
  if (stdout?.trim()) return stdout.trim();
  throw new Error('Python 3.11 was not found. Install it, or name it: PYTHON=/path/to/python3.11 npm …');
}
