import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../../../scripts/root.ts';

/** The third column of the table: what stands there as code, below `test/` or as a path of the apps. */
function namedTests(): string[] {
  const rows = readFileSync(path.join(root, 'SECURITY.md'), 'utf8').split('\n');
  const cells = rows.flatMap((row) => (row.startsWith('|') ? (row.split('|').at(-2) ?? '') : []));
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
}

const exists = (name: string) =>
  name.startsWith('…/')
    ? globSync(`modal_apps/tests/${name.slice(2)}`, { cwd: root }).length === 1
    : ['', 'test/'].some((folder) =>
        ['', '.test.ts'].some((ending) => existsSync(path.join(root, folder + name + ending))),
      );

it('SECURITY.md names only tests that are there', () => {
  const names = namedTests();
  expect(names.length).toBeGreaterThan(40);
  expect(names.filter((name) => !exists(name))).toEqual([]);
});
