import type { Edit, Finding } from './rule.ts';

/**
 * All fixes at once. Edits that say the same are made once; of fixes that touch the same text the first wins, and
 * the others are left for the next time.
 */
export function editsOfAll(findings: readonly Finding[]): Edit[] {
  const chosen: Edit[] = [];
  for (const { fix } of findings) {
    if (!fix) continue;
    const fresh = fix.edits.filter((edit) => !chosen.some((known) => isSame(known, edit)));
    if (fresh.some((edit) => chosen.some((known) => overlaps(known, edit)))) continue;
    chosen.push(...fresh);
  }
  return chosen.sort((a, b) => a.from - b.from || a.to - b.to);
}

export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = '';
  let done = 0;
  for (const { from, to, text: fresh } of edits) {
    result += text.slice(done, from) + fresh;
    done = to;
  }
  return result + text.slice(done);
}

const isSame = (a: Edit, b: Edit) => a.from === b.from && a.to === b.to && a.text === b.text;

/** Insertions at one place have an order that nobody decided. */
const overlaps = (a: Edit, b: Edit) =>
  (a.from === b.from && a.to === b.to) || (a.from < b.to && b.from < a.to);
