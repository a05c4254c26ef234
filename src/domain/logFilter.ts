import { plainText } from '../shared/ansi.ts';
import type { LogOrigin, LogSource } from './log.ts';
import type { LogEntry, LogLevel } from './logEntry.ts';
import { entryText, levelOf, logLevels, sourceOf } from './logEntry.ts';

export interface LogFilter {
  readonly source: LogSource | 'all';
  /** This level and worse ones; 'debug' = all. */
  readonly level: LogLevel;
  readonly text: string;
  readonly regex: boolean;
  readonly matchCase: boolean;
  /** '' = all, as for the next two. */
  readonly functionId: string;
  readonly containerId: string;
  readonly callId: string;
}

export const noFilter: LogFilter = {
  source: 'all',
  level: 'debug',
  text: '',
  regex: false,
  matchCase: false,
  functionId: '',
  containerId: '',
  callId: '',
};

/** What a filter asks about besides the text. A mark has no origin, and is always shown. */
export interface EntryHead extends LogOrigin {
  readonly kind: LogEntry['kind'];
  readonly level: LogLevel;
}

export interface CompiledFilter {
  /** Why the text is no regular expression; '' when it is one, or is not meant to be. */
  readonly problem: string;
  /** It depends on more than the text. */
  readonly asksHead: boolean;
  /** Undefined = any text. Has no flag that keeps a position, so it may be shared. */
  readonly expression: RegExp | undefined;
  /** The expression is the user's own, and may take for ever on some text. */
  readonly isRegex: boolean;
  readonly matchesHead: (head: EntryHead) => boolean;
  readonly matches: (entry: LogEntry) => boolean;
}

/** Marks are always shown: a filtered log must not hide that it broke. Escape sequences are no part of the text. */
export function compileFilter(filter: LogFilter): CompiledFilter {
  const { expression, problem } = textTest(filter);
  const least = logLevels.indexOf(filter.level);
  const asksHead =
    filter.source !== 'all' || least > 0 || Boolean(filter.functionId || filter.containerId || filter.callId);
  const matchesHead = (head: EntryHead): boolean =>
    head.kind === 'mark' ||
    ((filter.source === 'all' || head.source === filter.source) &&
      logLevels.indexOf(head.level) >= least &&
      (!filter.functionId || head.functionId === filter.functionId) &&
      (!filter.containerId || head.containerId === filter.containerId) &&
      (!filter.callId || head.callId === filter.callId));
  const matches = (entry: LogEntry): boolean =>
    entry.kind === 'mark' ||
    ((!asksHead || matchesHead(headOf(entry))) &&
      (expression === undefined || expression.test(plainText(entryText(entry)))));
  return { problem, asksHead, expression, isRegex: filter.regex, matchesHead, matches };
}

export function headOf(entry: LogEntry): EntryHead {
  const { kind } = entry;
  const { containerId, functionId, callId } = entry.kind === 'mark' ? noOrigin : entry;
  return { kind, source: sourceOf(entry), level: levelOf(entry), containerId, functionId, callId };
}

const noOrigin: LogOrigin = { source: 'system', containerId: '', functionId: '', callId: '' };

/** Start and end of a match in the plain text. */
export type MatchRange = readonly [start: number, end: number];

/** What to highlight in a plain text. Empty matches are none. */
export function matchRanges(expression: RegExp | undefined, text: string, most = 100): MatchRange[] {
  if (!expression) return [];
  const ranges: MatchRange[] = [];
  const all = new RegExp(expression.source, `${expression.flags}g`);
  for (const match of text.matchAll(all)) {
    if (match[0]) ranges.push([match.index, match.index + match[0].length]);
    if (ranges.length >= most) break;
  }
  return ranges;
}

function textTest({ text, regex, matchCase }: LogFilter): { expression?: RegExp; problem: string } {
  if (!text) return { problem: '' };
  const pattern = regex ? text : text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  try {
    return { expression: new RegExp(pattern, matchCase ? '' : 'i'), problem: '' };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}
