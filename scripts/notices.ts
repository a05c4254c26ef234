/** Writes `THIRD_PARTY_NOTICES.txt`: name, version and licence text of every package that the bundles contain. */
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from './build.ts';
import { root } from './root.ts';

export interface Package {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly folder: string;
}

/** The packages of which something is in the bundles. */
export async function bundledPackages(): Promise<Package[]> {
  const folders = new Set(
    (await build({ production: true, write: false })).flatMap((input) => packageFolder(input) ?? []),
  );
  folders.add('node_modules/@vscode/codicons'); // copied as files, so no bundle names it
  return Promise.all([...folders].sort().map(readPackage));
}

export async function writeNotices(): Promise<void> {
  const parts = await Promise.all((await bundledPackages()).map(notice));
  const head = 'This extension contains the following packages, each under its own licence.\n';
  await writeFile(
    path.join(root, 'THIRD_PARTY_NOTICES.txt'),
    [head, ...parts].join(`\n${'-'.repeat(78)}\n\n`),
  );
}

/** `node_modules/@scope/name` of a bundled file, also for nested installs. */
function packageFolder(input: string): string | undefined {
  return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
}

async function readPackage(folder: string): Promise<Package> {
  const manifest = JSON.parse(
    await readFile(path.join(root, folder, 'package.json'), 'utf8'),
  ) as Partial<Package>;
  const { name = folder, version = '', license = 'see below' } = manifest;
  return { name, version, license, folder };
}

async function notice({ name, version, license, folder }: Package): Promise<string> {
  const files = (await readdir(path.join(root, folder))).filter((file) =>
    /^(licen[cs]e|notice|copying)/i.test(file),
  );
  const texts = await Promise.all(files.map((file) => readFile(path.join(root, folder, file), 'utf8')));
  return (
    [`${name} ${version} (${license})`, '', ...texts.map((text) => text.trim())].join('\n').trimEnd() + '\n'
  );
}
