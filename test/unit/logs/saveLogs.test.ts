import {
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ModalError } from '../../../src/domain/errors.ts';
import type { LogChunk } from '../../../src/domain/log.ts';
import { noFilter } from '../../../src/domain/logFilter.ts';
import type { DownloadOptions } from '../../../src/features/logs/core/download.ts';
import { diskError, saveLogs } from '../../../src/features/logs/core/saveLogs.ts';
import { batchOf, chunk } from './support.ts';

const hour = 3_600_000;
const chunks = Array.from({ length: 5000 }, (_, at) => chunk(`${at}\n`, { time: hour + at * 100 }));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'save-'));
});
afterEach(() => rm(folder, { recursive: true }));

const server = (held: readonly LogChunk[] = chunks): Omit<DownloadOptions, 'write'> => ({
  query: { appId: 'ap-1' },
  filter: noFilter,
  range: { since: 0, until: 24 * hour },
  format: 'text',
  fetch: (_query, { since, until }, limit) =>
    Promise.resolve([batchOf('', ...held.filter(({ time }) => time >= since && time < until).slice(-limit))]),
  count: (_query, { since, until }, width) => {
    const counts = new Map<number, number>();
    for (const { time } of held.filter((each) => each.time >= since && each.time < until)) {
      const begin = Math.floor(time / (width * 1000)) * width * 1000;
      counts.set(begin, (counts.get(begin) ?? 0) + 1);
    }
    return Promise.resolve(
      [...counts].map(([begin, stdout]) => ({
        ...{ since: begin, until: begin + width * 1000 },
        ...{ stdout, stderr: 0, system: 0 },
      })),
    );
  },
});

const file = () => path.join(folder, 'app.log');
const linesOf = async (name: string) => (await readFile(name, 'utf8')).trimEnd().split('\n');

describe('a download into a file', () => {
  it('has the query in its first line, and every line', async () => {
    const result = await saveLogs(file(), server());
    expect(result).toMatchObject({ written: 5000, cut: [] });
    const [header, ...lines] = await linesOf(file());
    expect(header).toMatch(/^# Modal logs: appId="ap-1" since="1970-01-01T00:00:00.000Z"/);
    expect(lines).toHaveLength(5000);
    expect(lines.at(-1)).toMatch(/ 4999$/);
    expect(await readdir(folder)).toEqual(['app.log']);
  });

  it.each([
    ['cancelled', 'cancelled', () => undefined],
    [
      'broken off by the server',
      'offline',
      () => {
        throw new ModalError('offline', 'The connection to Modal was lost.');
      },
    ],
  ])('that is %s leaves the file as it was, and nothing else', async (_name, kind, during) => {
    await writeFile(file(), 'what was there');
    const abort = new AbortController();
    const options = server();
    let fetches = 0;
    const saving = saveLogs(file(), {
      ...options,
      range: { since: hour, until: hour + 600_000 },
      fetch: async (...call) => {
        if (++fetches === 2) {
          // Some of it has been written by now, under another name.
          expect(await readdir(folder)).toContainEqual(expect.stringMatching(/\.part$/));
          if (kind === 'cancelled') abort.abort();
          during();
        }
        return options.fetch(...call);
      },
      signal: abort.signal,
    });
    await expect(saving).rejects.toMatchObject({ kind });
    expect(await readFile(file(), 'utf8')).toBe('what was there');
    expect(await readdir(folder)).toEqual(['app.log']);
  });

  it('works with a server that does not count', async () => {
    const count = () =>
      Promise.reject(new ModalError('unsupported', 'This Modal server does not offer that.'));
    const result = await saveLogs(file(), { ...server(), count });
    expect(result).toMatchObject({ total: 0, written: 5000 });
    expect((await linesOf(file())).slice(1)).toHaveLength(5000);
  });

  it('of nothing holds only the query', async () => {
    expect(await saveLogs(file(), server([]))).toMatchObject({ written: 0 });
    expect(await linesOf(file())).toHaveLength(1);
  });

  it('is for its user alone, unless it replaces what others may read, and removes what a crash has left', async () => {
    const longAgo = new Date(Date.now() - 7_200_000);
    const [old, young, others] = ['.app.log.0123abcd.part', '.app.log.0123abce.part', '.b.log.0123abcd.part'];
    for (const name of [old, young, others]) await writeFile(path.join(folder, name), '');
    for (const name of [old, others]) await utimes(path.join(folder, name), longAgo, longAgo);
    await saveLogs(file(), server());
    const mode = async () => ((await stat(file())).mode & 0o777).toString(8);
    if (process.platform !== 'win32') expect(await mode()).toBe('600');
    expect(await readdir(folder)).toEqual([young, others, 'app.log']);
    await chmod(file(), 0o640);
    await saveLogs(file(), server());
    if (process.platform !== 'win32') expect(await mode()).toBe('640');
  });

  it('keeps a link a link', async () => {
    await writeFile(path.join(folder, 'target.log'), '');
    await symlink('target.log', file());
    await saveLogs(file(), server());
    expect(await linesOf(path.join(folder, 'target.log'))).toHaveLength(5001);
  });

  it('says what the disk has against it, and what to do', async () => {
    await mkdir(file());
    await expect(saveLogs(file(), server())).rejects.toMatchObject({
      kind: 'invalid',
      message: 'app.log cannot be written. There is a folder of that name. Choose another name.',
    });
    expect(await readdir(folder)).toEqual(['app.log']);
    await expect(saveLogs(path.join(folder, 'gone/app.log'), server())).rejects.toMatchObject({
      message: expect.stringContaining('The folder is gone.') as unknown,
    });
    const full = Object.assign(new Error('write'), { code: 'ENOSPC' });
    expect(diskError(full, file())).toMatchObject({
      message: 'app.log cannot be written. The disk is full. Free some space, or choose another folder.',
    });
    for (const code of ['EPERM', 'EACCES'])
      expect(diskError(Object.assign(new Error('write'), { code }), file())).toMatchObject({
        message: 'app.log cannot be written. You may not write there. Choose another folder.',
      });
    expect(diskError(Object.assign(new Error('EIO: broken'), { code: 'EIO' }), file())).toMatchObject({
      message: 'app.log cannot be written. EIO: broken. Choose another folder.',
    });
  });
});
