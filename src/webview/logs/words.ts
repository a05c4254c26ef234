import type { LogFilter } from '../../domain/logFilter.ts';
import type { SessionTab } from '../../ui/logs/protocol.ts';

/** What the log viewer says, where it takes more than a string. */

/** E.g. "shop, 12 new lines, Live": what is seen comes first, in the order in which it is seen. */
export function spokenName({ title, words, unread }: Pick<SessionTab, 'title' | 'words' | 'unread'>): string {
  const news = unread === 1 ? ', 1 new line' : `, ${unread.toLocaleString()} new lines`;
  return `${title}${unread > 0 ? news : ''}, ${words}`;
}

/** @returns undefined when the key does not move */
export function tabAfter(name: string, count: number, at: number): number | undefined {
  if (count === 0) return undefined;
  switch (name) {
    case 'ArrowRight':
      return (at + 1) % count;
    case 'ArrowLeft':
      return (at - 1 + count) % count;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}

/** E.g. "Reconnecting, try 3, next in 4 s". */
export function statusWords(
  { words, nextTryAt, attempt }: Pick<SessionTab, 'words' | 'nextTryAt' | 'attempt'>,
  now: number,
): string {
  if (nextTryAt === undefined) return words;
  const left = Math.max(0, Math.ceil((nextTryAt - now) / 1000));
  const tries = attempt === undefined ? '' : `, try ${attempt}`;
  return `${words}${tries}${left > 0 ? `, next in ${left} s` : ''}`;
}

/** The engine's own words begin with "Invalid regular expression: /…/: ". */
export function problemText(problem: string, { text }: Pick<LogFilter, 'text'>): string {
  const prefix = 'Invalid regular expression: ';
  if (!problem.startsWith(prefix)) return problem;
  const cause = problem.slice(prefix.length);
  const end = cause.startsWith(`/${text}/`) ? cause.indexOf(': ', text.length + 2) : -1;
  return `Not a regular expression: ${end < 0 ? cause : cause.slice(end + 2)}`;
}

export function announcement(lines: number, errors: number): string {
  const words = `${lines.toLocaleString()} new log ${lines === 1 ? 'line' : 'lines'}`;
  return errors > 0 ? `${errors} ${errors === 1 ? 'error' : 'errors'}, ${words}` : words;
}

export interface Chip {
  readonly name: string;
  readonly value: string;
  readonly title: string;
  /** What takes the restriction away. */
  readonly without: Partial<LogFilter>;
}

const levels = {
  debug: 'all',
  info: 'info and worse',
  warning: 'warnings and errors',
  error: 'errors',
} as const;

/** One for each restriction besides the text. */
export function chipsOf(filter: LogFilter, functions: Readonly<Record<string, string>>): Chip[] {
  const { source, level, functionId, containerId, callId } = filter;
  const chips: Chip[] = [];
  if (source !== 'all')
    chips.push({ name: 'Source', value: source, title: source, without: { source: 'all' } });
  if (level !== 'debug')
    chips.push({ name: 'Level', value: levels[level], title: levels[level], without: { level: 'debug' } });
  if (functionId)
    chips.push({
      name: 'Function',
      value: functions[functionId] ?? shortId(functionId),
      title: functionId,
      without: { functionId: '' },
    });
  if (containerId)
    chips.push({
      name: 'Container',
      value: shortId(containerId),
      title: containerId,
      without: { containerId: '' },
    });
  if (callId) chips.push({ name: 'Call', value: shortId(callId), title: callId, without: { callId: '' } });
  return chips;
}

export function shortId(id: string): string {
  return id.length > 11 ? `${id.slice(0, 3)}…${id.slice(-6)}` : id;
}
