/** Trees and pages of the editor, with what the user does in them. */
import { Emitter } from '../../../../src/shared/emitter.ts';
import type { Uri } from './types.ts';

interface Item {
  readonly label: string;
  readonly description?: string;
  readonly collapsibleState?: number;
  readonly contextValue?: string;
  readonly command?: { readonly command: string; readonly arguments?: readonly unknown[] };
  tooltip?: unknown;
}

interface Options {
  readonly treeDataProvider: {
    getChildren(id?: string): readonly string[];
    getTreeItem(id: string): Item;
    resolveTreeItem?(item: Item, id: string): Promise<Item>;
    getParent(id: string): string | undefined;
    readonly onDidChangeTreeData: (listener: (changed: readonly string[] | undefined) => void) => object;
  };
  readonly dragAndDropController?: { handleDrop?(target: string | undefined, data: unknown): unknown };
}

export class OpenTree {
  visible = false;
  message: string | undefined;
  description: string | undefined;
  badge: { readonly value: number; readonly tooltip: string } | undefined;
  readonly provider: Options['treeDataProvider'];
  readonly drop: Options['dragAndDropController'];
  readonly revealed: string[] = [];
  readonly #shows = new Emitter<{ readonly visible: boolean }>();
  readonly #expands = new Emitter<{ readonly element: string }>();
  readonly #collapses = new Emitter<{ readonly element: string }>();
  readonly #selects = new Emitter<{ readonly selection: readonly string[] }>();
  readonly onDidChangeVisibility = this.#shows.event;
  readonly onDidExpandElement = this.#expands.event;
  readonly onDidCollapseElement = this.#collapses.event;
  readonly onDidChangeSelection = this.#selects.event;

  constructor({ treeDataProvider, dragAndDropController }: Options) {
    this.provider = treeDataProvider;
    this.drop = dragAndDropController;
  }

  show(visible = true): void {
    this.visible = visible;
    this.#shows.fire({ visible });
  }

  select(id: string): void {
    this.#selects.fire({ selection: [id] });
  }

  /** Opens a row and asks for what is below it, as the editor does. */
  expand(id: string): readonly string[] {
    this.#expands.fire({ element: id });
    return this.provider.getChildren(id);
  }

  collapse(id: string): void {
    this.#collapses.fire({ element: id });
  }

  reveal(id: string): Promise<void> {
    this.revealed.push(id);
    return Promise.resolve();
  }

  /** The rows that can be seen, those below others indented. @param all also those below closed rows */
  rows(all = true): string[] {
    const below = (id: string | undefined, depth: number): string[] =>
      this.provider.getChildren(id).flatMap((each) => {
        const { label, description, collapsibleState } = this.provider.getTreeItem(each);
        const line = `${'  '.repeat(depth)}${[label, description].filter(Boolean).join(' | ')}`;
        return [line, ...(all || collapsibleState === 2 ? below(each, depth + 1) : [])];
      });
    return below(undefined, 0);
  }

  /** The id of the row with these words. */
  row(label: string): string {
    const below = (id: string | undefined): string | undefined => {
      for (const each of this.provider.getChildren(id)) {
        if (this.provider.getTreeItem(each).label === label) return each;
        const found = below(each);
        if (found !== undefined) return found;
      }
      return undefined;
    };
    const found = below(undefined);
    if (found === undefined) throw new Error(`There is no row ${label} in: ${this.rows().join('\n')}`);
    return found;
  }

  async tooltip(id: string): Promise<unknown> {
    const item = this.provider.getTreeItem(id);
    return ((await this.provider.resolveTreeItem?.(item, id)) ?? item).tooltip;
  }

  dispose(): void {
    // Nothing is kept.
  }
}

export interface Message {
  readonly type: string;
  readonly [name: string]: unknown;
}

/** The page of a view or panel: what it was sent, and what comes from it. */
class Page {
  html = '';
  options: object = {};
  readonly cspSource = '';
  readonly posted: Message[] = [];
  readonly received = new Emitter<unknown>();
  readonly onDidReceiveMessage = this.received.event;

  asWebviewUri(uri: Uri): Uri {
    return uri;
  }

  postMessage(message: Message): Promise<boolean> {
    this.posted.push(message);
    return Promise.resolve(true);
  }
}

class Shown {
  title: string;
  visible = true;
  active = true;
  readonly webview = new Page();
  readonly #gone = new Emitter<void>();
  readonly #shows = new Emitter<object>();
  readonly onDidDispose = this.#gone.event;
  readonly onDidChangeVisibility = this.#shows.event;
  readonly onDidChangeViewState = this.#shows.event;
  isGone = false;

  constructor(title: string) {
    this.title = title;
  }

  show(visible = true): void {
    this.visible = visible;
    this.active = visible;
    this.#shows.fire({ webviewPanel: this });
  }

  /** A message of the page. */
  send(message: Message): void {
    this.webview.received.fire(message);
  }

  last(type: string): Message | undefined {
    return this.webview.posted.findLast((message) => message.type === type);
  }

  dispose(): void {
    if (this.isGone) return;
    this.isGone = true;
    this.#gone.fire();
  }
}

export class OpenView extends Shown {
  description: string | undefined;
  badge: unknown;
}

export class OpenPanel extends Shown {
  readonly type: string;
  iconPath: unknown;

  constructor(type: string, title: string) {
    super(title);
    this.type = type;
  }

  reveal(): void {
    this.show();
  }
}
