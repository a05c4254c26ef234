/**
 * The editor around a flow that is cancelled: it answers what the flow asks the user, and its Cancel is the test's signal.
 * `vi.mock('vscode', () => import('./flowEditor.ts'))`, and for short waits, which are cancelled as all others:
 * `vi.mock('../../../src/editor/withSignal.ts', () => import('./flowEditor.ts'))`.
 */
import { Emitter } from '../../../src/shared/emitter.ts';

interface Token {
  readonly isCancellationRequested: boolean;
  onCancellationRequested(listener: () => void): { dispose(): void };
}

/** What the user does next. */
interface User {
  /** Pieces of the labels to choose in lists, in their order. */
  picks: string[];
  /** Buttons to press in messages; the first one where it names none. */
  presses: string[];
  /** What is typed into fields. */
  typed: string[];
  /** Where a file is saved. */
  saves: string;
}

const user: User = { picks: [], presses: [], typed: [], saves: '' };
/** What was said in messages, apart from questions. */
export const said: string[] = [];
let cancel: AbortSignal = new AbortController().signal;

/** Begins anew: what the user does, and the signal that is their Cancel. */
export function begin(signal: AbortSignal, does: Partial<User> = {}): void {
  cancel = signal;
  said.length = 0;
  const { picks = [], presses = [], typed = [], saves = '' } = does;
  Object.assign(user, { picks: [...picks], presses: [...presses], typed: [...typed], saves });
}

/** As that of the editor, without the time before its message appears. */
export function withSignal<T>(_title: string, job: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  tokenOf(cancel).onCancellationRequested(() => abort.abort());
  return job(abort.signal);
}

export function tokenOf(signal: AbortSignal): Token {
  return {
    get isCancellationRequested() {
      return signal.aborted;
    },
    onCancellationRequested: (listener) => {
      if (signal.aborted) listener();
      else signal.addEventListener('abort', listener, { once: true });
      return { dispose: () => signal.removeEventListener('abort', listener) };
    },
  };
}

const message = (words: string, ...rest: readonly unknown[]): Promise<string | undefined> => {
  const buttons = rest.filter((each) => typeof each === 'string');
  if (buttons.length === 0) said.push(words);
  const wanted = user.presses.shift() ?? buttons[0];
  return Promise.resolve(buttons.find((button) => button === wanted));
};

/** A list that stays open; the test does in it what the user would. */
export class OpenList {
  title = '';
  placeholder = '';
  busy = false;
  items: readonly { readonly label: string }[] = [];
  activeItems: readonly { readonly label: string }[] = [];
  selectedItems: readonly { readonly label: string }[] = [];
  readonly accepted = new Emitter<void>();
  readonly hidden = new Emitter<void>();
  readonly pressed = new Emitter<unknown>();
  readonly onDidAccept = this.accepted.event;
  readonly onDidHide = this.hidden.event;
  readonly onDidTriggerButton = this.pressed.event;
  readonly onDidTriggerItemButton = new Emitter<unknown>().event;

  show(): void {
    // It is open.
  }

  hide(): void {
    this.hidden.fire();
  }

  dispose(): void {
    // Nothing is kept.
  }
}

export const lists: OpenList[] = [];

/** A view that the user shows and hides. */
export class OpenTree {
  visible = true;
  readonly visibility = new Emitter<{ readonly visible: boolean }>();
  readonly onDidChangeVisibility = this.visibility.event;
  readonly onDidExpandElement = new Emitter<unknown>().event;
  readonly onDidCollapseElement = new Emitter<unknown>().event;
  readonly onDidChangeSelection = new Emitter<unknown>().event;

  hide(): void {
    this.visible = false;
    this.visibility.fire({ visible: false });
  }

  dispose(): void {
    // Nothing is kept.
  }
}

export const trees: OpenTree[] = [];
/** Fires when a file of the workspace has changed. */
export const changedFiles = new Emitter<Uri>();

/** A panel that the user may close. */
export class OpenPanel {
  readonly closed = new Emitter<void>();
  readonly onDidDispose = this.closed.event;
}

const nothing = { dispose: (): void => undefined };

export class ThemeIcon {
  readonly id: string;

