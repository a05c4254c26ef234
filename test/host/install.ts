/** Installs a real VS Code (server and browser workbench) from the npm registry, once per machine. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheRoot } from '../../scripts/cache.ts';
import { installOnce, isInstalled } from '../../scripts/install.ts';
import { newestEditor } from './versions.ts';
import type { EditorVersion } from './versions.ts';

export interface HostInstall {
  /** Folder to start the server in. */
  readonly root: string;
  readonly serverMain: string;
  /** The Node that the server needs. */
  readonly node: string;
}

export async function ensureHost(editor: EditorVersion = newestEditor): Promise<HostInstall> {
  const folder = folderOf(editor);
  const root = path.join(folder, 'node_modules/code-server/lib/vscode');
  await installOnce(folder, () => install(editor, folder, root));
  return { root, serverMain: path.join(root, 'out/server-main.js'), node: nodeOf(editor, folder) };
}

export function hasHost(editor: EditorVersion = newestEditor): boolean {
  return isInstalled(folderOf(editor));
}

function folderOf({ codeServer }: EditorVersion): string {
  return path.join(cacheRoot, `vscode-${codeServer}`);
}

function nodeOf({ node }: EditorVersion, folder: string): string {
  if (node === undefined) return process.execPath;
  return path.join(folder, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

async function install(editor: EditorVersion, folder: string, root: string): Promise<void> {
  const { codeServer, node, replaced, nativeModules } = editor;
  console.error(`Installing VS Code into ${folder} (once; about 600 MB)…`);
  await writeFile(path.join(folder, 'package.json'), '{ "private": true }');
  const packages = [`code-server@${codeServer}`, ...(node === undefined ? [] : [`node@${node}`])];
  npm(folder, ['install', '--ignore-scripts', ...packages]);
  if (node !== undefined) npm(folder, ['rebuild', 'node']);
  if (replaced) await replaceDependencies(root, replaced);
  npm(root, ['install', '--ignore-scripts', '--omit=dev']);
  npm(root, ['rebuild', ...nativeModules], path.dirname(nodeOf(editor, folder)));
  for (const name of nativeModules) {
    if (!existsSync(path.join(root, 'node_modules', name)))
      throw new Error(`${name} is missing after the install.`);
  }
}

async function replaceDependencies(root: string, replaced: Readonly<Record<string, string>>): Promise<void> {
  const file = path.join(root, 'package.json');
  const manifest = JSON.parse(await readFile(file, 'utf8')) as { dependencies: Record<string, string> };
  Object.assign(manifest.dependencies, replaced);
  await writeFile(file, JSON.stringify(manifest, undefined, 2));
  // It names the same places.
  await rm(path.join(root, 'npm-shrinkwrap.json'));
}

/** @param nodeFolder where the Node is that modules are compiled for; absent: whichever npm runs on */
function npm(cwd: string, args: readonly string[], nodeFolder?: string): void {
  const env = withoutNpmSettings(process.env);
  if (nodeFolder !== undefined) env['PATH'] = [nodeFolder, env['PATH'] ?? ''].join(path.delimiter);
  const { status, error, stdout, stderr } = spawnSync(
    process.platform === 'win32' ? 'npm.cmd' : 'npm',
    [...args, '--no-audit', '--no-fund', '--loglevel=error'],
    // npm's own settings of the checkout must not reach this install: it has its own package.json.
    { cwd, encoding: 'utf8', env, maxBuffer: 1 << 26 },
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
