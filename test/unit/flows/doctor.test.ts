/** Outdated and wrong Modal code: its marks and fixes, and what is proposed and told while one writes. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commands, views } from '../../../src/contributions.ts';
import { ModalError } from '../../../src/domain/errors.ts';
import { appOf } from '../support/apps.ts';
import type { Document } from '../support/whole/documents.ts';
import { documents } from '../support/whole/documents.ts';
import type { Started } from '../support/whole/extension.ts';
import { account, did, editor, happens, start } from '../support/whole/extension.ts';
import { hour, web } from '../support/whole/scene.ts';

vi.mock('vscode', () => import('../support/whole/editor.ts'));
vi.mock('../../../src/modal/sdk.ts', () => import('../support/whole/account.ts'));

const patience = { timeout: 4000 };
const outdated = `import modal

stub = modal.Stub("old")

@stub.function(gpu="T4", keep_warm=1)
def web():
    pass
`;
let window: Started;
beforeEach(async () => {
  window = await start({
    files: {
      'old.py': outdated,
      'new.py': 'import modal\napp = modal.App("new")\n',
      'plain.py': 'print(1)\n',
    },
  });
});
afterEach(() => window.close());

interface Mark {
  readonly message: string;
  readonly severity: number;
  readonly source: string;
  readonly tags?: readonly number[];
  readonly code: { readonly value: string; readonly target: InstanceType<typeof editor.Uri> };
  readonly range: InstanceType<typeof editor.Range>;
}
const open = (name: string) => editor.workspace.openTextDocument(editor.Uri.file(`${window.work}/${name}`));
const marks = ({ uri }: Document) =>
  (editor.state.marks.get('modalGpu')?.get(uri.toString()) ?? []) as Mark[];
const lines = (document: Document) =>
  marks(document).map(
    ({ range, severity, code, tags }) =>
      `${range.start.line + 1} ${severity} ${code.value}${tags ? ' deprecated' : ''}`,
  );
const marked = async (name: string) => {
  const document = await open(name);
  await vi.waitUntil(() => marks(document).length > 0, patience);
  return document;
};
const change = (document: Document, from: string, to: string) => {
  const at = document.getText().indexOf(from);
  document.edit([
    new editor.TextEdit(new editor.Range(document.positionAt(at), document.positionAt(at + from.length)), to),
  ]);
};

describe('outdated code', () => {
  it('is marked with its rule, whose page says more', async () => {
    const document = await marked('old.py');
    expect(lines(document)).toEqual(['3 0 stub', '5 3 no-container-limit', '5 0 keep-warm', '5 3 warm-gpu']);
    const [first] = marks(document);
    expect(first?.source).toBe('Modal');
    const page = editor.state.providers.get('modal-gpu-rule') as {
      provideTextDocumentContent(uri: object): string;
    };
    expect(page.provideTextDocumentContent(first!.code.target)).toContain('modal.Stub');
    expect(page.provideTextDocumentContent(editor.Uri.parse('modal-gpu-rule:/none.md'))).toBe(
      'There is no such rule.\n',
    );
  });

  it('is looked at again while one types, and forgotten with its file', async () => {
    const document = await marked('old.py');
    change(document, 'keep_warm', 'min_containers');
    await vi.waitUntil(() => !lines(document).join().includes('keep-warm'), patience);
    documents.close(document);
    expect(marks(document)).toEqual([]);
  });

  it('is not marked where the user wants none of it', async () => {
    const document = await marked('old.py');
    const [first] = marks(document);
    window.change('modalGpu.doctor.disabledRules', [first!.code.value]);
    await vi.waitUntil(() => !lines(document).join().includes(first!.code.value), patience);
    window.change('modalGpu.doctor.enabled', false);
    await vi.waitUntil(() => marks(document).length === 0, patience);
  });

  it('is fixed one by one, or all at once', async () => {
    const document = await marked('old.py');
    interface Action {
      title: string;
      kind: { value: string };
      isPreferred?: boolean;
      diagnostics?: object[];
      edit: { changes: (readonly [object, { newText: string }])[] };
    }
    const provider = editor.state.providers.get('fixes') as {
      provideCodeActions(document: object, range: object, context: object): Promise<Action[]>;
    };
    const [mark] = marks(document);
    const at = (range: object, only?: object) =>
      provider.provideCodeActions(document, range, { diagnostics: marks(document), only });
    const shown = (actions: readonly Action[]) =>
      actions.map(
        ({ title, kind, edit }) =>
          `${kind.value}: ${title} (${edit.changes.map(([, { newText }]) => newText).join(', ')})`,
      );
    expect(shown(await at(mark!.range))).toEqual([
      'quickfix: Use App (App)',
      'quickfix: Fix all outdated Modal code in this file (App, min_containers)',
    ]);
    expect((await at(mark!.range))[0]).toMatchObject({ isPreferred: true, diagnostics: [mark] });
    expect(await at(new editor.Range(0, 0, 0, 0))).toEqual([]);
    const { QuickFix, SourceFixAll } = editor.CodeActionKind;
    expect(shown(await at(mark!.range, SourceFixAll))).toHaveLength(1);
    expect((await at(mark!.range, SourceFixAll.append('modalGpu')))[0]?.kind.value).toBe(
      'source.fixAll.modalGpu',
    );
    expect(await at(mark!.range, QuickFix)).toHaveLength(2);
    expect(await at(mark!.range, { ...QuickFix, value: 'refactor', intersects: () => false })).toEqual([]);
  });
});

describe('the fixes of all files', () => {
  it('are made after a question, which names the files', async () => {
    expect(await did(commands.fixOutdatedCode, undefined, 'Fix All')).toEqual([
      'warning: Fix outdated Modal code in 1 file (2 changes)?',
      '  old.py',
      '  [Fix All] [Choose…]',
    ]);
    const document = await open('old.py');
    expect(document.getText()).toMatch(/modal\.App\("old"\)[\s\S]*min_containers=1/);
    expect(await did(commands.fixOutdatedCode)).toEqual([
      'information: No outdated Modal code found that can be fixed automatically.',
    ]);
  });

  it('are chosen one by one in the editor, or left', async () => {
    expect((await did(commands.fixOutdatedCode, undefined, 'Choose…')).at(-1)).toMatch(
      /^to be confirmed: \d changes$/,
    );
    change(await open('old.py'), 'min_containers', 'keep_warm');
    expect((await did(commands.fixOutdatedCode, undefined, undefined)).at(-1)).toBe('  [Fix All] [Choose…]');
    expect((await open('old.py')).getText()).toContain('keep_warm');
  });

  it('are not made of a file that changes meanwhile', async () => {
    const answered = did(commands.fixOutdatedCode, undefined, 'Fix All');
    const document = await open('old.py');
    document.version += 1;
    expect((await answered).join()).toMatch(/Fix outdated|changed meanwhile/);
  });

  it('are given up by a Cancel', async () => {
    editor.state.cancels = true;
    expect(await did(commands.fixOutdatedCode)).toEqual([]);
    expect((await open('old.py')).getText()).toBe(outdated);
  });
});

describe('in a text literal', () => {
  const list = async (text: string, mark = '|') => {
    const at = text.indexOf(mark);
    const document = documents.open(editor.Uri.file(`${window.work}/typed.py`), text.replace(mark, ''));
    const provider = editor.state.providers.get('completion python') as {
      provideCompletionItems(
        document: object,
        at: object,
        token: object,
      ): Promise<
        | {
            items: { label: { label: string; description: string }; sortText: string }[];
            isIncomplete: boolean;
          }
        | undefined
      >;
    };
    const token = {
      isCancellationRequested: false,
      onCancellationRequested: () => ({ dispose: () => undefined }),
    };
    const found = await provider.provideCompletionItems(document, document.positionAt(at), token);
    documents.close(document);
    return found?.items.map(({ label }) => `${label.label} | ${label.description}`);
  };
  beforeEach(() => marked('old.py'));

  it.each([
    ['a GPU', '@app.function(gpu="|")\ndef f(): pass\n', /^T4 \| .*\$0\.59/],
    ['a region', '@app.function(region="|")\ndef f(): pass\n', /^us/],
    ['a cloud', '@app.function(cloud="|")\ndef f(): pass\n', /^(?:aws|auto|gcp)/],
  ])('%s is proposed', async (_what, code, first) => {
    const found = await list(`import modal\napp = modal.App("x")\n${code}`);
    expect(found?.some((each) => first.test(each))).toBe(true);
  });

  it('names of the account are proposed, with what they are', async () => {
    account.names = ['my-secret', 'other'];
    expect(await list('import modal\nmodal.Secret.from_name("|")\n')).toEqual([
      'my-secret | secret',
      'other | secret',
    ]);
    expect(await list('import modal\nmodal.Volume.from_name("|", environment_name="dev")\n')).toEqual([
      'my-secret | volume in dev',
      'other | volume in dev',
    ]);
    expect(await list('import modal\nmodal.Function.from_name("app", "|")\n')).toEqual([]);
    account.refuses.set('objectNames', new ModalError('offline', 'No way.'));
    expect(await list('import modal\nmodal.Queue.from_name("|")\n')).toEqual([]);
  });

  it('nothing is proposed elsewhere', async () => {
    expect(await list('import modal\nx = |1\n')).toBeUndefined();
    expect(await list('x = "|"\n')).toBeUndefined();
    window.change('modalGpu.doctor.enabled', false);
    expect(
      await list('import modal\napp = modal.App("x")\n@app.function(gpu="|")\ndef f(): pass\n'),
    ).toBeUndefined();
  });

  it('a name that the account does not have is marked', async () => {
    account.names = ['mine'];
    await list('import modal\nmodal.Secret.from_name("|")\n');
    const file = window.write('work/uses.py', 'import modal\nx = modal.Secret.from_name("gone")\n');
    const document = await editor.workspace.openTextDocument(editor.Uri.file(file));
    await vi.waitUntil(() => marks(document).length === 1, patience);
    expect(marks(document)[0]?.message).toMatch(/gone/);
  });
});

describe('a hover', () => {
  const hover = async (text: string, word: string) => {
    const document = documents.open(editor.Uri.file(`${window.work}/hovered.py`), text);
    const provider = editor.state.providers.get('hover python') as {
      provideHover(
        document: object,
        at: object,
        token: object,
      ): Promise<{ contents: { value: string; isTrusted: { enabledCommands: string[] } } } | undefined>;
    };
    const found = await provider.provideHover(document, document.positionAt(text.indexOf(word) + 1), {
      isCancellationRequested: false,
    });
    documents.close(document);
    return found?.contents;
  };
  const code =
    'import modal\napp = modal.App("mine")\n\n@app.function(gpu="T4", schedule=modal.Cron("0 9 * * *"))\ndef web(): pass\n';

  it('says what a function costs, what is deployed of it, and when it runs', async () => {
    await marked('old.py');
    account.apps = [appOf({ name: 'mine', version: 3, deployedAt: Date.now() - hour })];
    account.details.set('ap-1', { appId: 'ap-1', functions: [web] });
    await window.look(views.apps);
    const shown = await hover(code, 'function(');
    expect(shown?.value.split('\n')).toEqual([
      '**\\$0\\.60\\/h** while one container runs:',
      '',
      '- T4\\: \\$0\\.59\\/h',
      '- 0\\.125 cores and 0\\.125 GiB\\: \\$0\\.0069\\/h',
      '',
      'Prices of 2026\\-10\\-04\\, before credits. Modal charges for more cores and memory where a container uses more.',
      '',
      'Deployed in main: v3, 1 hour ago · [Open mine](command:modalGpu.openDashboard?%5B%22app%2Fap-1%22%5D)',
    ]);
    expect(shown?.isTrusted).toEqual({ enabledCommands: [commands.openDashboard] });
    expect((await hover(code, '0 9 * * *'))?.value).toContain('**At 09\\:00** (UTC)');
    expect(await hover(code, 'import')).toBeUndefined();
    expect(await hover('x = 1\n', 'x')).toBeUndefined();
    window.change('modalGpu.doctor.enabled', false);
    expect(await hover(code, 'function(')).toBeUndefined();
    await happens(() => undefined);
  });
});
