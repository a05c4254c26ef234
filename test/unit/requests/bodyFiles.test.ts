import { mkdir, mkdtemp, realpath, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BodyFiles } from '../../../src/requests/httpFile/bodyFiles.ts';

let folder: string;
let root: string;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'files-')));
  root = path.join(folder, 'workspace');
  await mkdir(path.join(root, '..own'), { recursive: true });
  await writeFile(path.join(folder, 'outside.txt'), 'not for others');
  await writeFile(path.join(root, '..own/in.txt'), 'in');
  await writeFile(path.join(root, 'big.bin'), '');
  await truncate(path.join(root, 'big.bin'), 50 * 1024 * 1024 + 1);
  await symlink(path.join(folder, 'outside.txt'), path.join(root, 'link.txt'));
});
afterAll(() => rm(folder, { recursive: true }));

function files(answer: boolean) {
  const asked: string[] = [];
  const ask = (file: string, host: string) => {
    asked.push(`${path.basename(file)} to ${host}`);
    return Promise.resolve(answer);
  };
  return { asked, files: new BodyFiles({ roots: () => [root], ask }) };
}

describe('files that a request names', () => {
  it('are sent from the workspace without a question', async () => {
    const { asked, files: own } = files(false);
    expect(await own.allow(path.join(root, '..own/in.txt'), 'https://h/')).toBe(
      path.join(root, '..own/in.txt'),
    );
    expect(asked).toEqual([]);
  });

  it('are asked for once for each server when they lie outside, also behind a link', async () => {
    const { asked, files: own } = files(true);
    const outside = path.join(root, '../outside.txt');
    for (const url of ['https://a/1', 'https://a/2', 'https://b/']) await own.allow(outside, url);
    expect(await own.allow(path.join(root, 'link.txt'), 'https://c/')).toBe(path.join(folder, 'outside.txt'));
    expect(asked).toEqual(['outside.txt to a', 'outside.txt to b', 'outside.txt to c']);
  });

  it('are not sent without a yes, and asked for again', async () => {
    const { asked, files: own } = files(false);
    const outside = path.join(folder, 'outside.txt');
    await expect(own.allow(outside, 'https://a/')).rejects.toMatchObject({ kind: 'cancelled' });
    await expect(own.allow(outside, 'https://a/')).rejects.toMatchObject({ kind: 'cancelled' });
    expect(asked).toHaveLength(2);
  });

  it('are named when they are missing, folders or too large', async () => {
    const { files: own } = files(true);
    await expect(own.allow(path.join(root, 'none'), 'https://a/')).rejects.toThrow('not there or is no file');
    await expect(own.allow(root, 'https://a/')).rejects.toThrow('not there or is no file');
    await expect(own.allow(path.join(root, 'big.bin'), 'https://a/')).rejects.toThrow('larger than 50 MB');
  });
});
