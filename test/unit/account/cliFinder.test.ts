/** When the command of the user is looked for again: whenever what decides it may be another. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Config } from '../../../src/editor/config.ts';
import type { ContextKeys } from '../../../src/editor/contextKeys.ts';
import { CliFinder } from '../../../src/features/account/ui/cliFinder.ts';
import * as editor from '../support/whole/editor.ts';

vi.mock('vscode', () => import('../support/whole/editor.ts'));
const searches = vi.hoisted(() => ({ inputs: [] as object[], fails: false }));
vi.mock('../../../src/features/account/lazy.ts', () => ({
  findCli: (input: object) => {
    searches.inputs.push(input);
    return searches.fails ? Promise.reject(new Error('none')) : Promise.resolve({ version: '1.6.4' });
  },
}));

let finder: CliFinder;
let changePath: () => void;
let changeInterpreter: () => void;
let subscriptions: number;
const found: boolean[] = [];
beforeEach(() => {
  searches.inputs.length = 0;
  searches.fails = false;
  found.length = 0;
  subscriptions = 0;
  const config = {
    get: () => ' /bin/modal ',
    onDidChange: (_keys: readonly string[], listener: () => void) => {
      changePath = listener;
      return { dispose: () => undefined };
    },
  };
  finder = new CliFinder(
    config as unknown as Config,
    { set: (_key: string, is: boolean) => void found.push(is) } as unknown as ContextKeys,
  );
});
afterEach(() => {
  finder.dispose();
  editor.state.extensions.clear();
  Object.assign(editor.workspace, { isTrusted: true, workspaceFolders: undefined });
});

const installPython = () => {
  const environments = {
    getActiveEnvironmentPath: () => ({ path: '/env/bin/python' }),
    onDidChangeActiveEnvironmentPath: (listener: () => void) => {
      subscriptions++;
      changeInterpreter = listener;
      return { dispose: () => undefined };
    },
  };
  const api = { environments };
  editor.state.extensions.set('ms-python.python', {
    isActive: true,
    exports: api,
    activate: () => Promise.resolve(api),
  });
};

describe('what was found', () => {
  it('is remembered until something that decides it changes', async () => {
    installPython();
    await finder.find();
    await finder.find();
    expect(searches.inputs).toHaveLength(1);
    const changes = [
      changePath,
      () => editor.events.folders.fire(),
      () => editor.events.trust.fire(),
      () => editor.events.terminals.fire({}),
      () => changeInterpreter(),
      () => finder.forget(),
    ];
    for (const [at, change] of changes.entries()) {
      change();
      await finder.find();
      expect(searches.inputs, `after change ${at}`).toHaveLength(at + 2);
    }
    expect([subscriptions, found.every(Boolean)]).toEqual([1, true]);
  });

  it('is told to the editor, and looked for again when it was nothing', async () => {
    searches.fails = true;
    await expect(finder.find()).rejects.toThrow('none');
    await expect(finder.find()).rejects.toThrow('none');
    expect([searches.inputs.length, found]).toEqual([2, [false, false]]);
  });
});

describe('where it is looked for', () => {
  const folders = [
    { uri: editor.Uri.file('/work'), name: 'work', index: 0 },
    { uri: editor.Uri.parse('vscode-vfs://github/x'), name: 'x', index: 1 },
  ];

  it('is the setting, the chosen interpreter, and folders of this machine', async () => {
    installPython();
    editor.workspace.workspaceFolders = folders;
    expect(await finder.input()).toEqual({
      configured: '/bin/modal',
      chosen: ['/env/bin/python'],
      workspaceFolders: ['/work'],
      env: process.env,
    });
  });

  it('is no folder that is not trusted', async () => {
    Object.assign(editor.workspace, { workspaceFolders: folders, isTrusted: false });
    expect(await finder.input()).toEqual({
      configured: '/bin/modal',
      workspaceFolders: [],
      env: process.env,
    });
  });
});
