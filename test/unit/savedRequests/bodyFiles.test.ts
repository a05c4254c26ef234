import { mkdir, mkdtemp, realpath, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BodyFiles } from '../../../src/features/savedRequests/core/httpFile/bodyFiles.ts';

let folder: string;
let root: string;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'files-')));
  root = path.join(folder, 'workspace');
  await mkdir(path.join(root, '..own'), { recursive: true });
  await mkdir(path.join(folder, 'workspace-other'));
  await writeFile(path.join(folder, 'outside.txt'), 'not for others');
  await writeFile(path.join(folder, 'workspace-other/key'), 'not for others');
  await writeFile(path.join(root, '..own/in.txt'), 'in');
  await writeFile(path.join(root, 'big.bin'), '');
  await truncate(path.join(root, 'big.bin'), 50 * 1024 * 1024 + 1);
  await symlink(path.join(folder, 'outside.txt'), path.join(root, 'link.txt'));
  await symlink(folder, path.join(root, 'up'));
  await symlink('up', path.join(root, 'again'));
});
afterAll(() => rm(folder, { recursive: true }));

function files(answer: boolean, roots = [root]) {
  const asked: string[] = [];
  const own = new BodyFiles({
    roots: () => roots,
    ask: ({ files: names, server }) => {
      asked.push(`${names.map((name) => path.relative(folder, name)).join(' and ')} to ${server}`);
      return Promise.resolve(answer);
    },
  });
  return { asked, files: own };
}

describe('files that a request names', () => {
  it('are sent from the workspace without a question', async () => {
    const { asked, files: own } = files(false);
    const inside = path.join(root, '..own/in.txt');
    expect(await own.allow([inside, path.join(root, 'again/workspace/..own/in.txt')], 'https://h/')).toEqual([
      inside,
      inside,
    ]);
    expect(asked).toEqual([]);
  });

  it('are asked for where no folder is trusted, also those of the workspace', async () => {
    const { asked, files: own } = files(false, []);
    const inside = path.join(root, '..own/in.txt');
    await expect(own.allow([inside], 'https://h/')).rejects.toMatchObject({ kind: 'cancelled' });
    expect(asked).toEqual(['workspace/..own/in.txt to h']);
  });

  it('are asked for once for each server when they lie outside', async () => {
    const { asked, files: own } = files(true);
    const outside = path.join(root, '../outside.txt');
    for (const url of ['https://a/1', 'https://a/2', 'https://b/', 'https://a:444/', 'http://a/'])
      await own.allow([outside], url);
    expect(asked).toEqual(['a', 'b', 'a:444', 'a'].map((server) => `outside.txt to ${server}`));
  });

  it('are named by the place where they really are, behind links, dots and neighbours of like name', async () => {
    const { asked, files: own } = files(true);
    const names = ['link.txt', 'up/outside.txt', 'again/workspace/up/outside.txt', '..own/../../outside.txt'];
    for (const [at, name] of names.entries())
      expect(await own.allow([path.join(root, name)], `https://${at}.h/`)).toEqual([
        path.join(folder, 'outside.txt'),
      ]);
    await own.allow([path.join(root, '../workspace-other/key')], 'https://h/');
    expect(asked).toEqual([...names.map((_, at) => `outside.txt to ${at}.h`), 'workspace-other/key to h']);
  });

  it('are all named in one question', async () => {
    const { asked, files: own } = files(true);
    const names = ['link.txt', '..own/in.txt', '../workspace-other/key', '../outside.txt'];
    await own.allow(
      names.map((name) => path.join(root, name)),
      'https://user:pass@h:8443/x',
    );
    expect(asked).toEqual(['outside.txt and workspace-other/key to h:8443']);
  });

  it('are not sent without a yes, and asked for again', async () => {
    const { asked, files: own } = files(false);
    const outside = path.join(folder, 'outside.txt');
    await expect(own.allow([outside], 'https://a/')).rejects.toMatchObject({ kind: 'cancelled' });
    await expect(own.allow([outside], 'https://a/')).rejects.toMatchObject({ kind: 'cancelled' });
    expect(asked).toHaveLength(2);
  });

  it('are named when they are missing, folders or too large', async () => {
    const { files: own } = files(true);
    await expect(own.allow([path.join(root, 'none')], 'https://a/')).rejects.toThrow(
      "doesn't exist or isn't a file",
    );
    await expect(own.allow([root], 'https://a/')).rejects.toThrow("doesn't exist or isn't a file");
    await expect(own.allow([path.join(root, 'big.bin')], 'https://a/')).rejects.toThrow('larger than 50 MB');
  });
});
