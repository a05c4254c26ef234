/**
 * An editor that notes every string that it is given to show:
 * `vi.mock('vscode', () => import('./recordingEditor.ts'))`.
 */

/** What was shown since the test emptied it. */
export const shown: string[] = [];
/** Titles of buttons that are pressed next. */
export const presses: string[] = [];

/** Strings at any depth; what the user edits, and data, is not drawn. */
function note(value: unknown): void {
  if (typeof value === 'string') shown.push(value);
  else if (Array.isArray(value)) value.forEach(note);
  else if (typeof value === 'object' && value !== null)
    Object.entries(value).forEach(([name, each]) => name !== 'value' && name !== 'command' && note(each));
}

const message = (...words: readonly unknown[]): Promise<string | undefined> => {
  note(words);
  const wanted = presses.shift();
  return Promise.resolve(words.filter((each) => typeof each === 'string').find((each) => each === wanted));
};

/** Notes what is assigned, as the editor paints it. */
function painted(): object {
  const set = (target: Record<string, unknown>, name: string, value: unknown) => {
    if (name !== 'value' && name !== 'command') note(value);
    target[name] = value;
    return true;
  };
  return new Proxy({ show: () => undefined }, { set });
}

export class MarkdownString {
  readonly value: string;
  isTrusted: unknown;

  constructor(value: string) {
    this.value = value;
  }
}

export class Hover {
  readonly contents: readonly MarkdownString[];

  constructor(contents: MarkdownString) {
    this.contents = [contents];
  }
}

/** A class whose objects have only what is shown of them. */
const classOf = () =>
  function made(...parts: readonly unknown[]): object {
    note(parts);
    return painted();
  };
export const CodeLens = classOf();
export const DocumentSymbol = classOf();
export const Task = classOf();
export const TreeItem = classOf();
export const ThemeIcon = classOf();
export const ThemeColor = classOf();
export class EventEmitter {
  readonly event = (): void => undefined;
  fire(): void {
    // Nobody listens.
  }
}
export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 };
export const ProgressLocation = { Notification: 15 };
export const commands = { executeCommand: () => Promise.resolve() };

export const window = {
  showErrorMessage: message,
  showWarningMessage: message,
  showInformationMessage: message,
  setStatusBarMessage: message,
  showQuickPick: message,
  showInputBox: async ({ validateInput, ...words }: { validateInput?: (value: string) => unknown }) => {
    note(words);
    note(await validateInput?.(''));
  },
  showOpenDialog: message,
  showSaveDialog: message,
  createTerminal: message,
  createWebviewPanel: message,
  createQuickPick: painted,
  createInputBox: painted,
  createStatusBarItem: painted,
  createTreeView: painted,
  withProgress: (options: object, task: (progress: object, token: object) => unknown) => {
    note(options);
    return task({ report: note }, {});
  },
};
