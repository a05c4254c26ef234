/**
 * An editor that runs the whole extension in plain Node: `vi.mock('vscode', () => import('../support/whole/editor.ts'))`.
 * What it shows, asks and is told to do stands in `transcript.ts`; files and their watchers are real.
 */
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Emitter } from '../../../../src/shared/emitter.ts';
import { documentOf, documents, match } from './documents.ts';
import type { Document, TextEditor } from './documents.ts';
import { OpenInput, OpenList, dialogs, messages } from './questions.ts';
import { busy, nextAnswer, tell } from './transcript.ts';
import type { WorkspaceEdit } from './types.ts';
import { ConfigurationTarget, Selection, Uri } from './types.ts';
import type { OpenView } from './views.ts';
import { OpenPanel, OpenTree } from './views.ts';

export * from './types.ts';

const nothing = { dispose: (): void => undefined };
type Run = (...args: readonly unknown[]) => unknown;

/** What tests read and change. */
export const state = {
  registered: new Map<string, Run>(),
  settings: new Map<string, unknown>(),
  contexts: new Map<string, unknown>(),
  trees: new Map<string, OpenTree>(),
  views: new Map<string, OpenView>(),
  panels: [] as OpenPanel[],
  serializers: new Map<
    string,
    { deserializeWebviewPanel(panel: OpenPanel, state: unknown): Promise<void> }
  >(),
  /** Providers of languages, tasks and documents, by their kind or scheme. */
  providers: new Map<string, unknown>(),
  marks: new Map<string, Map<string, readonly unknown[]>>(),
  statusItems: [] as Record<string, unknown>[],
  extensions: new Map<string, unknown>(),
  log: [] as string[],
  progress: [] as string[],
  /** What the user does with a message that tells of progress: cancels it. */
  cancels: false,
  /** How the next task ends. */
  exitCode: 0 as number | undefined,
};

export const events = {
  settings: new Emitter<{ affectsConfiguration(key: string): boolean }>(),
  window: new Emitter<{ readonly focused: boolean; readonly active: boolean }>(),
  activeEditor: new Emitter<TextEditor | undefined>(),
  folders: new Emitter<void>(),
  trust: new Emitter<void>(),
  terminals: new Emitter<object>(),
  files: new Emitter<readonly [kind: 'create' | 'change' | 'delete', uri: Uri]>(),
  taskProcesses: new Emitter<object>(),
  tasks: new Emitter<object>(),
};

