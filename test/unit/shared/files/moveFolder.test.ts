import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { moveFolder } from '../../../../src/shared/files/moveFolder.ts';

let root: string;
const at = (...names: string[]) => path.join(root, ...names);

beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'move-'));
});
afterEach(() => rm(root, { recursive: true }));

async function fill(folder: string, files: Record<string, string>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(path.join(folder, name), content);
}

it('takes over a folder whole, and leaves nothing behind', async () => {
  await fill(at('old', 'drafts'), { a: '1', b: '2' });
  moveFolder(at('old', 'drafts'), at('new', 'deep', 'drafts'));
  expect(await readdir(at('new', 'deep', 'drafts'))).toEqual(['a', 'b']);
  expect(await readdir(at('old'))).toEqual([]);
});

it('adds to what another window has moved there, and loses neither of two files of one name', async () => {
  await fill(at('old'), { a: 'older', b: '2' });
  await fill(at('new'), { a: 'newer' });
  moveFolder(at('old'), at('new'));
  expect(await readdir(at('new'))).toEqual(['a', 'b']);
  expect(await readFile(at('new', 'a'), 'utf8')).toBe('newer');
  expect(await readFile(at('old', 'a'), 'utf8')).toBe('older');
});

it('does nothing where there is nothing to take over, and does not throw where it cannot', async () => {
  moveFolder(at('none'), at('new'));
  expect(await readdir(root)).toEqual([]);
  await fill(at('old'), { a: '1' });
  await writeFile(at('file'), 'in the way');
  moveFolder(at('old'), at('file', 'below'));
  expect(await readdir(at('old'))).toEqual(['a']);
});
