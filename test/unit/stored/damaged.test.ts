/** Stored state that cannot be used: the rest is read, the bad part lies beside it, and it is told once. */
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ArrangementStore } from '../../../src/features/apps/ui/arrangementStore.ts';
import { defaultArrangement } from '../../../src/features/apps/core/arrangement.ts';
import type { JournalEntry } from '../../../src/features/deploy/core/journal.ts';
import { DeployJournal } from '../../../src/features/deploy/core/journal.ts';
import { ChoiceMemory } from '../../../src/features/deploy/ui/choiceMemory.ts';
import { isPlan } from '../../../src/features/loadTest/core/limits.ts';
import { KeyedFiles } from '../../../src/features/requests/core/keyedFiles.ts';
import { SavedDrafts } from '../../../src/features/requests/ui/savedDrafts.ts';
import { RequestHistory } from '../../../src/features/savedRequests/core/history/history.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { isTexts, readMemory } from '../../../src/shared/memory.ts';
import { loadSnapshot, storeSnapshot } from '../../../src/store/snapshot.ts';
import { emptySnapshot } from '../../../src/store/snapshot.ts';
import { appOf } from '../support/apps.ts';
import { memento } from '../support/memento.ts';
import { secretStorage } from '../support/secretStorage.ts';
import * as put from './putIn.mjs';

vi.mock('vscode', () => import('../support/editor.ts'));

let folder: string;
let aside: string[];
const onAside = (file: string) => void aside.push(file);

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'damaged-'));
  aside = [];
});
afterEach(() => rm(folder, { recursive: true }));

/** Two things that are kept in files of their own; reading names those that are there. */
interface Kind {
  readonly write: (which: 0 | 1) => Promise<unknown>;
  readonly read: () => Promise<readonly string[]>;
}

const [first, second] = put.sessions as [(typeof put.sessions)[0], (typeof put.sessions)[0]];
const urls = [first.target.endpoint.url, second.target.endpoint.url] as const;

function drafts(): Kind {
  const saved = new SavedDrafts(new KeyedFiles(folder, 9, onAside), secretStorage(), silentLogger);
  const session = { target: first.target, auth: first.auth, entry: first.last, drafts: first.entries };
  return {
    write: (which) => saved.write(urls[which], session),
    read: async () => {
      const read = await Promise.all(urls.map(async (url) => ((await saved.read(url)) ? [url] : [])));
      return read.flat();
    },
  };
}

function history(): Kind {
  const kept = new RequestHistory(folder);
  return {
    write: (which) => {
      const spec = { method: 'GET', url: urls[which], headers: {} };
      return kept.add({ spec, at: 1000 + which, error: new Error('refused') });
    },
    read: async () => {
      const { entries, broken } = await kept.read();
      broken.forEach(onAside);
      return entries.map(({ request }) => request.url);
    },
  };
}

const entry = (id: string): JournalEntry => ({
  id,
  account: put.account,
  title: 'demo',
  appName: 'demo',
  environment: 'main',
  startedAt: 1000,
});
function journal(): Kind {
  const kept = new DeployJournal(
    () => folder,
    memento(),
    () => 2000,
    onAside,
  );
  return {
    write: (which) => kept.write(entry(urls[which])),
    read: async () => (await kept.entries()).map(({ id }) => id),
  };
}

const damages: readonly (readonly [string, (text: string) => string | undefined])[] = [
  ['cut off', (text) => text.slice(0, text.length / 2)],
  ['empty', () => ''],
  ['not JSON', () => 'größe\0'],
  ['a list', () => '[]'],
  ['null', () => 'null'],
  ['a number', () => '7'],
  ['another record', () => '{"version":99,"items":[{"a":1}]}'],
  ['a folder', () => undefined],
];

describe.each([
  ['draft', drafts],
  ['request of the history', history],
  ['deploy of the journal', journal],
])('a %s whose file', (_, kindOf) => {
  it.each(damages)('is %s is set aside once, and no other is lost, now or later', async (__, damage) => {
    const kind = kindOf();
    await kind.write(0);
    const [name = ''] = await readdir(folder);
    await kind.write(1);
    const file = path.join(folder, name);
    const content = damage(await readFile(file, 'utf8'));
    await rm(file);
    if (content === undefined) await mkdir(path.join(file, 'inner'), { recursive: true });
    else await writeFile(file, content);

    expect(await kindOf().read()).toEqual([urls[1]]);
    expect(aside).toEqual([`${file}.broken`]);
    expect(await kindOf().read()).toEqual([urls[1]]);
    expect(aside).toHaveLength(1);
    await kindOf().write(0);
    expect((await kindOf().read()).toSorted()).toEqual(urls.toSorted());
    if (content === undefined) expect(await readdir(`${file}.broken`)).toEqual(['inner']);
    else expect(await readFile(`${file}.broken`, 'utf8')).toBe(content);
  });

  it('was damaged before keeps what was set aside then', async () => {
    const kind = kindOf();
    await kind.write(0);
    const [name = ''] = await readdir(folder);
    const file = path.join(folder, name);
    for (const content of ['first', 'second']) {
      await writeFile(file, content);
      await kindOf().read();
    }
    const kept = (await readdir(folder)).filter((each) => each.includes('.broken'));
    const contents = await Promise.all(kept.map((each) => readFile(path.join(folder, each), 'utf8')));
    expect(contents.toSorted()).toEqual(['first', 'second']);
  });

  it('was half written under another name when the window died is as it was before', async () => {
    await kindOf().write(0);
    const [name = ''] = await readdir(folder);
    const parts = [`${name}.part`, `${name}.01234567-89ab-cdef-0123-456789abcdef.part`];
    for (const part of parts) await writeFile(path.join(folder, part), '{"half');
    expect(await kindOf().read()).toEqual([urls[0]]);
    expect(aside).toEqual([]);
  });
});

