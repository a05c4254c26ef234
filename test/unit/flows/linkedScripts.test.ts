/** Apps over several files: by which file they are deployed, what is saved first, tasks, and files that come and go. */
import { mkdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commands, contextKeys, views } from '../../../src/contributions.ts';
import type { Started } from '../support/whole/extension.ts';
import { did, editor, start } from '../support/whole/extension.ts';
import type { OpenTree } from '../support/whole/views.ts';

vi.mock('vscode', () => import('../support/whole/editor.ts'));
vi.mock('../../../src/modal/sdk.ts', () => import('../support/whole/account.ts'));

const patience = { timeout: 6000 };
const common = 'import modal\napp = modal.App("shared")\n';
const adds = (name: string) => `from common import app\n\n@app.function()\ndef ${name}():\n    pass\n`;
let window: Started;
let tree: OpenTree;
const open = async (files: Readonly<Record<string, string>>) => {
  window = await start({ files });
  window.useCli('while :; do sleep 0.05; done');
  tree = await window.look(views.scripts);
};
afterEach(() => window.close());
const uriOf = (name: string) => editor.Uri.file(`${window.work}/${name}`);

describe('an app over several files', () => {
  beforeEach(async () => {
    await open({ 'common.py': common, 'one.py': adds('one'), 'two.py': adds('two') });
    await vi.waitUntil(() => tree.rows().length === 3, patience);
  });

  it('is deployed by the file that the user chooses, never by the one that only makes it', async () => {
    expect(await did(commands.serveScript, uriOf('common.py'), 'two.py', undefined)).toEqual([
      'list: Serve Script · shared has functions in several files. Select the file to deploy',
      '  (file-code) one.py | 1 function',
      '  (file-code) two.py | 1 function',
      'information: Serve shared in main?',
      '  CPU only: two',
      '  Nothing is charged while no container runs.',
      '  Containers are billed for CPU and memory while they run: $0.0473 per core-hour (price of 2026-10-04, before credits).',
      '  The app stops when you stop serving or close the window.',
      "  You won't be asked again for this app and environment unless it needs a GPU.",
      '  [Serve]',
    ]);
    expect(await did(commands.serveScript, uriOf('common.py'), undefined)).toHaveLength(3);
    expect((await did(commands.serveScript, uriOf('one.py'), undefined)).slice(0, 2)).toEqual([
      'information: Serve shared in main?',
      '  CPU only: one',
    ]);
  });

  it('has what it imports saved first', async () => {
    const document = await editor.workspace.openTextDocument(uriOf('common.py'));
    const other = await editor.workspace.openTextDocument(uriOf('two.py'));
    for (const each of [document, other])
      each.edit([new editor.TextEdit(new editor.Range(0, 0, 0, 0), '# new\n')]);
    const told = await did(commands.runFunction, uriOf('one.py'), 'one', undefined);
    expect(told.filter((line) => line.startsWith('saved'))).toEqual(['saved: /work/common.py']);
    expect(other.isDirty).toBe(true);
  });

  it('has no task for the file that only makes it', async () => {
    const provider = editor.state.providers.get('tasks modal') as {
      provideTasks(): Promise<{ name: string; isBackground: boolean; execution: { args: string[] } }[]>;
      resolveTask(task: object): Promise<{ name: string } | undefined>;
    };
    expect(await provider.provideTasks()).toEqual([]);
    window.write('work/own.py', 'import modal\napp = modal.App("own")\n');
    editor.events.files.fire(['create', uriOf('own.py')]);
    await vi.waitUntil(() => tree.rows().join().includes('own'), patience);
    const tasks = await provider.provideTasks();
    expect(
      tasks.map(
        ({ name, isBackground, execution }) =>
          `${name} ${isBackground} ${execution.args.join(' ').replace(window.folder, '')}`,
      ),
    ).toEqual(['deploy own.py false deploy /work/own.py', 'serve own.py true serve /work/own.py']);
    const definition = { type: 'modal', command: 'deploy', script: 'own.py' };
    expect(await provider.resolveTask({ definition })).toMatchObject({ name: tasks[0]?.name });
    expect(await provider.resolveTask({ definition: { type: 'modal' } })).toBeUndefined();
    editor.workspace.isTrusted = false;
    expect(await provider.provideTasks()).toEqual([]);
    expect(await provider.resolveTask({ definition })).toBeUndefined();
  });

  it('is served once, also where another run of it is meant', async () => {
    await did(commands.serveScript, uriOf('one.py'), 'Serve');
    expect((await did(commands.serveScript, uriOf('one.py')))[0]).toMatch(
      /^error: Serve Script: shared is already being served/,
    );
    expect(editor.state.contexts.get(contextKeys.running)).toBe(true);
    expect(await did(commands.stopRun, uriOf('one.py'))).toEqual([]);
    await vi.waitUntil(() => editor.state.contexts.get(contextKeys.running) === false, patience);
    expect((await did(commands.stopRun, uriOf('two.py')))[0]).toMatch(
      /That script is no longer running in this window/,
    );
  });
});

describe('the files of the workspace', () => {
  it('are none where none has an app, and told of when one has', async () => {
    window = await start({ files: { 'plain.py': 'print(1)\n' } });
    editor.state.trees.get(views.scripts)!.show();
    await vi.waitUntil(() => editor.state.contexts.get(contextKeys.noScripts) === true, patience);
    expect((await did(commands.serveScript))[0]).toMatch(/No Modal apps found/);
    window.write('work/new.py', common);
    window.change('search.exclude', { '**/x': true });
    await vi.waitUntil(() => editor.state.contexts.get(contextKeys.noScripts) === false, patience);
  });

  it('are not listed anew for a change in what is never the user’s own', async () => {
    await open({ 'common.py': common });
    mkdirSync(`${window.work}/.venv`);
    const file = window.write('work/.venv/lib.py', 'import modal\napp = modal.App("lib")\n');
    editor.events.files.fire(['create', editor.Uri.file(file)]);
    const next = window.write('work/next.py', 'import modal\napp = modal.App("next")\n');
    editor.events.files.fire(['create', editor.Uri.file(next)]);
    await vi.waitUntil(() => tree.rows().join().includes('next'), patience);
    expect(tree.rows().join()).not.toContain('lib.py');
    editor.events.files.fire(['delete', uriOf('gone.py')]);
  });

  it('that cannot be listed are told of', async () => {
    window = await start({ files: {} });
    editor.workspace.workspaceFolders = [{ uri: editor.Uri.file('/no/such/folder'), name: 'x', index: 0 }];
    const view = editor.state.trees.get(views.scripts)!;
    view.show();
    await vi.waitUntil(() => view.message, patience);
    expect(view.message).toMatch(/^Couldn't list the Python files: ENOENT.* Refresh to try again\.$/);
  });
});
