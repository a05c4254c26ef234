/** What a tree row shows, free of the editor's classes, so that rows are compared and tested as data. */
export interface Row {
  readonly id: string;
  readonly parentId: string | undefined;
  readonly kind: string;
  readonly label: string;
  readonly description: string;
  readonly icon: string;
  /** Theme colour id of the icon; state is in words as well. */
  readonly iconColor?: string;
  /** Words that menus match on. */
  readonly context: string;
  /** Full sentence for screen readers. */
  readonly spoken: string;
  /** Lines of the tooltip, made only when it is asked for: dates in words are slow to write. */
  readonly tooltip: () => readonly string[];
  readonly collapsible: 'none' | 'collapsed' | 'expanded';
  readonly childIds: readonly string[];
  readonly command?: { readonly id: string; readonly title: string };
}

export type Rows = ReadonlyMap<string, Row>;

export interface RowChanges {
  /** Rows whose own text or children changed; the root is ''. */
  readonly changed: readonly string[];
}

const rootId = '';

/**
 * Finds the rows that must be painted again. A row below another changed row is still listed only if it changed
 * itself, because the editor keeps children that it is not told about.
 */
export function diffRows(before: Rows, after: Rows): RowChanges {
  const changed: string[] = [];
  for (const [id, row] of after) {
    const old = before.get(id);
    if (old && old !== row && !sameRow(old, row)) changed.push(id);
  }
  return { changed: changed.includes(rootId) ? [rootId] : changed };
}

/** Whether two rows are painted alike; tooltips are read anew each time. */
export function sameRow(a: Row, b: Row): boolean {
  return (
    a.label === b.label &&
    a.description === b.description &&
    a.icon === b.icon &&
    a.iconColor === b.iconColor &&
    a.context === b.context &&
    a.collapsible === b.collapsible &&
    a.spoken === b.spoken &&
    sameList(a.childIds, b.childIds)
  );
}

export function sameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, at) => item === b[at]);
}

/** A root row that only holds children. */
export function rootRow(childIds: readonly string[]): Row {
  return {
    id: rootId,
    parentId: undefined,
    kind: 'root',
    label: '',
    description: '',
    icon: '',
    context: '',
    spoken: '',
    tooltip: () => [],
    collapsible: 'expanded',
    childIds,
  };
}

/** The row of an app, which commands are also given from elsewhere. */
export function appRowId({ id }: { readonly id: string }): string {
  return `app/${id}`;
}