function shownArgument(value: unknown): string {
  if (value instanceof Uri) return value.toString();
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export const commands = {
  registerCommand: (id: string, run: Run) => {
    state.registered.set(id, run);
    return { dispose: () => void state.registered.delete(id) };
  },
  executeCommand: (id: string, ...args: readonly unknown[]): Promise<unknown> => {
    const run = state.registered.get(id);
    if (run) return Promise.resolve(run(...args));
    if (id === 'setContext') state.contexts.set(String(args[0]), args[1]);
    else tell(`command: ${[id, ...args.map(shownArgument)].join(' ')}`);
    return Promise.resolve(undefined);
  },
};

/** For calls that only say what they were given. */
function told(words: string): Promise<boolean> {
  tell(words);
  return Promise.resolve(true);
}

export const env = {
  shell: '/bin/sh',
  remoteName: undefined as string | undefined,
  uiKind: 1,
  clipboard: { writeText: (words: string) => told(`copied: ${words}`) },
  openExternal: (uri: Uri) => told(`opened: ${uri.toString(true)}`),
  asExternalUri: (uri: Uri) => Promise.resolve(uri),
};

export const extensions = {
  get all() {
    return [...state.extensions.values()];
  },
  getExtension: (id: string) => state.extensions.get(id),
  onDidChange: () => nothing,
};

const provider = (kind: string) => (_selector: unknown, given: unknown) => {
  state.providers.set(kind, given);
  return nothing;
};

export const languages = {
  match,
  createDiagnosticCollection: (name: string) => {
    const marks = new Map<string, readonly unknown[]>();
    state.marks.set(name, marks);
    return {
      set: (uri: Uri, all: readonly unknown[] | undefined) =>
        all?.length ? marks.set(uri.toString(), all) : marks.delete(uri.toString()),
      get: (uri: Uri) => marks.get(uri.toString()),
      delete: (uri: Uri) => marks.delete(uri.toString()),
      clear: () => marks.clear(),
      dispose: () => marks.clear(),
    };
  },
  registerHoverProvider: (selector: unknown, given: unknown) =>
    provider(`hover ${languageOf(selector)}`)(selector, given),
  registerFoldingRangeProvider: provider('folding'),
  registerDocumentSymbolProvider: provider('symbols'),
  registerDocumentLinkProvider: provider('links'),
  registerCompletionItemProvider: (selector: unknown, given: unknown) =>
    provider(`completion ${languageOf(selector)}`)(selector, given),
  registerCodeLensProvider: (selector: unknown, given: unknown) =>
    provider(`lens ${languageOf(selector)}`)(selector, given),
  registerCodeActionsProvider: provider('fixes'),
};

function languageOf(selector: unknown): string {
  const [first] = [selector].flat() as { readonly language?: string; readonly pattern?: string }[];
  return first?.language ?? first?.pattern ?? '';
}

interface TaskLike {
  readonly name: string;
  readonly execution: { readonly process: string; readonly args: readonly string[] };
}

export const tasks = {
  registerTaskProvider: (type: string, given: unknown) => {
    state.providers.set(`tasks ${type}`, given);
    return nothing;
  },
  onDidEndTaskProcess: events.taskProcesses.event,
  onDidEndTask: events.tasks.event,
  executeTask: ({ name, execution: { process, args } }: TaskLike) => {
    tell(`task: ${name} · ${[process, ...args].join(' ')}`);
    const execution = {};
    setImmediate(() => {
      if (state.exitCode === undefined) events.tasks.fire({ execution });
      else events.taskProcesses.fire({ execution, exitCode: state.exitCode });
    });
    return Promise.resolve(execution);
  },
};

interface Folder {
  readonly uri: Uri;
  readonly name: string;
  readonly index: number;
}

async function findFiles(include: unknown, most: number): Promise<Uri[]> {
  const { base, pattern = include } = include as { base?: Uri | Folder; pattern?: unknown };
  const roots = base
    ? [base instanceof Uri ? base : base.uri]
    : (workspace.workspaceFolders ?? []).map(({ uri }) => uri);
  const found = await Promise.all(
    roots.map(async ({ path: root }) => {
      const names = await readdir(root, { recursive: true, withFileTypes: true });
      return names
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => path.join(parentPath, name))
        .filter((file) => path.matchesGlob(path.relative(root, file), String(pattern)));
    }),
  );
  return found
    .flat()
    .sort()
    .slice(0, most)
    .map((file) => Uri.file(file));
}

async function openTextDocument(given: Uri | string): Promise<Document> {
  const uri = typeof given === 'string' ? Uri.file(given) : given;
  const known = documents.all.find((document) => document.uri.toString() === uri.toString());
  if (known) return known;
  const texts = state.providers.get(uri.scheme) as
    { provideTextDocumentContent(uri: Uri): string | Promise<string> } | undefined;
  const text = texts ? await texts.provideTextDocumentContent(uri) : await readFile(uri.path, 'utf8');
  return documents.open(uri, text);
}

