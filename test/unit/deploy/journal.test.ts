import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../../src/features/deploy/core/journal.ts';
import { DeployJournal } from '../../../src/features/deploy/core/journal.ts';
import type { Owner } from '../../../src/features/deploy/core/owner.ts';

const day = 24 * 60 * 60_000;
const now = 100 * day;
const owner: Owner = { machine: 'here', pid: 7, began: '1' };
const entry: JournalEntry = {
  id: 'one',
  account: 'https://api.modal.com#acme',
  title: 'FinBERT',
  appName: 'finbert-analyst',
  environment: 'main',
  startedAt: now - 5,
  owner: { machine: 'here', pid: 1, began: '1' },
};

let folder: string;
let memory: Map<string, unknown>;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'journal-'));
  memory = new Map();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Another window of the same workspace. */
function window(): DeployJournal {
  const memento = {
    get: (key: string) => memory.get(key),
    update: (key: string, value: unknown) =>
      Promise.resolve(value === undefined ? void memory.delete(key) : void memory.set(key, value)),
  };
  return new DeployJournal(
    () => path.join(folder, 'deploys'),
    memento,
    () => now,
  );
}

describe('the journal of deploys', () => {
  it('is empty before anything was deployed', async () => {
    expect(await window().entries()).toEqual([]);
  });

  it('is there for another window, with what was learnt last', async () => {
    const journal = window();
    void journal.write(entry);
    void journal.write({ ...entry, pid: 12 });
    await journal.write({ ...entry, pid: 12, appId: 'ap-1' });
    expect(await window().entries()).toEqual([{ ...entry, pid: 12, appId: 'ap-1' }]);
    await window().remove('one');
    expect(await journal.entries()).toEqual([]);
  });

  it('keeps what two windows write at the same time', async () => {
    const windows = [window(), window(), window()];
    const writes = windows.flatMap((journal, at) =>
      Array.from({ length: 10 }, (_, nth) => journal.write({ ...entry, id: `${at}/${nth}` })),
    );
    await Promise.all(writes);
    expect(await window().entries()).toHaveLength(30);
    await Promise.all(windows.map((journal, at) => journal.remove(`${at}/3`)));
    expect(await window().entries()).toHaveLength(27);
  });

  it('gives a deploy that was cut off to one of the windows that want it', async () => {
    await window().write(entry);
    const windows = Array.from({ length: 8 }, window);
    await Promise.all(windows.map((journal) => journal.entries()));
    const taken = await Promise.all(windows.map((journal) => journal.take(entry, owner)));
    expect(taken.filter(Boolean)).toHaveLength(1);
    expect(await window().entries()).toEqual([{ ...entry, owner }]);
    await windows[taken.indexOf(true)]!.remove(entry.id);
    expect(await readdir(path.join(folder, 'deploys'))).toEqual([]);
  });

  it('leaves out what is old, damaged or of another version', async () => {
    const journal = window();
    await journal.write(entry);
    await journal.write({ ...entry, id: 'old', startedAt: now - 8 * day });
    await writeFile(path.join(folder, 'deploys', 'damaged.json'), '{"id":"x"');
    await writeFile(path.join(folder, 'deploys', 'other.json'), '{"other":1}');
    await writeFile(path.join(folder, 'deploys', 'null.json'), 'null');
    expect(await window().entries()).toEqual([entry]);
  });
});

describe('a journal of version 0.7.0', () => {
  const before: Partial<JournalEntry> = { ...entry };
  delete (before as { owner?: Owner }).owner;

  it('is taken over once, with the account in place of the token', async () => {
    const account = 'snapshot:http://127.0.0.1:9:work:0123456789ab';
    memory.set('deploys', [{ other: 1 }, { ...before, account, pid: 12 }, null]);
    expect(await window().entries()).toEqual([{ ...before, account: 'http://127.0.0.1:9|work', pid: 12 }]);
    expect(memory.has('deploys')).toBe(false);
    expect(await window().entries()).toHaveLength(1);
  });

  it('is nothing when it is no list', async () => {
    memory.set('deploys', 'text');
    expect(await window().entries()).toEqual([]);
  });
});
