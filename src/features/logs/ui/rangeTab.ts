import type { TimeRange } from '../../../domain/log.ts';
import type { LogFilter } from '../../../domain/logFilter.ts';
import { serverQuery } from '../core/fetchLogs.ts';
import { countHistogram } from '../core/histogram.ts';
import type { LogBuffer } from '../core/logBuffer.ts';
import { defaultLimits } from '../core/logBuffer.ts';
import type { LogTarget } from '../core/logTarget.ts';
import { queryOf } from '../core/logTarget.ts';
import type { OlderState } from '../core/olderLines.ts';
import { RangeLog } from '../core/rangeLog.ts';
import type { SessionStatus } from '../core/session.ts';
import { LogSession } from '../core/session.ts';
import type { LogApp } from './logApps.ts';
import { EarlierLogs, LogTab } from './logTab.ts';

const number = (value: number) => value.toLocaleString();

export interface WantedRange {
  readonly target: LogTarget;
  readonly range: TimeRange;
  readonly filter: LogFilter;
  /** The range, as the view writes it. */
  readonly words: string;
}

/** A tab for a time range of a log, which is yet to be loaded. */
export function rangeTab(
  id: string,
  { target, range, filter, words }: WantedRange,
  app: LogApp,
): { readonly tab: LogTab; readonly log: RangeLog } {
  const log = new RangeLog({
    query: queryOf(target),
    range,
    filter,
    fetch: async (wanted, part, limit, signal) => {
      const plane = await app.planes.get(signal);
      // It may have been closed just when the way to Modal was there.
      signal?.throwIfAborted();
      return plane.fetchLogs(wanted, part, limit, signal);
    },
  });
  const session = new LogSession(
    id,
    `${target.appName} ${words}`,
    rangeStatus({ kind: 'loading', text: '' }, 0),
    () => log.dispose(),
    log.buffer,
    { kind: 'range', clear: () => log.clear(), app: { id: target.appId, name: target.appName } },
  );
  log.older.onDidChange((state) => session.setStatus(rangeStatus(state, log.buffer.size)));
  return {
    tab: new LogTab({ session, earlier: new EarlierLogs(target, log.older, log), apps: [app], filter }),
    log,
  };
}

/** How many entries of the tab's log the server holds in a time range. */
export async function countRange(
  { activeFilter, closed }: LogTab,
  { planes }: LogApp,
  { query }: EarlierLogs,
  range: TimeRange,
): Promise<number> {
  const plane = await planes.get(closed);
  const { buckets } = await countHistogram(
    (...call) => plane.countLogs(...call),
    serverQuery(query, activeFilter),
    range,
    closed,
  );
  return buckets.reduce((sum, [, stdout, stderr, system]) => sum + stdout + stderr + system, 0);
}

/**
 * Time of the first held entry of a range; undefined when none is held.
 * @param isWhole there is nothing before what is held; otherwise its first entry may lie in the middle of the range
 */
export function firstTimeIn(
  buffer: LogBuffer,
  { since, until }: TimeRange,
  isWhole: boolean,
): number | undefined {
  let begin = Number.POSITIVE_INFINITY;
  for (const entry of buffer.entries()) {
    if (entry.kind === 'mark') continue;
    begin = Math.min(begin, entry.time);
    if (entry.time < since || entry.time >= until) continue;
    return isWhole || begin < since ? entry.time : undefined;
  }
  return undefined;
}

/** The status of a tab that shows a time range. Nothing more will come, so it is the first to make room. */
function rangeStatus({ kind, text }: OlderState, held: number): SessionStatus {
  const lines = held === 1 ? '1 line' : `${number(held)} lines`;
  switch (kind) {
    case 'loading':
      return { words: `Loading earlier logs (${lines})`, icon: 'loading~spin', bad: false, ended: true };
    case 'failed':
      return { words: `${lines} loaded. ${text}`, icon: 'error', bad: true, ended: true };
    case 'more':
      return { words: `${lines} loaded, scroll up for more`, icon: 'history', bad: false, ended: true };
    case 'start':
    case 'full':
      return { words: `${lines} loaded`, icon: 'history', bad: false, ended: true };
  }
}

/** '' where everything fits. @param total entries as the server counts them */
export function tooManyText(total: number): string {
  if (total <= defaultLimits.rows) return '';
  return `The range has ${number(total)} lines; only ${number(defaultLimits.rows)} can be shown. Download it to read all.`;
}
