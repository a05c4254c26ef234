import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writePrivate, writePrivateNow } from '../../../../src/shared/files/privateFiles.ts';
import { temporaryFolder } from '../../../../src/shared/files/temporaryFolder.ts';
import { RequestHistory } from '../../../../src/features/savedRequests/core/history/history.ts';
import { KeyedFiles } from '../../../../src/features/requests/core/keyedFiles.ts';

let folder: string;
let umask: number;
beforeAll(async () => {
  umask = process.umask(0); // so that only what is asked for keeps others away
  folder = await mkdtemp(path.join(os.tmpdir(), 'private-'));
});
afterAll(async () => {
  process.umask(umask);
  await rm(folder, { recursive: true, force: true });
});

/** Who may do what with a file or folder, as the system says. */
const modeOf = async (place: string) => ((await stat(place)).mode & 0o777).toString(8);
const modesIn = async (place: string) => {
  const names = await readdir(place);
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await modeOf(path.join(place, name))] as const)),
  );
};
const longAgo = new Date(Date.now() - 2 * 60 * 60 * 1000);
const uuid = '0b6a3c1e-8f1d-4a55-9d0e-3b1f0a7c2d11';

describe.skipIf(process.platform === 'win32')('what is kept', () => {
  it('is for its user alone: drafts and API descriptions', async () => {
    const place = path.join(folder, 'a/deep/drafts');
    const files = new KeyedFiles(place, 5);
    await files.write('one', 'text');
    files.writeNow('two', 'text');
    expect([...new Set(Object.values(await modesIn(place)))]).toEqual(['600']);
    expect(await modeOf(place)).toBe('700');
  });

  it('is for its user alone: requests that were sent', async () => {
    const place = path.join(folder, 'history');
    const history = new RequestHistory(place);
    await history.add({
      spec: { method: 'GET', url: 'https://a.modal.run/', headers: {} },
      at: Date.now(),
      error: new Error('none'),
    });
    expect(Object.values(await modesIn(place))).toEqual(['600']);
    expect(await modeOf(place)).toBe('700');
  });

  it('is closed to others when an older version left it open', async () => {
    const place = path.join(folder, 'older');
    await mkdir(place, { mode: 0o755 });
    const old = path.join(place, '17-ab.json.broken');
    await writeFile(old, 'old', { mode: 0o644 });
    await new KeyedFiles(place, 5).read('any');
    expect([await modeOf(place), await modeOf(old)]).toEqual(['700', '600']);
  });
});

describe('what a crash has left', () => {
  it('is removed at the next use, unless it may still be written to', async () => {
    const place = path.join(folder, 'crashed');
    await mkdir(place);
    const left = [`a.json.${uuid}`, 'b.json.part', `c.json.${uuid}.part`];
    const stays = ['d.json', 'e.json.broken', `f.json.${uuid}.part`, `g.txt.${uuid}`];
    for (const name of [...left, ...stays]) await writeFile(path.join(place, name), '');
    for (const name of [...left, 'd.json', 'e.json.broken', `g.txt.${uuid}`])
      await utimes(path.join(place, name), longAgo, longAgo);
    await writePrivate(path.join(place, 'new.json'), 'x');
    expect((await readdir(place)).sort()).toEqual([...stays, 'new.json'].sort());
  });

  it(
    'is no part of a file: a process that is killed while it writes leaves the text before',
    { timeout: 30_000 },
    async () => {
      const place = path.join(folder, 'killed');
      const file = path.join(place, 'x.json');
      writePrivateNow(file, 'before');
      const writer = fork(path.resolve(import.meta.dirname, '../../support/endlessWriter.ts'), [file]);
      for (let kept = 0; kept < 3; kept++) await once(writer, 'message');
      writer.kill('SIGKILL');
      await once(writer, 'exit');
      expect(await readFile(file, 'utf8')).toMatch(/^(?:before|(\d)\1{1999999})$/);
    },
  );

  it('is removed from the temporary folder when its process has ended', async () => {
    const ended = spawn(process.execPath, ['-e', '']);
    await once(ended, 'exit');
    const [gone, lives, young] = [ended.pid, process.pid, ended.pid].map((pid, at) =>
      path.join(folder, `modal-answer-${pid}-aaaaa${at}`),
    );
    for (const place of [gone!, lives!, young!]) {
      await mkdir(place);
      await writeFile(path.join(place, 'answer'), 'x');
    }
    for (const place of [gone!, lives!]) await utimes(place, longAgo, longAgo);
    const fresh = await temporaryFolder('modal-answer', folder);
    const left = (await readdir(folder)).filter((name) => name.startsWith('modal-answer-'));
    expect(left.sort()).toEqual([lives!, young!, fresh].map((each) => path.basename(each)).sort());
  });
});

describe('a write', () => {
  it('that began earlier takes no place: of 200 at once the last is kept, and nothing else', async () => {
    const place = path.join(folder, 'many');
    const files = new KeyedFiles(place, 5);
    const texts = Array.from({ length: 200 }, (_, at) => `${at} `.repeat(1000));
    await Promise.all(texts.map((text) => files.write('draft', text)));
    expect(await files.read('draft')).toBe(texts.at(-1));
    expect(await readdir(place)).toHaveLength(1);
  });

  it('that the disk refuses leaves nothing behind', async () => {
    const place = path.join(folder, 'refused');
    const taken = path.join(place, 'a.json');
    await mkdir(path.join(taken, 'inside'), { recursive: true });
    await expect(writePrivate(taken, 'x')).rejects.toThrow(/EISDIR|ENOTEMPTY|EPERM/);
    expect(() => writePrivateNow(taken, 'x')).toThrow(/EISDIR|ENOTEMPTY|EPERM/);
    expect(await readdir(place)).toEqual(['a.json']);
  });
});
