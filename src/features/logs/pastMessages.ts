import * as z from 'zod/mini';
import type { Bucket } from '../../domain/histogram.ts';
import { filter } from './filterMessages.ts';

/** Messages between the part of the log viewer that shows the past and its host, parsed on both sides. */

/** Unix milliseconds. */
const time = z.number();
const session = z.string();
/** How the view writes a range: it knows the user's time zone, which the host may not. */
const words = z.string().check(z.maxLength(100));
const bucket: z.ZodMiniType<Bucket> = z.tuple([z.number(), z.number(), z.number(), z.number()]);

export const toPast = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('past/state'),
    /** '' = none is shown, or it has no past, as the output of a command. */
    session,
    /** The range that is shown; absent = live. */
    range: z.optional(z.object({ since: time, until: time })),
    older: z.object({
      kind: z.enum(['more', 'loading', 'start', 'full', 'failed']),
      text: z.string(),
    }),
    /** Entries that are held. */
    held: z.number(),
    /** Something to know about what is shown; '' = nothing. */
    note: z.string(),
    isHistogramOpen: z.boolean(),
    keptDays: z.optional(z.number()),
    /** The longest time before now that can be asked for, in days. */
    mostDays: z.number(),
  }),
  z.object({
    type: z.literal('past/histogram'),
    session,
    kind: z.enum(['loading', 'ready', 'failed', 'unsupported']),
    /** Why it failed, or what the counts leave out; '' = nothing to say. */
    text: z.string(),
    bucketSeconds: z.number(),
    buckets: z.array(bucket).check(z.maxLength(1000)),
  }),
  /** When the app was deployed last; absent: `problem` says why nobody knows. */
  z.object({ type: z.literal('past/deployed'), session, at: z.optional(time), problem: z.string() }),
  /** Why the range cannot be shown. */
  z.object({ type: z.literal('past/problem'), session, field: z.enum(['from', 'to']), problem: z.string() }),
  /** The list is to show this time. */
  z.object({ type: z.literal('past/reveal'), session, time }),
  z.object({ type: z.literal('past/openPicker') }),
]);

export const fromPast = z.discriminatedUnion('type', [
  z.object({ type: z.literal('past/ready') }),
  /** Keys that are pressed now go to the panel, or no longer. */
  z.object({ type: z.literal('past/focus'), has: z.boolean() }),
  z.object({ type: z.literal('past/filter'), session, filter }),
  z.object({ type: z.literal('past/older'), session }),
  z.object({ type: z.literal('past/cancel'), session }),
  z.object({ type: z.literal('past/histogram'), isOpen: z.boolean() }),
  z.object({ type: z.literal('past/open'), session, since: time, until: time, words, filter }),
  /** Shows that time: in this list where it is held, else in a session of its own. */
  z.object({ type: z.literal('past/goTo'), session, since: time, until: time, words, filter }),
  z.object({ type: z.literal('past/askDeploy'), session }),
  z.object({ type: z.literal('past/live'), session }),
  z.object({ type: z.literal('past/download'), session }),
]);

export type ToPast = z.infer<typeof toPast>;
export type FromPast = z.infer<typeof fromPast>;
export type PastStateMessage = Extract<ToPast, { type: 'past/state' }>;
export type HistogramMessage = Extract<ToPast, { type: 'past/histogram' }>;