export const workspace = {
  isTrusted: true,
  workspaceFile: undefined as Uri | undefined,
  workspaceFolders: undefined as readonly Folder[] | undefined,
  get textDocuments() {
    return documents.all;
  },
  notebookDocuments: [],
  onDidOpenTextDocument: documents.opens.event,
  onDidCloseTextDocument: documents.closes.event,
  onDidChangeTextDocument: documents.changes.event,
  onDidSaveTextDocument: documents.saves.event,
  onDidChangeNotebookDocument: () => nothing,
  onDidChangeWorkspaceFolders: events.folders.event,
  onDidGrantWorkspaceTrust: events.trust.event,
  onDidChangeConfiguration: events.settings.event,
  getConfiguration: (section: string) => ({
    get: (key: string) => state.settings.get(`${section}.${key}`),
    inspect: () => ({}),
    update: (key: string, value: unknown, target: number) => {
      tell(`setting: ${section}.${key} = ${JSON.stringify(value)}`);
      if (target !== ConfigurationTarget.Workspace) tell('  of the user');
      changeSetting(`${section}.${key}`, value);
      return Promise.resolve();
    },
  }),
  getWorkspaceFolder: (uri: Uri) =>
    workspace.workspaceFolders?.find((folder) => `${uri.path}/`.startsWith(`${folder.uri.path}/`)),
  asRelativePath: (given: Uri | string) => {
    const whole = typeof given === 'string' ? given : given.path;
    const folder = workspace.workspaceFolders?.find(({ uri }) => whole.startsWith(`${uri.path}/`));
    return folder ? whole.slice(folder.uri.path.length + 1) : whole;
  },
  findFiles: (include: unknown, _exclude?: unknown, most = Infinity): Promise<Uri[]> =>
    busy(findFiles(include, most)),
  createFileSystemWatcher: () => {
    const on = (kind: string) => (listener: (uri: Uri) => void) =>
      events.files.event(([which, uri]) => which === kind && listener(uri));
    return { ...nothing, onDidCreate: on('create'), onDidChange: on('change'), onDidDelete: on('delete') };
  },
  registerTextDocumentContentProvider: (scheme: string, given: unknown) => {
    state.providers.set(scheme, given);
    return nothing;
  },
  openTextDocument: (given: Uri | string): Promise<Document> => busy(openTextDocument(given)),
  applyEdit: async (edit: WorkspaceEdit): Promise<boolean> => {
    if (edit.needsConfirmation) tell(`to be confirmed: ${edit.size} changes`);
    for (const uri of new Map(edit.changes.map(([each]) => [each.toString(), each])).values()) {
      const document = await workspace.openTextDocument(uri);
      const edits = edit.changes.filter(([each]) => each.toString() === uri.toString());
      document.edit(edits.map(([, each]) => each));
    }
    return true;
  },
  fs: {
    stat: async (uri: Uri) => {
      const found = await busy(stat(uri.path));
      return { size: found.size, mtime: found.mtimeMs, type: found.isDirectory() ? 2 : 1 };
    },
    readFile: (uri: Uri) => busy(readFile(uri.path)),
    writeFile: async (uri: Uri, bytes: Uint8Array) => {
      await busy(mkdir(path.dirname(uri.path), { recursive: true }).then(() => writeFile(uri.path, bytes)));
      tell(`written: ${uri.path}`);
    },
    createDirectory: (uri: Uri) => mkdir(uri.path, { recursive: true }),
    readDirectory: async (uri: Uri) =>
      (await readdir(uri.path, { withFileTypes: true })).map((entry) => [
        entry.name,
        entry.isDirectory() ? 2 : 1,
      ]),
  },
};

/** As the user changes it. */
export function changeSetting(key: string, value: unknown): void {
  if (value === undefined) state.settings.delete(key);
  else state.settings.set(key, value);
  events.settings.fire({ affectsConfiguration: (asked) => key === asked || key.startsWith(`${asked}.`) });
}

interface ProgressOptions {
  readonly location: unknown;
  readonly title?: string;
  readonly cancellable?: boolean;
}

type Task = (progress: { report(step: { message?: string }): void }, token: object) => PromiseLike<unknown>;

