/** The Python apps of the workspace: their rows and buttons, serving and running them by the user's CLI. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commands, views } from '../../../src/contributions.ts';
import { appOf, endpointOf } from '../support/apps.ts';
import { documents } from '../support/whole/documents.ts';
import type { Started } from '../support/whole/extension.ts';
import { account, did, editor, start } from '../support/whole/extension.ts';
import { hour } from '../support/whole/scene.ts';
import type { OpenInput } from '../support/whole/questions.ts';
import type { OpenTree } from '../support/whole/views.ts';

vi.mock('vscode', () => import('../support/whole/editor.ts'));
vi.mock('../../../src/modal/sdk.ts', () => import('../support/whole/account.ts'));

const mine = `import modal

app = modal.App("mine")

@app.function(gpu="T4")
@modal.fastapi_endpoint()
def web():
    return 1

@app.function()
def train():
    pass

@app.local_entrypoint()
def main(count: int, token: str = "", fast: bool = False):
    pass

@app.function()
def odd(rows: list[int]):
    pass
`;
const two = `import modal
one = modal.App("one")
other = modal.App("other")

@one.function()
def go():
    pass

@other.function()
def go_too():
    pass
`;
const patience = { timeout: 9000 };
let window: Started;
let tree: OpenTree;
beforeEach(async () => {
  window = await start({ files: { 'mine.py': mine, 'two.py': two, 'plain.py': 'print(1)\n' } });
  window.useCli('echo "up $*"');
  tree = await window.look(views.scripts);
  await vi.waitUntil(() => tree.rows().length === 9, patience);
});
afterEach(() => window.close());

/** Until the serve or run has come to a state. */
const until = (words: string) => vi.waitUntil(() => tree.rows().some((row) => row.includes(words)), patience);

describe('the view', () => {
  it('lists the apps of the Python files, with what they have', () => {
    expect(tree.rows()).toEqual([
      'mine | mine.py · T4',
      '  main | local entry point',
      '  web | T4 · $0.59/h · web endpoint',
      '  train',
      '  odd',
      'one | two.py',
      '  go',
      'other | two.py',
      '  go_too',
    ]);
  });

  it('opens the place of each row', async () => {
    expect(await did(commands.openScript, tree.row('train'))).toEqual(['document: /work/mine.py line 11']);
    expect(await did(commands.openScript, 'gone')).toEqual([]);
  });

  it('follows the files while it is looked at', async () => {
    const file = window.write('work/new.py', 'import modal\napp = modal.App("fresh")\n');
    editor.events.files.fire(['create', editor.Uri.file(file)]);
    await until('fresh');
    window.write('work/new.py', 'import modal\napp = modal.App("renamed")\n');
    editor.events.files.fire(['change', editor.Uri.file(file)]);
    await until('renamed');
  });

  it('says which of them are deployed', async () => {
    account.apps = [appOf({ name: 'mine', deployedAt: Date.now() - hour })];
    await did(commands.refresh);
    await until('deployed');
    expect(tree.rows().find((row) => row.startsWith('mine'))).toBe('mine | deployed 1h ago · mine.py · T4');
  });

  it('reads all files again when it is refreshed', async () => {
    window.write('work/new.py', 'import modal\napp = modal.App("fresh")\n');
    expect(await did(commands.refreshScripts)).toEqual([]);
    expect(tree.row('fresh')).toBeDefined();
  });
});

