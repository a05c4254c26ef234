import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../../../scripts/root.ts';
import { oldestEditor } from '../../host/versions.ts';

interface Manifest {
  readonly categories: string[];
  readonly keywords: string[];
  readonly engines: { readonly vscode: string };
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly contributes: {
    readonly commands: { readonly category: string; readonly title: string }[];
    readonly walkthroughs: { readonly title: string }[];
  };
}

const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const manifest = JSON.parse(read('package.json')) as Manifest;

it('has only categories that the registries know, and words that are searched for', () => {
  // https://code.visualstudio.com/api/references/extension-manifest
  const known =
    'AI, Azure, Chat, Data Science, Debuggers, Education, Extension Packs, Formatters, Keymaps, Language Packs, Linters, Machine Learning, Notebooks, Other, Programming Languages, SCM Providers, Snippets, Testing, Themes, Visualization';
  expect(known.split(', ')).toEqual(expect.arrayContaining(manifest.categories));
  expect(manifest.keywords).toEqual([...new Set(manifest.keywords.map((word) => word.toLowerCase()))]);
  expect(manifest.keywords.length).toBeLessThanOrEqual(30);
});

it('is written against the oldest editor that it allows, and tested in that one', () => {
  const floor = manifest.engines.vscode.replace('^', '');
  expect(manifest.devDependencies['@types/vscode']).toBe(floor);
  const [, minor, patch] = /^4\.(\d+)\.(\d+)$/.exec(oldestEditor.codeServer) ?? [];
  expect(`1.${minor}.0`).toBe(floor);
  expect(patch).toBeDefined();
});

it('SUPPORT.md names a command and a walkthrough that are there', () => {
  const { commands, walkthroughs } = manifest.contributes;
  const titles = [
    ...commands.map(({ category, title }) => `${category}: ${title}`),
    ...walkthroughs.map(({ title }) => title),
  ];
  const named = [...read('SUPPORT.md').matchAll(/\*((?:Modal: )?[A-Z][^*]+)\*(?!\*)/g)].map(
    ([, title]) => title,
  );
  expect(named.length).toBeGreaterThan(1);
  expect(named.filter((title) => !titles.includes(title ?? ''))).toEqual([]);
});
