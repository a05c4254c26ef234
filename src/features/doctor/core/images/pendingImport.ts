import type { Edit, Finding } from '../rule.ts';

/** A finding that holds only where a module is of the workspace, or where it is not installed on this computer. */
export interface PendingImport {
  /** `pkg.util` */
  readonly module: string;
  /** What is taken from it. */
  readonly members: readonly string[];
  readonly when: 'local' | 'absent';
  readonly finding: Finding;
  readonly fix?: SharedFix;
}

/** A fix that several findings share: each adds an item to one text that is inserted once. */
export interface SharedFix {
  /** The names of the items stand between them. */
  readonly title: readonly [before: string, after: string];
  readonly name: string;
  /** What else this finding changes. */
  readonly edits: readonly Edit[];
  readonly at: number;
  readonly open: string;
  readonly item: string;
  readonly between: string;
  readonly close: string;
}

/** Those that hold, each with the fix that mends all of its kind at once. */
export function settled(pending: readonly PendingImport[]): Finding[] {
  return pending.map(({ finding, fix }) => {
    if (!fix) return finding;
    const others = pending.flatMap((other) => (other.fix?.at === fix.at ? other.fix : []));
    const items = [...new Map(others.map((other) => [other.item, other])).values()];
    const text = `${fix.open}${items.map(({ item }) => item).join(fix.between)}${fix.close}`;
    const names = [...new Set(items.map(({ name }) => name))].join(', ');
    const edits = [...others.flatMap((other) => other.edits), { from: fix.at, to: fix.at, text }];
    return { ...finding, fix: { title: fix.title.join(names), edits: distinct(edits) } };
  });
}

const distinct = (edits: readonly Edit[]) => [
  ...new Map(edits.map((edit) => [`${edit.from} ${edit.to} ${edit.text}`, edit])).values(),
];
