import type { LogSource } from './log.ts';
import type { LogEntry } from './logEntry.ts';
import { entryText } from './logEntry.ts';

export interface LogFilter {
  readonly source: LogSource | 'all';
  readonly text: string;
  readonly regex: boolean;
  readonly callId: string;
}

export const noFilter: LogFilter = { source: 'all', text: '', regex: false, callId: '' };

export interface CompiledFilter {
  /** Why the text is no regular expression; '' when it is one, or is not meant to be. */
  readonly problem: string;
  readonly matches: (entry: LogEntry) => boolean;
}

/** Marks are always shown: a filtered log must not hide that it broke. */
export function compileFilter(filter: LogFilter): CompiledFilter {
  const { test, problem } = textTest(filter);
  const matches = (entry: LogEntry): boolean => {
    if (entry.kind === 'mark') return true;
    if (filter.callId && (entry.kind !== 'line' || entry.callId !== filter.callId)) return false;
    if (filter.source !== 'all' && sourceOf(entry) !== filter.source) return false;
    return test(entryText(entry));
  };
  return { problem, matches };
}

function sourceOf(entry: Exclude<LogEntry, { kind: 'mark' }>): LogSource {
  return entry.kind === 'line' ? entry.source : 'system';
}

function textTest({ text, regex }: LogFilter): { test: (text: string) => boolean; problem: string } {
  if (!text) return { test: () => true, problem: '' };
  const pattern = regex ? text : text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  try {
    const expression = new RegExp(pattern, 'i');
    return { test: (line) => expression.test(line), problem: '' };
  } catch (error) {
    return { test: () => true, problem: (error as Error).message };
  }
}
