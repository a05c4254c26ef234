import { ESLint } from 'eslint';
import fc from 'fast-check';
import { marked } from 'marked';
import type * as vscode from 'vscode';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ModalError } from '../../../src/domain/errors.ts';
import { commandLink, lines, markdownText, plain, text } from '../../../src/shared/text.ts';
import { Presenter } from '../../../src/editor/present.ts';
import * as inputs from '../../../src/editor/shown/inputs.ts';
import * as messages from '../../../src/editor/shown/messages.ts';
import { commands } from '../../../src/contributions.ts';
import * as surfaces from '../../../src/editor/shown/surfaces.ts';
import { RowTree } from '../../../src/editor/rows/rowTree.ts';
import { iconsIn, linksIn } from '../support/editorPatterns.ts';
import { hostileLinks, hostileWords } from '../support/hostileWords.ts';
import { presses, shown } from '../support/recordingEditor.ts';

vi.mock('vscode', () => import('../support/recordingEditor.ts'));

beforeEach(() => {
  shown.length = 0;
  presses.length = 0;
});

/** A part that nothing is shown of. */
const part = {} as never;
const noise = { error: () => undefined } as unknown as ConstructorParameters<typeof Presenter>[0];

/** Each way to show words, with the words of others in all places. */
const ways: Readonly<Record<string, (words: string) => unknown>> = {
  showError: (words) => messages.showError(text`Send: ${words}`, plain(words)),
  showWarning: (words) =>
    messages.showWarning(text`Send ${words}?`, { modal: true, detail: lines([words, words]) }, plain(words)),
  showInformation: (words) => messages.showInformation(text`${words} (${words})`, text`Open ${words}`),
  showStatus: (words) => messages.showStatus('check', text`Copied ${words}`, 1),
  withProgress: (words) =>
    messages.withProgress({ location: 15, title: plain(words) }, (progress) => {
      progress.report({ message: text`[${words}](${words})` });
      return Promise.resolve();
    }),
  showPick: (words) =>
    inputs.showPick([{ label: plain(words), description: text`[${words}`, detail: text`](${words}` }], {
      title: plain(words),
      placeHolder: plain(words),
    }),
  showPicks: (words) =>
    inputs.showPicks([{ label: plain(words) }], { title: plain(words), placeHolder: text`$${words}` }),
  createPick: (words) => {
    const pick = inputs.createPick();
    pick.title = plain(words);
    pick.placeholder = plain(words);
    pick.items = [{ label: plain(words), detail: plain(words) }];
  },
  showInput: (words) =>
    inputs.showInput({
      title: plain(words),
      prompt: text`Default: ${words}`,
      placeHolder: plain(words),
      validateInput: () => inputs.problem(words),
    }),
  createInput: (words) => {
    const input = inputs.createInput();
    input.prompt = plain(words);
    input.validationMessage = inputs.problem(words);
  },
  showOpen: (words) => inputs.showOpen({ title: plain(words), openLabel: plain(words) }),
  showSave: (words) => inputs.showSave({ title: plain(words) }),
  createStatusBarItem: (words) => {
    surfaces.createStatusBarItem('id', 1, 1).text = plain(words);
  },
  codeLens: (words) =>
    surfaces.codeLens(part, { title: plain(words), command: commands.refresh, tooltip: plain(words) }),
  completionItem: (words) => {
    const { label, detail } = surfaces.completionItem({
      label: { label: plain(words), description: plain(words) },
      detail: plain(words),
      insertText: words,
    });
    if (typeof label !== 'string') shown.push(label.label, label.description ?? '');
    shown.push(detail ?? '');
  },
  hover: (words) => {
    const { contents } = surfaces.hover(markdownText`${words}`, [], part);
    const [{ value }] = contents as [vscode.MarkdownString];
    // The editor looks for icons in what Markdown has become.
    shown.push(marked.parse(value, { gfm: true, async: false }).replaceAll('&#36;', '$'));
  },
  documentSymbol: (words) => surfaces.documentSymbol(plain(words), plain(words), 1, part, part),
  createWebviewPanel: (words) => surfaces.createWebviewPanel('modal', plain(words), 1, {}),
  createTreeView: (words) => {
    surfaces.createTreeView('id', { treeDataProvider: new RowTree() }).message = plain(words);
  },
  createTerminal: (words) => surfaces.createTerminal({ name: text`Shell in ${words}` }),
  createTask: (words) =>
    surfaces.createTask({
      definition: { type: 'modal' },
      scope: 2,
      name: plain(words),
      source: 'modal',
      execution: part,
    }),
  presenter: (words) =>
    new Presenter(noise).failure(`Deploying ${words}`, new ModalError('unexpected', words), [
      { title: words, run: () => undefined },
    ]),
  rowTree: async (words) => {
    const tree = new RowTree();
    const row = {
      kind: 'app',
      icon: 'cloud',
      context: '',
      spoken: '',
      collapsible: 'none',
      childIds: [],
    } as const;
    tree.show(
      new Map([
        ['', { ...row, id: '', parentId: undefined, label: '', description: '', tooltip: () => [] }],
        ['a', { ...row, id: 'a', parentId: '', label: words, description: words, tooltip: () => [words] }],
      ]),
    );
    await tree.resolveTreeItem(tree.getTreeItem('a'), 'a');
  },
};

