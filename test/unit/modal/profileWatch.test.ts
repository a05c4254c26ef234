import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { watchProfile } from '../../../src/modal/profileWatch.ts';

it('notices a file that appears, changes, is replaced and goes, and nothing else', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'watch-'));
  const file = path.join(folder, '.modal.toml');
  let calls = 0;
  const watch = watchProfile(file, () => calls++, 20);
  const noticed = async (change: () => Promise<unknown>) => {
    const before = calls;
    await change();
    while (calls === before) await sleep(10);
  };
  await writeFile(path.join(folder, 'other'), 'x');
  await sleep(100);
  expect(calls).toBe(0);
  await noticed(() => writeFile(file, 'one'));
  await noticed(() => writeFile(file, 'longer'));
  await writeFile(path.join(folder, 'new'), 'longer');
  await noticed(() => rename(path.join(folder, 'new'), file));
  await noticed(() => rm(file));
  watch.dispose();
  const after = calls;
  await writeFile(file, 'again');
  await sleep(100);
  expect(calls).toBe(after);
  await rm(folder, { recursive: true });
});