describe('serving', () => {
  const serving = 'echo "Serving... hit Ctrl-C to stop!"; while :; do sleep 0.05; done';
  const served = () => {
    const url = 'https://me--mine-web-dev.modal.run';
    account.apps = [appOf({ name: 'mine', state: 'ephemeral', createdAt: Date.now() })];
    account.details.set('ap-1', {
      appId: 'ap-1',
      functions: [{ id: 'fu-1', tag: 'web', kind: 'function', gpus: [], endpoints: [endpointOf({ url })] }],
    });
  };

  it('asks with the price, tells the address, and ends when it is stopped', async () => {
    window.useCli(serving);
    served();
    const begun = await did(commands.serveScript, tree.row('mine'), 'Serve', 'Copy URL');
    expect(begun).toEqual([
      'information: Serve mine in main?',
      '  GPU of web: T4 (16 GB), $0.59/h while a container runs',
      '  CPU only: train, odd',
      '  Nothing is charged while no container runs.',
      '  Prices of 2026-10-04, before credits',
      '  The app stops when you stop serving or close the window.',
      '  [Serve]',
      'command: modalGpu.logs.focus {"preserveFocus":true}',
      'information: Serving mine at https://me--mine-web-dev.modal.run',
      '  [Copy URL] [Open in Browser]',
      'copied: https://me--mine-web-dev.modal.run',
    ]);
    expect(tree.rows().slice(0, 4)).toEqual([
      'mine | serving https://me--mine-web-dev.modal.run · mine.py · T4',
      '  Serve | https://me--mine-web-dev.modal.run',
      '  main | local entry point',
      '  web | T4 · $0.59/h · web endpoint',
    ]);
    expect(await did(commands.serveScript, tree.row('mine'))).toEqual([
      'error: Serve Script: mine is already being served. Stop it first.',
      '  [Show Extension Log]',
    ]);
    expect(await did(commands.openServedUrl)).toEqual(['opened: https://me--mine-web-dev.modal.run/']);
    expect(await did(commands.copyServedUrl, tree.row('mine'))).toEqual([
      'copied: https://me--mine-web-dev.modal.run',
      'status: $(check) Copied https://me--mine-web-dev.modal.run',
    ]);
    expect(await did(commands.showRunLog)).toEqual(['command: modalGpu.logs.focus {"preserveFocus":true}']);
    expect(await did(commands.stopRun)).toEqual([]);
    await until('serve stopped');
    expect(await did(commands.copyServedUrl, tree.row('mine'))).toEqual([
      'error: Copy Served URL: mine is no longer running. Start it again first.',
      '  [Show Extension Log]',
    ]);
    expect(await did(commands.stopRun)).toEqual([
      'error: Stop Running Script: No script is running in this window.',
      '  [Show Extension Log]',
    ]);
  });

  it('starts nothing without the answer', async () => {
    expect(await did(commands.serveScript, tree.row('mine'), undefined)).toHaveLength(7);
    expect(await did(commands.showRunLog)).toEqual([
      'error: Show Script Output: No script is running in this window.',
      '  [Show Extension Log]',
    ]);
  });

  it('says why it failed, at the line that is to blame', async () => {
    window.useCli(
      `echo 'Traceback (most recent call last):\n  File "${window.work}/mine.py", line 3, in <module>\nValueError: no such thing' >&2; exit 1`,
    );
    const begun = await did(commands.serveScript, tree.row('mine'), 'Serve', 'Open mine.py:3');
    expect(begun.slice(7)).toEqual([
      'command: modalGpu.logs.focus {"preserveFocus":true}',
      'error: Serving mine: ValueError: no such thing.',
      '  [Show Output] [Open mine.py:3] [Show Extension Log]',
      'document: /work/mine.py line 3',
    ]);
    const marks = editor.state.marks.get('modal')?.get(`file://${window.work}/mine.py`);
    expect(marks).toMatchObject([
      { message: expect.stringContaining('no such thing') as string, source: 'modal serve' },
    ]);
  });

  it('needs a workspace that is trusted', async () => {
    editor.workspace.isTrusted = false;
    expect(await did(commands.serveScript, tree.row('mine'))).toEqual([
      'error: Serve Script: This runs Python code from the workspace and requires a trusted workspace.',
      '  [Show Extension Log]',
    ]);
  });
});

