import * as vscode from 'vscode';
import { lines, plain } from '../../shared/text.ts';
import type { Row, Rows } from './row.ts';
import { diffRows } from './row.ts';

const collapsibleStates = {
  none: vscode.TreeItemCollapsibleState.None,
  collapsed: vscode.TreeItemCollapsibleState.Collapsed,
  expanded: vscode.TreeItemCollapsibleState.Expanded,
} as const;

/** Paints rows as a tree and repaints only what changed. Elements are row ids, so selection and expansion are stable. */
export class RowTree implements vscode.TreeDataProvider<string>, vscode.Disposable {
  readonly #changes = new vscode.EventEmitter<string[] | undefined>();
  readonly #onExpand: ((id: string) => void) | undefined;
  readonly #moreTooltip: ((id: string) => Promise<readonly string[]> | undefined) | undefined;
  readonly #opened = new Map<string, boolean>();
  #rows: Rows = new Map();

  readonly onDidChangeTreeData = this.#changes.event;

  /**
   * @param onExpand called when the children of a row are asked for
   * @param moreTooltip lines that are read only when the tooltip is looked at
   */
  constructor(
    onExpand?: (id: string) => void,
    moreTooltip?: (id: string) => Promise<readonly string[]> | undefined,
  ) {
    this.#onExpand = onExpand;
    this.#moreTooltip = moreTooltip;
  }

  /** @param changed rows to paint again, where the caller knows them; the root '' stands for all */
  show(rows: Rows, changed: readonly string[] = diffRows(this.#rows, rows).changed): void {
    const first = this.#rows.size === 0;
    this.#rows = rows;
    if (first || changed[0] === '') this.#changes.fire(undefined);
    else if (changed.length > 0) this.#changes.fire([...changed]);
  }

  row(id: string): Row | undefined {
    return this.#rows.get(id);
  }

  ids(): string[] {
    return [...this.#rows.keys()];
  }

  /** Keeps what the user opened and closed, for rows that go and come back, e.g. by a filter. */
  setOpened(id: string, opened: boolean): void {
    this.#opened.set(id, opened);
  }

  getTreeItem(id: string): vscode.TreeItem {
    const row = this.#rows.get(id);
    if (!row) return new vscode.TreeItem(''); // gone between two repaints
    const item = new vscode.TreeItem(plain(row.label), collapsibleStates[this.#collapsible(row)]);
    item.id = row.id;
    item.description = plain(row.description);
    item.contextValue = row.context;
    item.iconPath = new vscode.ThemeIcon(
      row.icon,
      row.iconColor ? new vscode.ThemeColor(row.iconColor) : undefined,
    );
    item.accessibilityInformation = { label: row.spoken, role: 'treeitem' };
    if (row.command) item.command = { command: row.command.id, title: row.command.title, arguments: [id] };
    return item;
  }

  async resolveTreeItem(item: vscode.TreeItem, id: string): Promise<vscode.TreeItem> {
    const more = (await this.#moreTooltip?.(id)) ?? [];
    item.tooltip = lines([...(this.#rows.get(id)?.tooltip() ?? []), ...more]);
    return item;
  }

  getChildren(id = ''): string[] {
    this.#onExpand?.(id);
    return [...(this.#rows.get(id)?.childIds ?? [])];
  }

  getParent(id: string): string | undefined {
    return this.#rows.get(id)?.parentId || undefined;
  }

  #collapsible({ id, collapsible }: Row): Row['collapsible'] {
    const opened = this.#opened.get(id);
    if (collapsible === 'none' || opened === undefined) return collapsible;
    return opened ? 'expanded' : 'collapsed';
  }

  dispose(): void {
    this.#changes.dispose();
  }
}