  constructor(id: string) {
    this.id = id;
  }
}
export const ThemeColor = ThemeIcon;
export const Disposable = {
  from: (...all: readonly { dispose(): void }[]) => ({
    dispose: () => all.forEach((each) => each.dispose()),
  }),
};
export class Uri {
  readonly scheme = 'file';
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  get fsPath(): string {
    return this.path;
  }

  static file(path: string): Uri {
    return new Uri(path);
  }

  static parse(words: string): Uri {
    return new Uri(words);
  }

  static joinPath(base: Uri, ...parts: readonly string[]): Uri {
    return new Uri([base.path, ...parts].join('/'));
  }

  toString(): string {
    return this.path;
  }
}
export class EventEmitter<T> {
  readonly #emitter = new Emitter<T>();
  readonly event = this.#emitter.event;

  fire(value: T): void {
    this.#emitter.fire(value);
  }

  dispose(): void {
    this.#emitter.dispose();
  }
}
export const ProgressLocation = { Notification: 15 };
export const QuickPickItemKind = { Separator: -1 };
export { DiagnosticSeverity, SymbolKind, TreeItemCollapsibleState } from './editorEnums.ts';
export const ViewColumn = { Active: -1 };

export const commands = {
  executeCommand: () => Promise.resolve(),
  registerCommand: () => nothing,
};
export const env = {
  clipboard: { writeText: () => Promise.resolve() },
  openExternal: () => Promise.resolve(true),
  asExternalUri: (uri: Uri) => Promise.resolve(uri),
};
export const UIKind = { Desktop: 1 };
export const FileType = { Directory: 2 };
export const extensions = { getExtension: () => undefined, onDidChange: () => nothing };
export const workspace = {
  isTrusted: true,
  workspaceFolders: [],
  textDocuments: [],
  onDidChangeWorkspaceFolders: () => nothing,
  onDidGrantWorkspaceTrust: () => nothing,
  asRelativePath: (uri: Uri) => uri.path,
  createFileSystemWatcher: () => ({
    ...nothing,
    ...{ onDidCreate: changedFiles.event, onDidChange: changedFiles.event, onDidDelete: changedFiles.event },
  }),
  getWorkspaceFolder: () => undefined,
  findFiles: (_include: string, _exclude: string, _most: number, token: Token) =>
    new Promise<Uri[]>((resolve) => token.onCancellationRequested(() => resolve([Uri.file('/work/a.py')]))),
};

export class CancellationTokenSource {
  readonly #abort = new AbortController();
  readonly token = tokenOf(this.#abort.signal);

  cancel(): void {
    this.#abort.abort();
  }
}

type Task = (progress: { report(step: object): void }, token: Token) => unknown;
interface Pickable {
  readonly label: string;
}

export const window = {
  showErrorMessage: message,
  showWarningMessage: message,
  showInformationMessage: message,
  setStatusBarMessage: (words: string) => void said.push(words),
  showSaveDialog: () => Promise.resolve(user.saves ? Uri.file(user.saves) : undefined),
  showInputBox: () => Promise.resolve(user.typed.shift()),
  showQuickPick: async (given: readonly Pickable[] | PromiseLike<readonly Pickable[]>) => {
    // A list may be left while its items are still being read.
    const left = new Promise<undefined>((resolve) =>
      tokenOf(cancel).onCancellationRequested(() => resolve(undefined)),
    );
    const items = await Promise.race([given, left]);
    const wanted = items && user.picks.shift();
    return wanted === undefined ? undefined : items?.find(({ label }) => label.includes(wanted));
  },
  createQuickPick: () => {
    const list = new OpenList();
    lists.push(list);
    return list;
  },
  state: { focused: true, active: true },
  onDidChangeWindowState: () => nothing,
  createTreeView: () => {
    const tree = new OpenTree();
    trees.push(tree);
    return tree;
  },
  createTerminal: () => ({ show: () => undefined }),
  registerWebviewViewProvider: () => nothing,
  createWebviewPanel: () => new OpenPanel(),
  withProgress: (_options: object, task: Task) => task({ report: () => undefined }, tokenOf(cancel)),
  onDidCloseTerminal: () => nothing,
};
