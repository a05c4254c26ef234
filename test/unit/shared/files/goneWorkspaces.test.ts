import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noteWorkspace, removeGoneWorkspaces } from '../../../../src/shared/files/goneWorkspaces.ts';

const day = 24 * 60 * 60_000;

let root: string;
const at = (...parts: string[]) => path.join(root, ...parts);
const uri = (name: string) => pathToFileURL(at('code', name)).toString();

beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'workspaces-'));
  await mkdir(at('code', 'there'), { recursive: true });
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** What is kept of a workspace that was last used so many days ago. */
async function kept(name: string, places: readonly string[], daysAgo: number): Promise<string> {
  const folder = at('workspaces', name);
  await mkdir(path.join(folder, 'history'), { recursive: true });
  await writeFile(path.join(folder, 'history', 'one.json'), '{}');
  await noteWorkspace(folder, places, Date.now() - daysAgo * day);
  return folder;
}

const clean = (own = at('workspaces', 'own')) => removeGoneWorkspaces(at('workspaces'), own);

describe('what is kept of a workspace', () => {
  it('goes when its folder is gone and nobody has used it for 90 days', async () => {
    const folder = await kept('gone', [uri('gone')], 91);
    await clean();
    expect(existsSync(folder)).toBe(false);
  });

  it.each([
    ['its folder is there', () => [uri('there')], 400],
    ['one of its folders is there', () => [uri('gone'), uri('there')], 400],
    ['it was used not long ago', () => [uri('gone')], 89],
    ['its folder is on another machine', () => ['vscode-remote://ssh-remote+box/code'], 400],
    ['nobody knows whose it is', () => [], 400],
  ])('stays when %s', async (_, places, daysAgo) => {
    const folder = await kept('a', places(), daysAgo);
    await clean();
    expect(existsSync(path.join(folder, 'history', 'one.json'))).toBe(true);
  });

  it('stays when it is in use: by this window, or by one that noted it meanwhile', async () => {
    const own = await kept('own', [uri('gone')], 400);
    const other = await kept('other', [uri('gone')], 400);
    await noteWorkspace(other, [uri('gone')]);
    await clean(own);
    expect([existsSync(own), existsSync(other)]).toEqual([true, true]);
  });

  it('stays when its note cannot be read', async () => {
    const folder = await kept('a', [uri('gone')], 400);
    await writeFile(path.join(folder, 'workspace.json'), 'no JSON');
    await clean();
    expect(existsSync(folder)).toBe(true);
  });
});