describe('running', () => {
  it('runs what takes nothing after one question, which is asked once where no GPU is needed', async () => {
    const told = await did(commands.runFunction, tree.row('train'), 'Run', 'Show Output');
    expect(told.map((line) => line.replace(/\d[\d.]* m?s/, '… s'))).toEqual([
      'information: Run train in main?',
      '  CPU only: train',
      '  Nothing is charged while no container runs.',
      '  Containers are billed for CPU and memory while they run: $0.0473 per core-hour (price of 2026-10-04, before credits).',
      '  The app stops when the run ends.',
      "  You won't be asked again for this app and environment unless it needs a GPU.",
      '  [Run]',
      'command: modalGpu.logs.focus {"preserveFocus":true}',
      'information: train finished in … s.',
      '  [Show Output]',
      'command: modalGpu.logs.focus {"preserveFocus":true}',
    ]);
    const again = await did(commands.runFunction, tree.row('train'), undefined);
    expect(again.map((line) => line.replace(/\d[\d.]* m?s/, '… s'))).toEqual([
      'command: modalGpu.logs.focus {"preserveFocus":true}',
      'information: train finished in … s.',
      '  [Show Output]',
    ]);
  });

  it('asks for the parameters, one after the other, with a way back', async () => {
    const back = (input: OpenInput) => input.presses.fire(undefined);
    const typing = (input: OpenInput) => input.type('two');
    const told = await did(
      ...([commands.runFunction, tree.row('main'), typing, '', '3', back, '4', 'hf_secret'] as const),
      ...['true', 'Run', undefined],
    );
    expect(told.map((line) => line.replace(/\d[\d.]* m?s/, '… s'))).toEqual([
      'input: Run main · count: int, required',
      '  A whole number is needed, e.g. 3.',
      '  A whole number is needed, e.g. 3.',
      'input: Run main · token: str, default "". It is given to modal run as an argument, which other processes of this machine can read. · Leave empty for the default · hidden',
      'input: Run main · count: int, required · "3"',
      'input: Run main · token: str, default "". It is given to modal run as an argument, which other processes of this machine can read. · Leave empty for the default · hidden',
      'list: Run main · fast: bool, default False',
      '  true',
      '  false | default',
      'information: Run main in main?',
      '  GPU of web: T4 (16 GB), $0.59/h while a container runs',
      '  CPU only: train, odd',
      '  Nothing is charged while no container runs.',
      '  Prices of 2026-10-04, before credits',
      '  The app stops when the run ends.',
      '  [Run]',
      'command: modalGpu.logs.focus {"preserveFocus":true}',
      'information: main finished in … s.',
      '  [Show Output]',
    ]);
    // The next time the last values are offered, but never what looks like a secret.
    expect(await did(commands.runFunction, tree.row('main'), undefined)).toEqual([
      'list: Run main · Select parameter values',
      '  $(history) Run with Previous Values | --count=4 --fast',
      '  $(edit) Enter Values…',
    ]);
    const again = await did(commands.runFunction, tree.row('main'), 'Run with Previous Values', undefined);
    expect(again.slice(3)).toEqual([
      'information: Run main in main?',
      '  GPU of web: T4 (16 GB), $0.59/h while a container runs',
      '  CPU only: train, odd',
      '  Nothing is charged while no container runs.',
      '  Prices of 2026-10-04, before credits',
      '  The app stops when the run ends.',
      '  [Run]',
    ]);
    expect(await did(commands.runFunction, tree.row('main'), 'Enter Values…', undefined)).toEqual([
      'list: Run main · Select parameter values',
      '  $(history) Run with Previous Values | --count=4 --fast',
      '  $(edit) Enter Values…',
      'input: Run main · count: int, required · "4"',
    ]);
  });

  it('offers the command for what it cannot take', async () => {
    expect(await did(commands.runFunction, tree.row('odd'), 'Copy Command')).toEqual([
      "warning: modal run can't pass these parameters of odd: rows: list[int]. Write a local entry point that creates the values and calls the function.",
      '  [Copy Command]',
      'copied: /bin/modal run /work/mine.py::odd',
    ]);
  });
});

