/** Where files of a workspace are kept, whichever of its windows asks. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Uri } from 'vscode';
import { WorkspaceStorage } from '../../../src/editor/workspaceStorage.ts';
import * as editor from '../support/whole/editor.ts';

vi.mock('vscode', () => import('../support/whole/editor.ts'));

let root: string;
beforeEach(() => (root = mkdtempSync(path.join(os.tmpdir(), 'storage-'))));
afterEach(() => {
  Object.assign(editor.workspace, { workspaceFolders: undefined, workspaceFile: undefined });
  vi.useRealTimers();
  rmSync(root, { recursive: true, force: true, maxRetries: 5 });
});

const opened = (...folders: readonly string[]) => {
  editor.workspace.workspaceFolders = folders.map((name, index) => ({
    uri: editor.Uri.file(path.join(root, name)),
    name,
    index,
  }));
  for (const name of folders) mkdirSync(path.join(root, name), { recursive: true });
};
/** Only where it lies is asked. */
const uriOf = (name: string) => ({ fsPath: path.join(root, name) }) as unknown as Uri;
const storageOf = (own = 'own') =>
  new WorkspaceStorage({
    globalStorageUri: uriOf('all'),
    storageUri: uriOf(own),
  });
const workspaces = () =>
  existsSync(path.join(root, 'all/workspaces')) ? readdirSync(path.join(root, 'all/workspaces')) : [];

describe('the folder of a workspace', () => {
  it('is the same in all its windows, and another for other workspaces', () => {
    opened('one');
    const first = storageOf('window-1').folder('drafts');
    expect(storageOf('window-2').folder('drafts')).toBe(first);
    expect(first).toMatch(/all\/workspaces\/[0-9a-f]{32}\/drafts$/);
    opened('one', 'two');
    expect(storageOf().folder('drafts')).not.toBe(first);
    editor.workspace.workspaceFile = editor.Uri.file(path.join(root, 'a.code-workspace'));
    const ofFile = storageOf().folder('drafts');
    opened('one');
    expect(storageOf().folder('drafts')).toBe(ofFile);
  });

  it('is one for all windows without a folder, and noted nowhere', () => {
    expect(storageOf().folder('drafts')).toBe(path.join(root, 'all/drafts'));
    opened();
    expect(storageOf().folder('drafts')).toBe(path.join(root, 'all/drafts'));
    expect(workspaces()).toEqual([]);
  });

  it('takes over what the window had kept in a folder of its own, once', () => {
    opened('one');
    mkdirSync(path.join(root, 'own/drafts'), { recursive: true });
    writeFileSync(path.join(root, 'own/drafts/a.json'), 'mine');
    const storage = storageOf();
    const folder = storage.folder('drafts');
    expect(readFileSync(path.join(folder, 'a.json'), 'utf8')).toBe('mine');
    mkdirSync(path.join(root, 'own/drafts'), { recursive: true });
    writeFileSync(path.join(root, 'own/drafts/b.json'), 'later');
    storage.folder('drafts');
    expect(existsSync(path.join(folder, 'b.json'))).toBe(false);
  });

  it('notes its use, and is removed after its workspace has gone', async () => {
    opened('gone');
    storageOf().folder('drafts');
    await vi.waitUntil(() => workspaces().length === 1);
    const [name = ''] = workspaces();
    const note = path.join(root, 'all/workspaces', name);
    await vi.waitUntil(() => readdirSync(note).length > 0);
    rmSync(path.join(root, 'gone'), { recursive: true });
    for (const file of readdirSync(note)) utimesSync(path.join(note, file), 1, 1);
    utimesSync(note, 1, 1);
    opened('kept');
    storageOf().folder('drafts');
    await vi.waitUntil(() => workspaces().length > 0 && !workspaces().includes(name), { timeout: 5000 });
  });
});
