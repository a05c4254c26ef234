/** Drafts between windows, with a secret storage that fails now and then. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { silentLogger } from '../../../src/shared/logger.ts';
import { emptyDraft } from '../../../src/domain/requestDraft.ts';
import { KeyedFiles } from '../../../src/features/requests/core/keyedFiles.ts';
import type { SealKeys } from '../../../src/features/requests/core/seal.ts';
import { RequestSession, byHand } from '../../../src/features/requests/ui/requestSession.ts';
import { SavedDrafts } from '../../../src/features/requests/ui/savedDrafts.ts';
import { appOf, endpointOf } from '../support/apps.ts';
import { secretStorage } from '../support/secretStorage.ts';

vi.mock('vscode', () => import('../support/editor.ts'));

const url = 'https://h.example/x';
const credential = 'canary0123456789';
const whole = `/x?api_key=${credential}&n=1`;
const masked = '/x?api_key={{API_KEY}}&n=1';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'saved-drafts-'));
});
afterEach(() => rm(folder, { recursive: true }));

const saved = (keys: SealKeys) => new SavedDrafts(new KeyedFiles(folder, 3), keys, silentLogger);
const session = () => {
  const made = new RequestSession({ app: appOf(), endpoint: endpointOf() });
  made.draft = emptyDraft('GET', whole);
  return made.saved;
};
const pathOf = async (drafts: SavedDrafts) => (await drafts.read(url))?.drafts[byHand]?.path;
const locked = () => Promise.reject(new Error('locked'));

it('a draft of another window is there without its credential when its key cannot be fetched', async () => {
  const other = saved(secretStorage());
  await other.read(url);
  await other.write(url, session());
  const own = secretStorage();
  const reader = saved({ ...own, get: (name) => (own.kept.size > 0 ? locked() : own.get(name)) });
  expect(await pathOf(reader)).toBe(masked);
});

it('a secret storage that failed once is asked again, and credentials are kept from then on', async () => {
  const storage = secretStorage();
  let isLocked = true;
  const drafts = saved({ ...storage, get: (name) => (isLocked ? locked() : storage.get(name)) });
  await drafts.read(url);
  await drafts.write(url, session());
  expect(await pathOf(saved(storage))).toBe(masked);
  isLocked = false;
  await drafts.read(url);
  await drafts.write(url, session());
  expect(await pathOf(saved(storage))).toBe(whole);
});

it('the last of two writes stays, also when the first one takes longer', async () => {
  const storage = secretStorage();
  const drafts = saved(storage);
  await drafts.read(url);
  const first = drafts.write(url, session());
  const last = { ...session(), entry: 'the last' };
  drafts.writeNow(url, last);
  await first;
  expect((await saved(storage).read(url))?.entry).toBe('the last');
});
