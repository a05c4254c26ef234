import * as z from 'zod/mini';
import type { Bucket } from '../../domain/histogram.ts';
import type { LogEntry } from '../../domain/logEntry.ts';
import { logLevels } from '../../domain/logEntry.ts';
import type { LogFilter, MatchRange } from '../../domain/logFilter.ts';

/** All messages between the log viewer and its host: one union each way, parsed where it arrives. */

/** One row as the view shows it. */
export interface ShownRow {
  /** Identifies the entry permanently. */
  readonly row: number;
  readonly entry: LogEntry;
  /** What to highlight, in the text without escape sequences. */
  readonly matches?: readonly MatchRange[];
  /** Which of the merged logs it came from. */
  readonly stream?: number;
}

/** Rows come from our own host, which made them; the kind is enough to tell that this is one. */
const row = z.custom<ShownRow>((value) =>
  kinds.has((value as { entry?: { kind?: unknown } } | null)?.entry?.kind),
);
const kinds = new Set<unknown>(['line', 'phase', 'progress', 'step', 'gpu', 'traceback', 'mark']);

const filter = z.object({
  source: z.enum(['all', 'stdout', 'stderr', 'system']),
  level: z.enum(logLevels),
  text: z.string(),
  regex: z.boolean(),
  matchCase: z.boolean(),
  functionId: z.string(),
  containerId: z.string(),
  callId: z.string(),
}) satisfies z.ZodMiniType<LogFilter>;

const tab = z.object({
  /** Of its session. */
  id: z.string(),
  title: z.string(),
  kind: z.enum(['followed', 'range', 'output', 'merged']),
  words: z.string(),
  icon: z.string(),
  bad: z.boolean(),
  ended: z.optional(z.boolean()),
  nextTryAt: z.optional(z.number()),
  /** How many tries there were since the connection was lost. */
  attempt: z.optional(z.number()),
  /** Rows that arrived while another tab was shown. */
  unread: z.number(),
});

const look = z.object({
  time: z.enum(['local', 'utc', 'relative', 'hidden']),
  stream: z.boolean(),
  source: z.boolean(),
  function: z.boolean(),
  container: z.boolean(),
  call: z.boolean(),
  wrap: z.boolean(),
});

export type LogLook = z.infer<typeof look>;
export const parseLook = (value: unknown): LogLook => {
  const parsed = look.safeParse(value);
  return parsed.success ? parsed.data : defaultLook;
};
export const defaultLook: LogLook = {
  time: 'local',
  stream: true,
  source: true,
  function: false,
  container: true,
  call: false,
  wrap: false,
};

const id = z.string();
/** Unix milliseconds. */
const time = z.number();
const places = z.tuple([z.number(), z.number()]);
const bucket: z.ZodMiniType<Bucket> = z.tuple([z.number(), z.number(), z.number(), z.number()]);

export const toView = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('tabs'),
    tabs: z.array(tab),
    /** '' = none yet. */
    selected: id,
    /** Present: the view takes this one, because another tab is shown or the filter was changed elsewhere. */
    filter: z.optional(filter),
    /** Names of functions by id. */
    functions: z.record(z.string(), z.string()),
    /** Titles of the logs that a merged one has. */
    streams: z.array(z.string()),
    /** Calls whose request can be shown. */
    calls: z.array(z.string()),
  }),
  /** What changed; see `FeedMessage`. */
  z.object({
    type: z.literal('entries'),
    session: id,
    number: z.number(),
    reset: z.boolean(),
    first: z.number(),
    end: z.number(),
    from: z.number(),
    rows: z.array(row),
    updates: z.array(z.object({ place: z.number(), row })),
    dropped: z.number(),
    problem: z.string(),
    isFiltering: z.boolean(),
    /** Number of the filter that it is the answer to, as the view counts them. */
    filterNumber: z.number(),
    /** Where the row is now that the filter was to find again. */
    revealed: z.optional(z.number()),
    /** Rows that are held, whether they match or not. */
    total: z.number(),
  }),
  /** Rows that were asked for, as far as they are held. */
  z.object({
    type: z.literal('rows'),
    session: id,
    first: z.number(),
    from: z.number(),
    rows: z.array(row),
  }),
  /** Which of the files, as they were named, are in the workspace. */
  z.object({ type: z.literal('located'), session: id, files: z.record(z.string(), z.boolean()) }),
  z.object({ type: z.literal('revealed'), session: id, place: z.number() }),
  z.object({ type: z.literal('look'), look }),
  z.object({ type: z.literal('copy'), format: z.enum(['text', 'json']) }),
  /** What can be read besides the lines that are shown. */
  z.object({
    type: z.literal('earlier'),
    session: id,
    /** Absent: nothing can, as of the output of a command. */
    logs: z.optional(
      z.object({
        /** The time range that is shown; absent = live. */
        range: z.optional(z.object({ since: time, until: time })),
        older: z.object({
          kind: z.enum(['more', 'loading', 'start', 'full', 'failed']),
          text: z.string(),
        }),
        /** Something to know about what is shown; '' = nothing. */
        note: z.string(),
        keptDays: z.optional(z.number()),
      }),
    ),
    isHistogramOpen: z.boolean(),
    /** The longest time before now that can be asked for, in days. */
    mostDays: z.number(),
  }),
  z.object({
    type: z.literal('histogram'),
    session: id,
    kind: z.enum(['loading', 'ready', 'failed', 'unsupported']),
    /** Why it failed, or what the counts ignore; '' = nothing to say. */
    text: z.string(),
    bucketSeconds: z.number(),
    buckets: z.array(bucket).check(z.maxLength(1000)),
  }),
  /** When the app was deployed last; absent: `problem` says why that is unknown. */
  z.object({ type: z.literal('deployed'), session: id, at: z.optional(time), problem: z.string() }),
  /** Why the time range cannot be shown. */
  z.object({
    type: z.literal('rangeProblem'),
    session: id,
    field: z.enum(['from', 'to']),
    problem: z.string(),
  }),
  z.object({ type: z.literal('openRangePicker') }),
]);

