import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

interface Locked {
  readonly integrity?: string;
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
  readonly link?: boolean;
}

// Of the checkout, and of what publishes a release.
const locked = ['package-lock.json', 'scripts/release/publish/package-lock.json'].flatMap((name) => {
  const file = path.resolve(import.meta.dirname, '../..', name);
  const { packages } = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, Locked> };
  return Object.entries(packages).filter(([folder]) => folder !== '');
});

it('every package that is installed is one whose content is known', () => {
  const unknown = locked.filter(([, { integrity = '' }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity));
  expect(locked.length).toBeGreaterThan(650);
  expect(unknown.map(([folder]) => folder)).toEqual([]);
});

it('no package comes from elsewhere than a registry, and only these run a script when they are installed', () => {
  const elsewhere = locked.filter(
    ([, { resolved, link }]) =>
      link ?? (resolved !== undefined && !/^https:\/\/[^/]+\/.*\.tgz$/.test(resolved)),
  );
  expect(elsewhere.map(([folder]) => folder)).toEqual([]);
  const scripts = locked.filter(([, { hasInstallScript }]) => hasInstallScript);
  const { allowScripts } = JSON.parse(
    readFileSync(path.resolve(import.meta.dirname, '../../package.json'), 'utf8'),
  ) as { allowScripts: Record<string, boolean> };
  expect(Object.keys(allowScripts).filter((name) => allowScripts[name])).toEqual(['node', 'esbuild']);
  const names = scripts.map(([folder]) => folder.replace(/^.*node_modules\//, ''));
  expect([...new Set(names)].sort()).toEqual(Object.keys(allowScripts).sort());
});
