import { fork } from 'node:child_process';
import { createCipheriv, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Seal } from '../../../src/features/requests/core/seal.ts';
import { storageIn } from '../support/sealWindow.ts';
import { secretStorage } from '../support/secretStorage.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'seal-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const programme = path.resolve(import.meta.dirname, '../support/sealWindow.ts');

/** What processes have sealed that began at the same time. */
async function sealedByWindows(storage: string, texts: readonly string[]): Promise<string[]> {
  const windows = texts.map((text) => fork(programme, [storage, text]));
  await Promise.all(windows.map((window) => once(window, 'message')));
  const sealed = windows.map(async (window) => String((await once(window, 'message'))[0]));
  for (const window of windows) window.send('begin');
  return Promise.all(sealed);
}

describe('windows that open for the first time at once', () => {
  it('may make a key each, and nothing that they sealed is lost', { timeout: 60_000 }, async () => {
    let most = 0;
    for (let round = 0; round < 5; round++) {
      const storage = await mkdtemp(path.join(folder, 'storage-'));
      const texts = ['one', 'two', 'three'];
      const sealed = await sealedByWindows(storage, texts);
      const later = await Seal.with(storageIn(storage));
      for (const each of sealed) await later.learn(each);
      expect(sealed.map((each) => later.open(each))).toEqual(texts);
      most = Math.max(most, (await readdir(storage)).length - 1);
    }
    expect(most, 'keys that were made in one round').toBeGreaterThan(1);
  });
});

describe('a seal', () => {
  it('opens what an older version sealed, also when another key has taken the place of its key', async () => {
    const storage = secretStorage();
    const key = randomBytes(32);
    storage.kept.set('requestDraftsKey', key.toString('base64'));
    const nonce = randomBytes(12);
    const sealing = createCipheriv('aes-256-gcm', key, nonce);
    const bytes = [sealing.update('old', 'utf8'), sealing.final()];
    const old = Buffer.concat([nonce, sealing.getAuthTag(), ...bytes]).toString('base64');
    const seal = await Seal.with(storage);
    expect(seal.open(old)).toBe('old');
    const fresh = seal.close('new');
    storage.kept.set('requestDraftsKey', randomBytes(32).toString('base64'));
    const later = await Seal.with(storage);
    await later.learn(fresh);
    expect(later.open(fresh)).toBe('new');
  });

  it('opens nothing that was changed, or sealed with a key that is gone', async () => {
    const seal = await Seal.with(secretStorage());
    const other = await Seal.with(secretStorage());
    const sealed = other.close('text');
    await seal.learn(sealed);
    expect(seal.open(sealed)).toBeUndefined();
    const own = seal.close('text');
    expect(seal.open(own)).toBe('text');
    expect(seal.open(own.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')))).toBeUndefined();
    expect(seal.open(own.slice(0, 40))).toBeUndefined();
    expect(seal.open('')).toBeUndefined();
  });
});
