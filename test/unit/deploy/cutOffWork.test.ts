import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { JournalEntry } from '../../../src/features/deploy/core/journal.ts';
import { DeployJournal } from '../../../src/features/deploy/core/journal.ts';
import { ownTarget } from '../../../src/editor/ownTarget.ts';
import { watchOtherWindows } from '../../../src/features/deploy/ui/cutOffWork.ts';
import type { WorkspaceNeeds } from '../../../src/features/workspace/ui/needs.ts';
import { lookAtOtherWindows } from '../../../src/features/workspace/ui/otherWindows.ts';
import { ScriptRuns } from '../../../src/features/workspace/ui/scriptRuns.ts';

const editor = vi.hoisted(() => ({
  commands: [] as unknown[][],
  told: [] as string[],
}));

vi.mock('vscode', () => ({
  Uri: { file: (path: string) => ({ toString: () => `file://${path}` }) },
  window: {
    showWarningMessage: (_message: string, button: string) => Promise.resolve(button),
    showInformationMessage: (message: string, button?: string) => {
      editor.told.push(message);
      return Promise.resolve(button);
    },
    state: { focused: true, active: true },
    onDidChangeWindowState: () => ({ dispose: () => undefined }),
  },
  commands: { executeCommand: (...words: unknown[]) => Promise.resolve(void editor.commands.push(words)) },
}));

beforeEach(() => {
  editor.commands.length = 0;
  editor.told.length = 0;
});

describe('a deploy that was cut off', () => {
  const entry: JournalEntry = {
    id: 'one',
    account: 'https://m#team',
    title: 'FinBERT',
    appName: 'finbert-analyst',
    environment: 'dev',
    target: { kind: 'bundled', id: 'finbert' },
    startedAt: Date.now(),
  };

  async function reported(
    entries: readonly JournalEntry[],
    accounts: { workspace: string; account: string },
  ) {
    const kept = new Map<string, unknown>([['deploys', entries]]);
    const folder = await mkdtemp(path.join(os.tmpdir(), 'cut-off-'));
    const journal = new DeployJournal(() => path.join(folder, 'deploys'), {
      get: (key) => kept.get(key),
      update: (key, value) =>
        Promise.resolve(value === undefined ? void kept.delete(key) : void kept.set(key, value)),
    });
    const needs = {
      scriptRuns: new ScriptRuns(),
      journal,
      deploys: { all: [] },
      logger: { info: () => undefined, warn: (text: string) => expect.fail(text) },
      planes: {
        workspace: () => Promise.resolve(accounts.workspace),
        account: () => Promise.resolve(accounts.account),
        get: () => Promise.resolve({ listApps: () => Promise.resolve([]) }),
      },
    } as unknown as WorkspaceNeeds;
    const view = (visible: boolean) => ({
      visible,
      onDidChangeVisibility: () => ({ dispose: () => undefined }),
    });
    const subscription = watchOtherWindows(needs, [view(false), view(true)], () => lookAtOtherWindows(needs));
    // All that it waits for is there at once, or a file.
    for (let turn = 0; turn < 30; turn++) {
      await sleep(10);
      if ((await journal.entries()).length === 0) break;
    }
    subscription.dispose();
    const left = await journal.entries();
    await rm(folder, { recursive: true });
    return left.map(({ id }) => id);
  }

  it.each([
    [
      'after a new sign-in of the same workspace',
      entry,
      { workspace: 'https://m#team', account: 'https://m|new' },
    ],
    [
      'noted by 0.7.0, with a hash of another token',
      { ...entry, account: 'snapshot:https://m:me:0123456789ab' },
      { workspace: 'https://m#team', account: 'https://m|me' },
    ],
  ])('is reported %s, and its button deploys that app again', async (_name, noted, accounts) => {
    expect(await reported([noted], accounts)).toEqual([]);
    expect(editor.commands).toEqual([
      ['modalGpu.deploy', ownTarget({ kind: 'codeOfBundled', id: 'finbert', environment: 'dev' })],
    ]);
  });

  it('of a script, or of earlier versions, is that script or app', async () => {
    const accounts = { workspace: entry.account, account: '' };
    await reported([{ ...entry, target: { kind: 'script', script: '/w/a.py', variable: 'chat' } }], accounts);
    await reported([{ ...entry, target: undefined } as unknown as JournalEntry], accounts);
    expect(editor.commands.map(([, argument]) => argument)).toEqual([
      ownTarget({ kind: 'script', uri: 'file:///w/a.py', variable: 'chat', environment: 'dev' }),
      ownTarget({ kind: 'codeOfApp', name: 'finbert-analyst', environment: 'dev' }),
    ]);
  });

  it('that was a serve is told, and its button serves that app again', async () => {
    const accounts = { workspace: entry.account, account: '' };
    const target = { kind: 'script', script: '/w/a.py', variable: 'chat' } as const;
    await reported([{ ...entry, kind: 'serve', title: 'web', target }], accounts);
    expect(editor.told).toEqual(['Serving web stopped when its window closed.']);
    expect(editor.commands).toEqual([
      ['modalGpu.serveScript', ownTarget({ kind: 'script', uri: 'file:///w/a.py', variable: 'chat' })],
    ]);
    await reported([{ ...entry, kind: 'run', title: 'main', target, runnable: 'main' }], accounts);
    expect(editor.told.at(-1)).toBe('The run of main ended when its window closed.');
  });

  it('waits while another account is chosen', async () => {
    expect(await reported([entry], { workspace: 'https://m#else', account: 'https://m|else' })).toEqual([
      'one',
    ]);
    expect(editor.commands).toEqual([]);
  });
});
