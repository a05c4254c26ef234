/**
 * `npm run lock`: chooses the versions of everything Python and writes them down, with `-- --upgrade` the newest that fit.
 *
 * One version of a package serves all images and the tests: `test/python/constraints.txt` has them all, and beside each
 * `requirements*.txt` of an app a `.lock` has those of its image, each with the hashes of the files that fit there.
 * `no-deps.txt` has packages that are installed without what they require.
 */
import { createHash } from 'node:crypto';
import { globSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'smol-toml';
import { root } from './root.ts';
import { ensureUv, execute } from './uv.ts';

const tests = 'test/python/requirements.txt';
const constraints = 'test/python/constraints.txt';
// The images' machine.
const target = ['--python-version', '3.11', '--python-platform', 'x86_64-manylinux_2_28'];
const quiet = ['--quiet', '--no-header', '--no-annotate', '--no-emit-index-url'];

interface Package {
  readonly name: string;
  readonly version: string;
  readonly sdist?: Archive;
  readonly wheels?: readonly Archive[];
}

interface Archive {
  readonly url: string;
  readonly hashes: { readonly sha256: string };
}

const images = globSync('modal_apps/*/requirements*.txt', { cwd: root }).sort();
const alone = globSync('modal_apps/*/no-deps.txt', { cwd: root }).sort();
const sources = [...images, tests];
const uv = await ensureUv();
const heading = `# Made by "npm run lock". Sources: sha256 ${await digest(sources)}\n`;

compile([...sources, ...quiet, '-o', constraints, ...process.argv.slice(2)]);
await writeFile(inRoot(constraints), heading + (await readFile(inRoot(constraints), 'utf8')));
for (const image of images) await writeLock(image);
for (const file of alone) await writeLock(file, '--no-deps');

async function writeLock(requirements: string, ...options: string[]): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'lock-'));
  const made = path.join(folder, 'pylock.toml');
  compile([requirements, ...options, '-c', constraints, ...quiet, '--format', 'pylock.toml', '-o', made]);
  const { packages } = parse(await readFile(made, 'utf8')) as unknown as { packages: Package[] };
  await rm(folder, { recursive: true });
  await writeFile(inRoot(requirements.replace(/\.txt$/, '.lock')), heading + packages.map(locked).join(''));
}

function locked({ name, version, wheels = [], sdist }: Package): string {
  const fitting = wheels.filter(({ url }) => fits(decodeURIComponent(path.posix.basename(url))));
  const archives = fitting.length > 0 || !sdist ? fitting : [sdist];
  if (archives.length === 0) throw new Error(`${name} ${version} has no file for the images.`);
  const hashes = archives.map(({ hashes: { sha256 } }) => ` \\\n    --hash=sha256:${sha256}`).sort();
  return `${name}==${version}${hashes.join('')}\n`;
}

/** Whether CPython 3.11 on a Linux of the images takes the wheel, however new its C library. */
function fits(file: string): boolean {
  const [pythons = '', abi = '', platforms = ''] = file
    .replace(/\.whl$/, '')
    .split('-')
    .slice(-3);
  const machine = platforms.split('.').some((tag) => tag === 'any' || /^(many)?linux.*_x86_64$/.test(tag));
  return machine && pythons.split('.').some((python) => takes(python, abi));
}

function takes(python: string, abi: string): boolean {
  if (python.startsWith('py3')) return abi === 'none';
  const minor = Number(/^cp3(\d+)$/.exec(python)?.[1]);
  return abi === 'abi3' ? minor <= 11 : minor === 11;
}

async function digest(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) hash.update(await readFile(inRoot(file)));
  return hash.digest('hex');
}

function compile(args: readonly string[]): void {
  execute(uv, ['pip', 'compile', ...target, ...args]);
}

function inRoot(file: string): string {
  return path.join(root, file);
}
