/** Folders of other users: only root can make some, so who owns them is a fault that is put in. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { projectFolders } from '../../../src/modal/cliCandidates.ts';

const foreign = new Set<string>();
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const stat = async (file: string) => {
    const found = await real.stat(file);
    return foreign.has(file) ? Object.assign(found, { uid: found.uid + 1 }) : found;
  };
  return { ...real, stat };
});

let parent: string;
let folder: string;
beforeEach(async () => {
  parent = await mkdtemp(path.join(os.tmpdir(), 'above-'));
  folder = path.join(parent, 'own');
  await mkdir(folder);
  foreign.clear();
});
afterEach(() => rm(parent, { recursive: true }));

it('takes no program from the folder above where that belongs to somebody else', async () => {
  await mkdir(path.join(parent, '.git'));
  expect(await projectFolders([folder])).toEqual([folder, parent]);
  foreign.add(parent);
  expect(await projectFolders([folder])).toEqual([folder]);
});
