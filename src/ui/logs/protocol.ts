import * as z from 'zod/mini';
import type { LogEntry } from '../../domain/logEntry.ts';

/** Messages between the log viewer and its host, parsed on both sides. */

/** Entries come from our own host, which made them; their kind is enough to tell that this is one. */
const entry = z.custom<LogEntry>((value) => kinds.has((value as { kind?: unknown } | null)?.kind));
const kinds = new Set<unknown>(['line', 'phase', 'progress', 'step', 'gpu', 'traceback', 'mark']);

const status = z.object({
  words: z.string(),
  icon: z.string(),
  bad: z.boolean(),
  nextTryAt: z.optional(z.number()),
});

export const toView = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('sessions'),
    sessions: z.array(z.object({ id: z.string(), title: z.string() })),
    /** '' = none yet. */
    selected: z.string(),
    status: z.optional(status),
    /** Show only the lines of this call; '' = all. */
    callId: z.string(),
  }),
  /** What changed; see `FeedMessage`. */
  z.object({
    type: z.literal('entries'),
    session: z.string(),
    number: z.number(),
    reset: z.boolean(),
    first: z.number(),
    from: z.number(),
    rowsFrom: z.number(),
    entries: z.array(entry),
    updates: z.array(z.object({ place: z.number(), entry })),
  }),
]);

export const toHost = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  /** The view has dealt with the messages up to this one. */
  z.object({ type: z.literal('seen'), session: z.string(), number: z.number() }),
  z.object({ type: z.literal('select'), id: z.string() }),
  z.object({ type: z.literal('chooseApp') }),
  z.object({ type: z.literal('clear') }),
  z.object({ type: z.literal('openDocument') }),
]);

export type ToView = z.infer<typeof toView>;
export type ToHost = z.infer<typeof toHost>;
export type EntriesMessage = Extract<ToView, { type: 'entries' }>;
export type SessionsMessage = Extract<ToView, { type: 'sessions' }>;
