import type { PhaseEntry } from '../../../domain/logEntry.ts';
import type { LogFilter } from '../../../domain/logFilter.ts';
import type { TabInfo } from '../messages.ts';

const number = (count: number) => count.toLocaleString();
const lines = (count: number) => `${number(count)} ${count === 1 ? 'line' : 'lines'}`;
const newLines = (count: number) => `${number(count)} new ${count === 1 ? 'line' : 'lines'}`;
const frames = (count: number) => `${count} ${count === 1 ? 'frame' : 'frames'}`;

const phases: Readonly<Record<PhaseEntry['phase'], string>> = {
  queued: 'queued',
  creating: 'creating',
  loading: 'loading image',
  running: 'running',
  idle: 'ready',
  preempted: 'preempted',
  finished: 'ended',
};

/** The texts of the log viewer. */
export const words = {
  viewer: 'Log viewer',
  list: 'Log lines',
  lines,
  newLines,
  logs: 'Logs',
  follow: 'Follow Logs…',
  merge: 'Merge Logs…',
  stopFollowing: 'Stop Following',
  close: 'Close',
  byDelete: (closing: string) => `${closing} (Delete)`,
  noLog: 'No log is followed. Logs of apps and deploys are shown here.',
  chooseApp: 'Choose an App to Follow',
  filtering: 'Filtering…',
  noMatch: 'No lines match the filter.',
  waiting: 'Waiting for the first line…',
  nothingYet: 'Nothing has been logged yet.',
  dropped: (count: number) =>
    count === 1 ? '1 older line was discarded.' : `${number(count)} older lines were discarded.`,
  tryNow: 'Try Now',
  followAgain: 'Follow Again',
  remove: 'Remove',
  linesShown: 'Lines shown',
  stillFiltering: 'filtering… ',
  position: (at: number) => `${number(at)}, `,
  shownOf: (shown: number, total: number) => `${number(shown)} of ${lines(total)}`,
  filter: 'Filter',
  filterHint: 'Filter (Ctrl+F)',
  matchCase: 'Match Case',
  regex: 'Use Regular Expression',
  previousMatch: 'Previous Match (Shift+F3)',
  nextMatch: 'Next Match (F3)',
  followEnd: 'Follow New Lines (End)',
  wrap: 'Wrap Lines',
  filterBy: 'Filter By',
  level: 'Level',
  levels: {
    debug: 'All levels',
    info: 'Info and above',
    warning: 'Warnings and errors',
    error: 'Errors',
  },
  source: 'Source',
  sources: { all: 'All sources', stdout: 'stdout', stderr: 'stderr', system: 'system' },
  origin: 'Origin',
  origins: { function: 'Function…', container: 'Container…', call: 'Call…' },
  resetFilters: 'Reset Filters',
  more: 'Columns and More',
  time: 'Time',
  times: {
    local: 'Local time',
    utc: 'UTC',
    relative: 'Time since previous line',
    hidden: 'No time',
  },
  columnsOf: 'Columns',
  columns: {
    stream: 'Log',
    function: 'Function',
    container: 'Container',
    call: 'Call',
    source: 'Source',
  },
  linesOf: 'Lines',
  copyAll: 'Copy All Shown',
  copyAllAsJson: 'Copy All Shown as JSON',
  openDocument: 'Open as Document',
  activeFilters: 'Active filters',
  chip: (name: string, value: string) => `${name}: ${value}`,
  chipLevels: {
    debug: 'all',
    info: 'info and above',
    warning: 'warnings and errors',
    error: 'errors',
  },
  removeFilter: 'Remove Filter',
  removeThis: (name: string, value: string) => `Remove Filter: ${name} ${value}`,
  onlyThis: (what: string, id: string) => `Show only this ${what}: ${id}`,
  onlySpoken: (what: string, name: string) => `Show only ${what} ${name}`,
  showRequest: 'Show Request',
  links: {
    url: 'Open in the browser',
    file: 'Open the file at this line',
    object: 'Filter by this ID or open it in the dashboard',
  },
  container: (state: string) => `Container ${state}`,
  phases,
  after: (time: string) => `after ${time}`,
  percent: (percent: number) => `${percent}%`,
  progress: (name: string, percent: number) => `${name || 'Progress'}: ${percent} percent`,
  gpuMemory: (index: number, percent: number) => `Memory of GPU ${index}: ${percent} percent used`,
  moreCharacters: (count: number) => `Show ${number(count)} more characters`,
  traceback: 'Traceback',
  openTraceback: 'Traceback (incomplete)',
  frames,
  libraryFrames: (count: number) => `${count} library ${count === 1 ? 'frame' : 'frames'}`,
} as const;

/** For example "shop, 12 new lines, Live": what is visible comes first, in its visual order. */
export function spokenName({
  title,
  words: state,
  unread,
}: Pick<TabInfo, 'title' | 'words' | 'unread'>): string {
  return `${title}${unread > 0 ? `, ${newLines(unread)}` : ''}, ${state}`;
}

/** For example "Reconnecting, try 3, next in 4 s". */
export function statusWords(
  { words, nextTryAt, attempt }: Pick<TabInfo, 'words' | 'nextTryAt' | 'attempt'>,
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

export function announcement(count: number, errors: number): string {
  const news = `${number(count)} new log ${count === 1 ? 'line' : 'lines'}`;
  return errors > 0 ? `${errors} ${errors === 1 ? 'error' : 'errors'}, ${news}` : news;
}

export function shortId(id: string): string {
  return id.length > 11 ? `${id.slice(0, 3)}…${id.slice(-6)}` : id;
}
