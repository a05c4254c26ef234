/** Installs a real VS Code (server and browser workbench) from the npm registry, once per machine. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheRoot } from '../../scripts/cache.ts';
import { installOnce } from '../../scripts/install.ts';
import { codeServerVersion, nativeModules } from './versions.ts';

export interface HostInstall {
  /** Folder to start the server in. */
  readonly root: string;
  readonly serverMain: string;
  /** Node 24, which the server needs. */
  readonly node: string;
}

export async function ensureHost(): Promise<HostInstall> {
  const folder = path.join(cacheRoot, `vscode-${codeServerVersion}`);
  const root = path.join(folder, 'node_modules/code-server/lib/vscode');
  await installOnce(folder, () => install(folder, root));
  return { root, serverMain: path.join(root, 'out/server-main.js'), node: process.execPath };
}

async function install(folder: string, root: string): Promise<void> {
  console.error(`Installing VS Code into ${folder} (once; about 600 MB)…`);
  await writeFile(path.join(folder, 'package.json'), '{ "private": true }');
  npm(folder, ['install', '--ignore-scripts', `code-server@${codeServerVersion}`]);
  npm(root, ['install', '--ignore-scripts', '--omit=dev']);
  npm(root, ['rebuild', ...nativeModules]);
  for (const name of nativeModules) {
    if (!existsSync(path.join(root, 'node_modules', name)))
      throw new Error(`${name} is missing after the install.`);
  }
}

function npm(cwd: string, args: readonly string[]): void {
  const { status, error, stdout, stderr } = spawnSync(
    process.platform === 'win32' ? 'npm.cmd' : 'npm',
    [...args, '--no-audit', '--no-fund', '--loglevel=error'],
    // npm's own settings of the checkout must not reach this install: it has its own package.json.
    { cwd, encoding: 'utf8', env: withoutNpmSettings(process.env), maxBuffer: 1 << 26 },
  );
  if (error) throw error;
  if (status === 0) return;
  throw new Error(
    `npm ${args.join(' ')} failed in ${cwd}. Is the npm registry reachable?\n${stdout}\n${stderr}`,
  );
}

function withoutNpmSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name]) =>
        !/^npm_/i.test(name) || /^npm_config_(registry|cafile|userconfig|globalconfig|cache)$/i.test(name),
    ),
  );
}

if (import.meta.main) console.log((await ensureHost()).serverMain);
