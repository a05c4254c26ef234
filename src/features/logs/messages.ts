import * as z from 'zod/mini';
import type { LogEntry } from '../../domain/logEntry.ts';
import type { MatchRange } from '../../domain/logFilter.ts';
import { filter } from './filterMessages.ts';

/** Messages between the log viewer and its host, parsed on both sides. */

/** One row as the view shows it. */
export interface ShownRow {
  /** Names the entry for good. */
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

const status = z.object({
  words: z.string(),
  icon: z.string(),
  bad: z.boolean(),
  ended: z.optional(z.boolean()),
  nextTryAt: z.optional(z.number()),
  /** How many tries there were since it broke. */
  attempt: z.optional(z.number()),
});

const session = z.object({
  ...status.shape,
  id: z.string(),
  title: z.string(),
  kind: z.enum(['followed', 'past', 'output', 'merged']),
  /** Rows that came while another session was shown. */
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

const range = z.tuple([z.number(), z.number()]);

export const toView = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('sessions'),
    sessions: z.array(session),
    /** '' = none yet. */
    selected: z.string(),
    /** Absent: the host has none yet for this session, and takes the view's. */
    filter: z.optional(filter),
    /** Counts the changes of the filter that the view did not ask for. */
    filterChange: z.number(),
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
    session: z.string(),
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
    session: z.string(),
    first: z.number(),
    from: z.number(),
    rows: z.array(row),
  }),
  /** Which of the files, as they were named, are in the workspace. */
  z.object({ type: z.literal('located'), session: z.string(), files: z.record(z.string(), z.boolean()) }),
  z.object({ type: z.literal('revealed'), session: z.string(), place: z.number() }),
  z.object({ type: z.literal('look'), look }),
  z.object({ type: z.literal('copy'), format: z.enum(['text', 'json']) }),
]);

const id = z.string();

export const toHost = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
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
  z.object({ type: z.literal('goToTime'), session: id, time: z.number() }),
  z.object({ type: z.literal('locate'), session: id, files: z.array(z.string()).check(z.maxLength(100)) }),
  /** Opens the link that begins there in the plain text of the row. */
  z.object({ type: z.literal('open'), session: id, row: z.number(), start: z.number() }),
  z.object({
    type: z.literal('copy'),
    session: id,
    ranges: z.array(range),
    format: z.enum(['text', 'json']),
  }),
  z.object({ type: z.literal('pickFilter'), session: id, what: z.enum(['function', 'container', 'call']) }),
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
export type SessionsMessage = Extract<ToView, { type: 'sessions' }>;
export type SessionTab = SessionsMessage['sessions'][number];
