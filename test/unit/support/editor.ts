/**
 * The parts of the editor that code of `src/ui` needs to run in plain Node:
 * `vi.mock('vscode', () => import('./editor.ts'))`.
 */
import { Emitter } from '../../../src/shared/emitter.ts';

export class Uri {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  static joinPath(base: Uri, ...parts: readonly string[]): Uri {
    return new Uri([base.path, ...parts].join('/'));
  }

  static parse(text: string): Uri {
    return new Uri(text.replace(/^file:\/\//, ''));
  }

  get fsPath(): string {
    return this.path;
  }

  toString(): string {
    return `file://${this.path}`;
  }
}

export { DiagnosticSeverity, SymbolKind, TreeItemCollapsibleState } from './editorEnums.ts';
export const ViewColumn = { Active: -1 };

/** A panel whose messages the test reads and writes. */
export class View {
  readonly title: string;
  readonly posted: { readonly type: string; readonly [name: string]: unknown }[] = [];
  readonly received = new Emitter<unknown>();
  readonly active = true;
  disposed = false;
  readonly #gone = new Emitter<undefined>();
  readonly onDidDispose = this.#gone.event;
  readonly webview = {
    html: '',
    options: {},
    cspSource: '',
    asWebviewUri: (uri: Uri) => uri,
    onDidReceiveMessage: this.received.event,
    postMessage: (message: View['posted'][number]) => Promise.resolve(this.posted.push(message) > 0),
  };

  constructor(title: string) {
    this.title = title;
  }

  reveal(): void {
    // It is in front always.
  }

  dispose(): void {
    this.disposed = true;
    this.#gone.fire(undefined);
  }

  /** The latest message of a kind. */
  last(type: string): View['posted'][number] | undefined {
    return this.posted.findLast((message) => message.type === type);
  }
}

interface Serializer {
  deserializeWebviewPanel(view: View, state: unknown): Promise<void>;
}

export const views: View[] = [];
/** What the user types into the next fields; undefined = Escape. */
export const typed: (string | undefined)[] = [];
export const said: string[] = [];
let serializer: Serializer | undefined;

/** Brings a panel back as the editor does after a reload. */
export async function restore(view: View, state: unknown): Promise<void> {
  await serializer?.deserializeWebviewPanel(view, state);
}

export const window = {
  createWebviewPanel: (_type: string, title: string): View => {
    const view = new View(title);
    views.push(view);
    return view;
  },
  registerWebviewPanelSerializer: (_type: string, given: Serializer) => {
    serializer = given;
    return { dispose: () => undefined };
  },
  showInputBox: ({ title }: { readonly title: string }) => {
    said.push(title);
    return Promise.resolve(typed.shift());
  },
  showInformationMessage: (text: string) => Promise.resolve(void said.push(text)),
};