interface Terminal {
  readonly name: string;
  readonly shellPath?: string;
  readonly shellArgs?: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export const window = {
  ...messages,
  ...dialogs,
  state: { focused: true, active: true },
  activeTextEditor: undefined as TextEditor | undefined,
  visibleTextEditors: [],
  onDidChangeWindowState: events.window.event,
  onDidChangeActiveTextEditor: events.activeEditor.event,
  onDidCloseTerminal: events.terminals.event,
  createQuickPick: () => new OpenList(),
  createInputBox: () => new OpenInput(),
  showWorkspaceFolderPick: () => {
    tell(`folder list: ${workspace.workspaceFolders?.map(({ name }) => name).join(', ')}`);
    const answer = nextAnswer();
    return Promise.resolve(workspace.workspaceFolders?.find(({ name }) => name === answer));
  },
  withProgress: (options: ProgressOptions, task: Task) => {
    const cancels = new Emitter<void>();
    const token = { isCancellationRequested: false, onCancellationRequested: cancels.event };
    const { location, title } = options;
    // Not in the transcript: what is quick shows none.
    const told = title ?? (location as { viewId?: string }).viewId ?? '';
    state.progress.push(told);
    const running = task({ report: ({ message }) => state.progress.push(`${told}: ${message}`) }, token);
    if (state.cancels && options.cancellable) {
      token.isCancellationRequested = true;
      cancels.fire();
    }
    return running;
  },
  createOutputChannel: () => {
    const write = (level: string) => (words: string) => state.log.push(`${level} ${words}`);
    return {
      ...{ trace: write('trace'), debug: write('debug'), info: write('info'), warn: write('warn') },
      ...{
        error: write('error'),
        show: () => tell('shown: the log of the extension'),
        dispose: () => undefined,
      },
    };
  },
  createStatusBarItem: () => {
    const item = { show: () => undefined, hide: () => undefined, dispose: () => undefined };
    state.statusItems.push(item);
    return item;
  },
  createTreeView: (id: string, options: ConstructorParameters<typeof OpenTree>[0]) => {
    const tree = new OpenTree(options);
    state.trees.set(id, tree);
    return tree;
  },
  createTerminal: ({ name, shellPath, shellArgs = [], cwd, env: variables = {} }: Terminal) => ({
    show: () => {
      const names = Object.keys(variables).filter((each) => each.startsWith('MODAL_'));
      // The words before are a script that runs the rest in the user's shell.
      const words = shellArgs.length > 6 ? shellArgs.slice(6) : [shellPath, ...shellArgs];
      const place = shellArgs[4] ?? cwd ?? '.';
      tell(
        `terminal: ${[name, words.join(' '), place === '.' ? '' : `in ${place}`, names.join(' ')].filter(Boolean).join(' · ')}`,
      );
    },
    sendText: (words: string) => tell(`  ${words}`),
  }),
  registerWebviewViewProvider: (id: string, given: { resolveWebviewView(view: OpenView): unknown }) => {
    state.providers.set(id, given);
    return nothing;
  },
  registerWebviewPanelSerializer: (type: string, given: never) => {
    state.serializers.set(type, given);
    return nothing;
  },
  createWebviewPanel: (type: string, title: string) => {
    tell(`panel: ${title}`);
    const panel = new OpenPanel(type, title);
    state.panels.push(panel);
    return panel;
  },
  showTextDocument: async (
    given: Uri | Document,
    options: { readonly selection?: Selection } = {},
  ): Promise<TextEditor> => {
    const uri = given instanceof Uri ? given : given.uri;
    const { selection } = options;
    tell(
      `document: ${uri.scheme === 'file' ? uri.path : uri.toString(true)}${selection ? ` line ${selection.start.line + 1}` : ''}`,
    );
    return edit(await workspace.openTextDocument(uri));
  },
};

/** Puts a document in front. */
export function edit(document: Document, at = 0): TextEditor {
  const place = document.positionAt(at);
  const shown: TextEditor = {
    document,
    selection: new Selection(place, place),
    revealRange: () => undefined,
  };
  window.activeTextEditor = shown;
  events.activeEditor.fire(shown);
  return shown;
}

export { documentOf };
