import type { AnswerRow } from '../../answerMessages.ts';

export type TreePath = AnswerRow['path'];

/** A line of the tree as it is drawn. */
export type TreeLine =
  | { readonly kind: 'row'; readonly row: AnswerRow; readonly depth: number; readonly isOpen: boolean }
  /** Stands for rows that were not asked for yet. */
  | {
      readonly kind: 'more';
      readonly path: TreePath;
      readonly depth: number;
      readonly from: number;
      readonly left: number;
    };

const keyOf = (path: TreePath) => JSON.stringify(path);

/** What the view knows of a tree that lies with the host: the rows that came, and which of them are open. */
export class TreeState {
  readonly #root: AnswerRow;
  readonly #rows = new Map<string, AnswerRow[]>();
  readonly #open = new Set<string>();
  #lines: TreeLine[] | undefined;

  constructor(root: AnswerRow, rows: readonly AnswerRow[]) {
    this.#root = root;
    this.#open.add(keyOf(root.path));
    this.add(root.path, 0, rows);
  }

  /** All lines that are to be drawn. */
  get lines(): readonly TreeLine[] {
    return (this.#lines ??= this.#flatten());
  }

  add(path: TreePath, from: number, rows: readonly AnswerRow[]): void {
    const known = this.#rows.get(keyOf(path)) ?? [];
    this.#rows.set(keyOf(path), [...known.slice(0, from), ...rows, ...known.slice(from + rows.length)]);
    this.#lines = undefined;
  }

  /** @returns whether the rows in it must be asked for */
  open(path: TreePath): boolean {
    this.#open.add(keyOf(path));
    this.#lines = undefined;
    return !this.#rows.has(keyOf(path));
  }

  close(path: TreePath): void {
    this.#open.delete(keyOf(path));
    this.#lines = undefined;
  }

  /** Opens everything above a row. @returns its line; -1 when it is not there */
  reveal(path: TreePath): number {
    for (let depth = 0; depth < path.length; depth++) this.open(path.slice(0, depth));
    return this.lineOf(path);
  }

  lineOf(path: TreePath): number {
    const key = keyOf(path);
    return this.lines.findIndex((line) => line.kind === 'row' && keyOf(line.row.path) === key);
  }

  #flatten(): TreeLine[] {
    const lines: TreeLine[] = [];
    const add = (row: AnswerRow, depth: number) => {
      const isOpen = row.count > 0 && this.#open.has(keyOf(row.path));
      lines.push({ kind: 'row', row, depth, isOpen });
      if (!isOpen) return;
      const rows = this.#rows.get(keyOf(row.path)) ?? [];
      for (const child of rows) add(child, depth + 1);
      if (rows.length < row.count)
        lines.push({
          kind: 'more',
          path: row.path,
          depth: depth + 1,
          from: rows.length,
          left: row.count - rows.length,
        });
    };
    add(this.#root, 0);
    return lines;
  }
}
