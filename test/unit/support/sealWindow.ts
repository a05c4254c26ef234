/**
 * A window that opens for the first time: makes its seal with a secret storage of files, which is as slow and as
 * forgetful of others as the editor's, seals a text, and prints it.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Seal } from '../../../src/features/requests/core/seal.ts';
import type { SealKeys } from '../../../src/features/requests/core/seal.ts';

/** A secret storage that processes share. */
export function storageIn(folder: string, waitMs = 0): SealKeys {
  const wait = () => new Promise((resolve) => setTimeout(resolve, Math.random() * waitMs));
  const file = (name: string) => path.join(folder, name);
  return {
    get: async (name) => {
      const text = await readFile(file(name), 'utf8').catch(() => undefined);
      await wait();
      return text;
    },
    store: async (name, value) => {
      await wait();
      await writeFile(file(name), value, { mode: 0o600 });
    },
  };
}

const [folder, text] = process.argv.slice(2);
if (folder && text && process.send) {
  process.once('message', () => {
    void (async () => {
      const seal = await Seal.with(storageIn(folder, 30));
      process.send?.(seal.close(text), () => process.exit());
    })();
  });
  process.send('ready');
}