describe('without a row', () => {
  it('the user chooses the app, or what is in the active editor is meant', async () => {
    expect(await did(commands.serveScript, undefined, 'other', undefined)).toEqual([
      'list: Serve Script · Select an app',
      '  (file-code) mine | mine.py',
      '  (file-code) one | two.py',
      '  (file-code) other | two.py',
      'information: Serve other in main?',
      '  CPU only: go_too',
      '  Nothing is charged while no container runs.',
      '  Containers are billed for CPU and memory while they run: $0.0473 per core-hour (price of 2026-10-04, before credits).',
      '  The app stops when you stop serving or close the window.',
      "  You won't be asked again for this app and environment unless it needs a GPU.",
      '  [Serve]',
    ]);
    const uri = editor.Uri.file(`${window.work}/two.py`);
    editor.edit(await editor.workspace.openTextDocument(uri));
    expect(await did(commands.serveScript, undefined, 'one', undefined)).toEqual([
      'list: Serve Script · The file defines several apps. Select one',
      '  (file-code) one | one, line 2',
      '  (file-code) other | other, line 3',
      'information: Serve one in main?',
      '  CPU only: go',
      '  Nothing is charged while no container runs.',
      '  Containers are billed for CPU and memory while they run: $0.0473 per core-hour (price of 2026-10-04, before credits).',
      '  The app stops when you stop serving or close the window.',
      "  You won't be asked again for this app and environment unless it needs a GPU.",
      '  [Serve]',
    ]);
    expect(await did(commands.runFunction, undefined, 'go_too', undefined)).toEqual([
      'list: Run Function · Select a function',
      '  (play) go | function | one · two.py:6',
      '  (play) go_too | function | other · two.py:10',
      'information: Run go_too in main?',
      '  CPU only: go_too',
      '  Nothing is charged while no container runs.',
      '  Containers are billed for CPU and memory while they run: $0.0473 per core-hour (price of 2026-10-04, before credits).',
      '  The app stops when the run ends.',
      "  You won't be asked again for this app and environment unless it needs a GPU.",
      '  [Run]',
    ]);
    expect(await did(commands.serveScript, undefined, undefined)).toEqual([
      'list: Serve Script · The file defines several apps. Select one',
      '  (file-code) one | one, line 2',
      '  (file-code) other | other, line 3',
    ]);
  });

  it('a file is saved first, and must be one on disk', async () => {
    const uri = editor.Uri.file(`${window.work}/two.py`);
    const document = await editor.workspace.openTextDocument(uri);
    document.edit([new editor.TextEdit(new editor.Range(0, 0, 0, 0), '# changed\n')]);
    expect((await did(commands.serveScript, uri, undefined)).slice(0, 1)).toEqual(['saved: /work/two.py']);
    expect(await did(commands.serveScript, editor.Uri.parse('untitled:a.py'))).toEqual([
      'error: Serve Script: The Modal CLI needs a file on disk. Save a copy of this one first.',
      '  [Show Extension Log]',
    ]);
    expect(await did(commands.runFunction, editor.Uri.file(`${window.work}/plain.py`))).toEqual([
      'error: Run Function: plain.py has no functions to run. Use Serve for its web endpoints.',
      '  [Show Extension Log]',
    ]);
  });
});

