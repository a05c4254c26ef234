import type { JournalEntry } from '../../../deploy/core/index.ts';
import { isAlive, thisOwner } from '../../../deploy/core/index.ts';

export interface OthersEntries {
  /** No window sees to these any more. */
  readonly cutOff: readonly JournalEntry[];
  /** Another window has these under way. */
  readonly elsewhere: readonly JournalEntry[];
}

/**
 * Tells what was left behind from what another window has under way.
 * @param running ids of what this window has under way itself
 */
export async function entriesOfOthers(
  entries: readonly JournalEntry[],
  running: ReadonlySet<string>,
): Promise<OthersEntries> {
  const self = await thisOwner();
  const cutOff: JournalEntry[] = [];
  const elsewhere: JournalEntry[] = [];
  for (const entry of entries) {
    if (running.has(entry.id)) continue;
    const { owner } = entry;
    // What this window took and could not recover, e.g. offline, is tried again.
    const isOwn = owner?.pid === self.pid && owner.began === self.began && owner.machine === self.machine;
    if (owner && !isOwn && (await isAlive(owner, entry.startedAt))) elsewhere.push(entry);
    else cutOff.push(entry);
  }
  return { cutOff, elsewhere };
}