describe('what the editor is given to show', () => {
  const all = [inputs, messages, surfaces].flatMap((module) => Object.keys(module));

  it('is looked at here for every function that there is', () => {
    const makers = ['problem', 'markdownString']; // of parts, which the others show
    expect(Object.keys(ways)).toEqual(expect.arrayContaining(all.filter((name) => !makers.includes(name))));
  });

  it.each(Object.entries(ways))('has no link and no icon of others: %s', async (name, show) => {
    const icons = name === 'showStatus' ? ['check'] : [];
    await fc.assert(
      fc.asyncProperty(hostileWords, async (words) => {
        shown.length = 0;
        await show(`${words}${hostileLinks[0]}$(trash)`);
        expect(shown.length).toBeGreaterThan(0);
        expect(shown.flatMap(linksIn)).toEqual([]);
        expect(shown.flatMap(iconsIn)).toEqual(icons);
      }),
      { numRuns: 300 },
    );
  });

  it('has the link that the code puts in', async () => {
    const link = commandLink(text`Open Again`, 'modalGpu.signIn');
    await messages.showInformation(text`Enter ${'[the code](command:evil)'}. ${link}`);
    expect(shown.flatMap(linksIn)).toEqual([{ label: 'Open Again', href: 'command:modalGpu.signIn' }]);
  });

  it('takes no string that is not a text', () => {
    const words: string = hostileLinks[0] ?? '';
    // @ts-expect-error a message is a Text
    void messages.showError(words);
    // @ts-expect-error so is each part of an item
    void inputs.showPick([{ label: plain(words), detail: words }], { title: text`a`, placeHolder: text`b` });
    // @ts-expect-error and a problem
    void inputs.showInput({ title: text`a`, prompt: text`b`, validateInput: () => words });
  });
});

describe('a button', () => {
  it('is known by what was shown, also with signs of links in its name', async () => {
    const open = text`Open ${'report [v2](final).pdf'}`;
    presses.push(open);
    expect(await messages.showInformation(text`Saved.`, text`Copy`, open)).toBe(open);
  });

  it('runs its action though its name had to be changed', async () => {
    const title = 'Open a[0](https://evil.example).py:3';
    const run = vi.fn();
    presses.push(plain(title));
    new Presenter(noise).failure('Deploy', new ModalError('unexpected', 'no'), [{ title, run }]);
    await vi.waitFor(() => expect(run).toHaveBeenCalledOnce());
  });
});

describe('lint', () => {
  const eslint = new ESLint();
  const rules = async (code: string, filePath: string) => {
    const config = (await eslint.calculateConfigForFile(filePath)) as { rules: Record<string, unknown> };
    const bare = new ESLint({
      overrideConfigFile: true,
      overrideConfig: {
        files: ['**/*.ts'],
        languageOptions: { parser: (await import('typescript-eslint')).parser },
        rules: { 'no-restricted-syntax': config.rules['no-restricted-syntax'] as never },
      },
    });
    const [result] = await bare.lintText(code, { filePath });
    return result?.messages.map(({ ruleId }) => ruleId) ?? [];
  };

  it.each([
    'void vscode.window.showErrorMessage(words);',
    "void vscode.window['showWarningMessage'](words);",
    'const show = vscode.window.showInformationMessage; show(words);',
    'const { showQuickPick } = vscode.window; void showQuickPick([]);',
    'const { showInputBox: ask } = vscode.window; void ask({});',
    'window.withProgress({ location: 15, title }, run);',
    'window.setStatusBarMessage(words, 1);',
    'const pick = vscode.window.createQuickPick();',
    'const input = vscode.window.createInputBox();',
    'const item = vscode.window.createStatusBarItem();',
    'const view = vscode.window.createTreeView(id, options);',
    'vscode.window.createTerminal({ name });',
    'void vscode.window.showSaveDialog({ title });',
    'const tooltip = new vscode.MarkdownString(words);',
    "import { MarkdownString } from 'vscode';",
    'const lens = new vscode.CodeLens(range, command);',
    'const symbol = new vscode.DocumentSymbol(name, detail, kind, range, range);',
    'const item = new vscode.CompletionItem(name);',
    'const view = vscode.window.createWebviewPanel(type, title, column);',
    'const task = new vscode.Task(definition, scope, name, source);',
    'const shown = words as Text;',
    'const shown = words as unknown as Markdown;',
  ])('refuses %s', async (code) => {
    expect(await rules(code, 'src/features/apps/ui/appsView.ts')).toContain('no-restricted-syntax');
    expect(await rules(code, 'src/extension.ts')).toContain('no-restricted-syntax');
    expect(await rules(code, 'src/editor/present.ts')).toContain('no-restricted-syntax');
  });

  it('lets the one place use them', async () => {
    expect(
      await rules('void vscode.window.showErrorMessage(words);', 'src/editor/shown/messages.ts'),
    ).toEqual([]);
  });
});