describe('buttons in the editor', () => {
  const lenses = async (name: string) => {
    const document = await editor.workspace.openTextDocument(editor.Uri.file(`${window.work}/${name}`));
    const provider = editor.state.providers.get('lens python') as {
      provideCodeLenses(document: object): Promise<
        {
          range: { start: { line: number } };
          command: { title: string; tooltip: string; arguments: object[] };
        }[]
      >;
    };
    const found = await provider.provideCodeLenses(document);
    return found.map(
      ({ range, command }) =>
        `${range.start.line + 1} ${command.title} · ${command.tooltip} ${JSON.stringify(command.arguments).replaceAll(window.folder, '')}`,
    );
  };

  it('stand above what can be deployed, served and run', async () => {
    expect(await lenses('mine.py')).toEqual([
      '3 Deploy · Deploy mine to Modal [{"kind":"script","uri":"file:///work/mine.py","variable":"app"}]',
      '3 Serve · Serve mine and reload it as you edit [{"kind":"script","uri":"file:///work/mine.py","variable":"app"}]',
      '14 Run · Run main on Modal [{"kind":"script","uri":"file:///work/mine.py","variable":"app","runnable":"main"}]',
      '10 Run · Run train on Modal [{"kind":"script","uri":"file:///work/mine.py","variable":"app","runnable":"train"}]',
      '18 Run · Run odd on Modal [{"kind":"script","uri":"file:///work/mine.py","variable":"app","runnable":"odd"}]',
      '5 Serve · Serve mine and reload it as you edit [{"kind":"script","uri":"file:///work/mine.py","variable":"app"}]',
    ]);
  });

  it('send a request where the app is deployed, and stop what runs', async () => {
    account.apps = [appOf({ name: 'mine' })];
    window.useCli('while :; do sleep 0.05; done');
    await did(commands.refresh);
    await did(commands.serveScript, tree.row('mine'), 'Serve');
    const run = did(commands.runFunction, tree.row('train'), 'Run');
    await until('running');
    expect(await lenses('mine.py')).toEqual([
      '3 Deploy · Deploy mine to Modal [{"kind":"script","uri":"file:///work/mine.py","variable":"app"}]',
      '3 Stop Serve · Stop serving mine [{"kind":"script","uri":"file:///work/mine.py","variable":"app"}]',
      '14 Run · Run main on Modal [{"kind":"script","uri":"file:///work/mine.py","variable":"app","runnable":"main"}]',
      '10 Stop Run · Stop train [{"kind":"script","uri":"file:///work/mine.py","variable":"app","runnable":"train"}]',
      '18 Run · Run odd on Modal [{"kind":"script","uri":"file:///work/mine.py","variable":"app","runnable":"odd"}]',
      '5 Stop Serve · Stop serving mine [{"kind":"script","uri":"file:///work/mine.py","variable":"app"}]',
      '5 Send Request · Send a request to web of the deployed mine [{"kind":"deployedFunction","deployedApp":"mine","function":"web"}]',
    ]);
    expect(await did(commands.stopRun, undefined, 'mine')).toEqual([
      'information: Run train in main?',
      '  CPU only: train',
      '  Nothing is charged while no container runs.',
      '  Containers are billed for CPU and memory while they run: $0.0473 per core-hour (price of 2026-10-04, before credits).',
      '  The app stops when the run ends.',
      "  You won't be asked again for this app and environment unless it needs a GPU.",
      '  [Run]',
      'command: modalGpu.logs.focus {"preserveFocus":true}',
      'list: Stop Running Script · Select a running script',
      '  mine | serve | starting: checking',
      '  train | run | running',
    ]);
    await until('serve stopped');
    const stopped = await did(commands.stopRun, tree.row('train'));
    expect([...stopped, ...(await run)]).toEqual(['status: $(circle-slash) Run of train stopped']);
  });

  it('are left out where the user wants none, or nothing may run', async () => {
    window.change('modalGpu.codeLens', false);
    expect(await lenses('mine.py')).toEqual([]);
    window.change('modalGpu.codeLens', true);
    expect(await lenses('mine.py')).not.toEqual([]);
    editor.workspace.isTrusted = false;
    expect(await lenses('mine.py')).toEqual([]);
    expect(documents.all).toHaveLength(1);
  });
});
