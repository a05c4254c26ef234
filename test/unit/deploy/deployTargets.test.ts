import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { JournalEntry } from '../../../src/features/deploy/core/journal.ts';
import { DeployJournal } from '../../../src/features/deploy/core/journal.ts';
import type { DeployTarget } from '../../../src/features/deploy/core/plan.ts';
import { deployArgument, toDeployArgument } from '../../../src/features/deploy/ui/deployArgument.ts';
import { deployTargetFor } from '../../../src/features/deploy/ui/deployTargets.ts';
import type { Services } from '../../../src/commands/services.ts';
import { watchOtherWindows } from '../../../src/features/deploy/ui/cutOffWork.ts';
import { ScriptRuns } from '../../../src/features/workspace/ui/scriptRuns.ts';
import { catalogApp } from '../support/catalogApp.ts';

const editor = vi.hoisted(() => ({
  asked: [] as string[][],
  commands: [] as unknown[][],
  told: [] as string[],
}));

vi.mock('vscode', () => ({
  ThemeIcon: function ThemeIcon() {
    return {};
  },
  Uri: { file: (path: string) => ({ toString: () => `file://${path}` }) },
  window: {
    showQuickPick: (items: readonly { label: string }[]) => {
      editor.asked.push(items.map(({ label }) => label));
      return Promise.resolve(items[0]);
    },
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
  editor.asked.length = 0;
  editor.commands.length = 0;
  editor.told.length = 0;
});

const script = (name: string, uri: string, variable = 'app') => ({
  uri,
  label: uri,
  apps: [{ name, variable }],
});
const services = (scripts: readonly object[]) =>
  ({
    catalog: {
      apps: () => Promise.resolve([catalogApp(), catalogApp({ id: 'other', defaultAppName: 'other' })]),
    },
    scriptFinder: { find: () => Promise.resolve(scripts) },
  }) as unknown as Services;

const resolve = (scripts: readonly object[], argument: unknown) =>
  deployTargetFor(services(scripts), toDeployArgument(argument)!, ({ uri, variable }) =>
    Promise.resolve({ kind: 'script', script: `${uri}::${variable}` } as DeployTarget),
  );

describe('a button that offers to deploy an app', () => {
  it('deploys that app, wherever its code is, and to its environment', async () => {
    const files = [script('mine', 'a.py'), script('yours', 'b.py', 'chat')];
    const to = (name: string) => resolve(files, deployArgument({ name, environment: 'dev' }));
    expect(await to('yours')).toEqual({ kind: 'script', script: 'b.py::chat', environment: 'dev' });
    expect(await to('demo-app')).toMatchObject({ kind: 'bundled', app: { id: 'demo' }, environment: 'dev' });
    await expect(to('theirs')).rejects.toMatchObject({
      kind: 'notFound',
      message: expect.stringContaining('has the app theirs') as string,
    });
    expect(editor.asked).toEqual([]);
  });

  it('asks where several files have it, and only for those', async () => {
    const files = [script('demo-app', 'copy.py'), script('mine', 'a.py')];
    expect(await resolve(files, deployArgument({ name: 'demo-app', environment: '' }))).toMatchObject({
      script: 'copy.py::app',
    });
    expect(editor.asked).toEqual([['copy.py', 'Demo']]);
  });

  it('is told from all else that a command may get', () => {
    for (const other of [
      undefined,
      'row',
      { uri: 'a.py' },
      { deploy: 'app', name: 1, environment: '' },
      { deploy: 'x', environment: '' },
    ])
      expect(toDeployArgument(other)).toBeUndefined();
  });
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
    const subscription = watchOtherWindows({
      scriptsView: { view: { visible: false, onDidChangeVisibility: () => ({ dispose: () => undefined }) } },
      scriptRuns: new ScriptRuns(),
      catalogueView: { view: { visible: true, onDidChangeVisibility: () => ({ dispose: () => undefined }) } },
      journal,
      deploys: { all: [] },
      logger: { info: () => undefined, warn: (text: string) => expect.fail(text) },
      planes: {
        workspace: () => Promise.resolve(accounts.workspace),
        account: () => Promise.resolve(accounts.account),
        get: () => Promise.resolve({ listApps: () => Promise.resolve([]) }),
      },
    } as unknown as Services);
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
      ['modalGpu.deploy', { deploy: 'bundled', id: 'finbert', environment: 'dev' }],
    ]);
  });

  it('of a script, or of earlier versions, is that script or app', async () => {
    const accounts = { workspace: entry.account, account: '' };
    await reported([{ ...entry, target: { kind: 'script', script: '/w/a.py', variable: 'chat' } }], accounts);
    await reported([{ ...entry, target: undefined } as unknown as JournalEntry], accounts);
    expect(editor.commands.map(([, argument]) => argument)).toEqual([
      { deploy: 'script', uri: 'file:///w/a.py', variable: 'chat', environment: 'dev' },
      { deploy: 'app', name: 'finbert-analyst', environment: 'dev' },
    ]);
  });

  it('that was a serve is told, and its button serves that app again', async () => {
    const accounts = { workspace: entry.account, account: '' };
    const target = { kind: 'script', script: '/w/a.py', variable: 'chat' } as const;
    await reported([{ ...entry, kind: 'serve', title: 'web', target }], accounts);
    expect(editor.told).toEqual(['The serve of web ended when its window closed.']);
    expect(editor.commands).toEqual([['modalGpu.serveScript', { uri: 'file:///w/a.py', variable: 'chat' }]]);
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
