import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { cacheRoot } from './cache.ts';
import { findPython } from './findPython.ts';
import { installOnce } from './install.ts';
import { root } from './root.ts';

const version = '0.13.9';

/** @returns path of the installer of Python packages, which resolves in seconds what takes pip minutes */
export async function ensureUv(): Promise<string> {
  const folder = path.join(cacheRoot, `uv-${version}`);
  const bin = path.join(folder, process.platform === 'win32' ? 'Scripts' : 'bin');
  await installOnce(folder, () => {
    execute(findPython(), ['-m', 'venv', folder]);
    execute(path.join(bin, 'python'), ['-m', 'pip', 'install', '--quiet', `uv==${version}`]);
  });
  return path.join(bin, 'uv');
}

/** Runs a command of an install with its output on standard error. @throws Error with its exit code */
export function execute(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): void {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...env, ...process.env },
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with exit code ${status}.`);
}

/** Where people have told pip to look for packages, uv looks too with these variables. */
export function asToldToPip(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const names = [
    ['PIP_INDEX_URL', 'UV_DEFAULT_INDEX'],
    ['PIP_EXTRA_INDEX_URL', 'UV_INDEX'],
    ['PIP_FIND_LINKS', 'UV_FIND_LINKS'],
  ] as const;
  return Object.fromEntries(names.flatMap(([pip, uv]) => (env[pip] ? [[uv, env[pip]]] : [])));
}
