import type { JournalEntry } from '../../deploy/core/index.ts';
import { entriesOfOthers } from '../core/running/otherWindows.ts';
import type { WorkspaceNeeds } from './needs.ts';
import type { RunElsewhere } from './scriptRuns.ts';
import { isLiveRun } from './scriptRuns.ts';

/**
 * Learns what other windows of the folder serve and run now.
 * @returns deploys, serves and runs that no window sees to any more
 */
export async function lookAtOtherWindows({
  journal,
  deploys,
  scriptRuns,
}: Pick<WorkspaceNeeds, 'journal' | 'deploys' | 'scriptRuns'>): Promise<readonly JournalEntry[]> {
  const entries = await journal.entries();
  const runs = scriptRuns.all.filter(isLiveRun).map(({ command }) => command.id);
  const own = new Set([...deploys.all.map(({ id }) => id), ...runs]);
  const { cutOff, elsewhere } = await entriesOfOthers(entries, own);
  scriptRuns.setElsewhere(elsewhere.flatMap(runOf));
  return cutOff;
}

function runOf({ kind, target, runnable = '' }: JournalEntry): RunElsewhere[] {
  if (kind === undefined || kind === 'deploy' || target?.kind !== 'script') return [];
  return [{ kind, script: target.script, variable: target.variable ?? '', runnable }];
}