it('one draft that a newer version has written costs no other, and stays in the file that is set aside', async () => {
  const write = drafts();
  await write.write(0);
  const [name = ''] = await readdir(folder);
  const file = path.join(folder, name);
  const session = JSON.parse(await readFile(file, 'utf8')) as Record<string, Record<string, object>>;
  const newer = {
    ...session,
    target: { ...session['target'], app: { ...session['target']?.['app'], state: 'resting' } },
    drafts: { ...session['drafts'], new: { ...session['drafts']?.['hand'], body: { kind: 'graphql' } } },
  };
  await writeFile(file, JSON.stringify(newer));
  const saved = new SavedDrafts(new KeyedFiles(folder, 9, onAside), secretStorage(), silentLogger);
  for (const round of ['set aside', 'written anew']) {
    const read = await saved.read(urls[0]);
    expect(read?.drafts, round).toEqual(first.entries);
    expect(read?.target.app.state, round).toBe('unknown');
  }
  expect(aside).toEqual([`${file}.broken`]);
  expect(JSON.parse(await readFile(`${file}.broken`, 'utf8'))).toEqual(newer);
});

it('a deploy that a newer version has under way stays where its window finds it', async () => {
  const newer = JSON.stringify({ ...entry('x'), kind: 'batch' });
  await writeFile(path.join(folder, 'x.json'), newer);
  expect(await journal().read()).toEqual([]);
  expect(aside).toEqual([]);
  expect(await readFile(path.join(folder, 'x.json'), 'utf8')).toBe(newer);
});

it('a deploy of the editor’s memory that cannot be used is kept there, and the others are taken over', async () => {
  const odd = { id: 'odd', when: 'yesterday' };
  const memory = memento({ deploys: [odd, entry('good')] });
  const kept = new DeployJournal(
    () => folder,
    memory,
    () => 2000,
  );
  expect((await kept.entries()).map(({ id }) => id)).toEqual(['good']);
  expect(memory.kept).toEqual({ 'deploys.broken': [odd] });
});

const oddValues: readonly unknown[] = [7, 'text', null, [[]], { a: 1 }, { a: { gpu: 7 } }, [{}, 7]];

it.each(oddValues.map((value) => [JSON.stringify(value), value]))(
  'values of the memory that are %s throw nothing and are kept beside what is written next',
  async (_, odd) => {
    const keys = ['deployChoices', 'deployedNames', 'apps.arrangement', 'loadTest.plan', 'cpuConfirmed'];
    const memory = memento(Object.fromEntries(keys.map((key) => [key, odd])));
    const choices = new ChoiceMemory(memory);
    expect(choices.get('app', 'main')).toBeUndefined();
    expect(choices.lastName('key', 'main')).toBeUndefined();
    for (const plan of put.plans) await choices.keep(plan);
    await choices.keepName('key', { appName: 'app', environment: 'main' });
    const arrangement = new ArrangementStore(memory);
    expect(arrangement.current).toEqual(defaultArrangement);
    arrangement.change({ sortBy: 'running' });
    expect(readMemory(memory, 'loadTest.plan', isPlan)).toBeUndefined();
    expect(readMemory(memory, 'cpuConfirmed', isTexts)).toBeUndefined();
    expect(new ChoiceMemory(memory).get('vllm', 'prod')?.gpu).toBe('H100');
    expect(new ChoiceMemory(memory).lastName('key', 'main')).toBe('app');
    const asideKeys = keys.filter(
      (key) => JSON.stringify(memory.kept[`${key}.broken`]) === JSON.stringify([odd]),
    );
    const isArrangement = typeof odd === 'object' && odd !== null && !Array.isArray(odd);
    expect(asideKeys).toEqual(isArrangement ? keys.filter((key) => key !== 'apps.arrangement') : keys);
  },
);

it.each(oddValues.map((value) => [JSON.stringify(value), value]))(
  'cached rows that are %s are not shown, and the usable ones are',
  (_, odd) => {
    const whole = storeSnapshot({ ...emptySnapshot, apps: [appOf()], readAt: 5 });
    expect(loadSnapshot(odd)).toBeUndefined();
    for (const key of ['environments', 'details', 'endpoints', 'readAt']) {
      const read = loadSnapshot({ ...whole, [key]: odd });
      expect(read).toEqual({
        ...emptySnapshot,
        apps: [appOf()],
        readAt: key === 'readAt' ? (odd === 7 ? 7 : 0) : 5,
      });
    }
    expect(loadSnapshot({ ...whole, apps: [odd, appOf()] })?.apps).toEqual([appOf()]);
    expect(loadSnapshot({ ...whole, format: 99 })).toBeUndefined();
  },
);