/** How the view writes a time range: it knows the user's time zone, which the host may not. */
const rangeWords = z.string().check(z.maxLength(100));

export const toHost = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  /** Keys that are pressed now go to the panel, or no longer. */
  z.object({ type: z.literal('focus'), has: z.boolean() }),
  /** The view has dealt with the messages up to this one. */
  z.object({ type: z.literal('seen'), session: id, number: z.number() }),
  z.object({ type: z.literal('select'), session: id }),
  /** Ends following and forgets what came. */
  z.object({ type: z.literal('close'), session: id }),
  z.object({ type: z.literal('tryNow'), session: id }),
  z.object({ type: z.literal('followAgain'), session: id }),
  /** @param reveal this row is to be found again among those that match then */
  z.object({
    type: z.literal('filter'),
    session: id,
    filter,
    number: z.number(),
    reveal: z.optional(z.number()),
  }),
  z.object({ type: z.literal('rows'), session: id, from: z.number(), to: z.number() }),
  z.object({ type: z.literal('locate'), session: id, files: z.array(z.string()).check(z.maxLength(100)) }),
  /** Opens the link that begins there in the plain text of the row. */
  z.object({ type: z.literal('open'), session: id, row: z.number(), start: z.number() }),
  z.object({
    type: z.literal('copy'),
    session: id,
    ranges: z.array(places),
    format: z.enum(['text', 'json']),
  }),
  z.object({ type: z.literal('pickFilter'), session: id, what: z.enum(['function', 'container', 'call']) }),
  z.object({ type: z.literal('loadOlder'), session: id }),
  z.object({ type: z.literal('cancelOlder'), session: id }),
  /** Opens the time range in a tab of its own. */
  z.object({ type: z.literal('openRange'), session: id, since: time, until: time, words: rangeWords }),
  /** Scrolls to the time range where its lines are loaded, and opens it where they are not. */
  z.object({ type: z.literal('goToRange'), session: id, since: time, until: time, words: rangeWords }),
  z.object({ type: z.literal('findLastDeploy'), session: id }),
  z.object({ type: z.literal('backToLive'), session: id }),
  z.object({ type: z.literal('toggleHistogram'), isOpen: z.boolean() }),
  z.object({ type: z.literal('download') }),
  z.object({ type: z.literal('showRequest'), callId: id }),
  z.object({ type: z.literal('look'), look }),
  z.object({ type: z.literal('follow') }),
  z.object({ type: z.literal('merge') }),
  z.object({ type: z.literal('openDocument') }),
]);

export type ToView = z.infer<typeof toView>;
export type ToHost = z.infer<typeof toHost>;
export type EntriesMessage = Extract<ToView, { type: 'entries' }>;
export type RowsMessage = Extract<ToView, { type: 'rows' }>;
export type TabsMessage = Extract<ToView, { type: 'tabs' }>;
export type TabInfo = TabsMessage['tabs'][number];
export type EarlierMessage = Extract<ToView, { type: 'earlier' }>;
export type HistogramMessage = Extract<ToView, { type: 'histogram' }>;
