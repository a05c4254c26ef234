import * as z from 'zod/mini';

/** Messages between the log viewer and its host, parsed on both sides. */

const source = z.enum(['stdout', 'stderr', 'system']);

const entry = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('line'),
    time: z.number(),
    source,
    containerId: z.string(),
    functionId: z.string(),
    callId: z.string(),
    text: z.string(),
  }),
  z.object({
    kind: z.literal('phase'),
    time: z.number(),
    containerId: z.string(),
    phase: z.enum(['queued', 'creating', 'loading', 'running', 'idle', 'preempted', 'finished']),
  }),
  z.object({ kind: z.literal('mark'), time: z.number(), text: z.string(), bad: z.boolean() }),
]);

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
  z.object({ type: z.literal('entries'), session: z.string(), reset: z.boolean(), entries: z.array(entry) }),
]);

export const toHost = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('select'), id: z.string() }),
  z.object({ type: z.literal('chooseApp') }),
  z.object({ type: z.literal('clear') }),
  z.object({ type: z.literal('openDocument') }),
]);

export type ToView = z.infer<typeof toView>;
export type ToHost = z.infer<typeof toHost>;
export type SessionsMessage = Extract<ToView, { type: 'sessions' }>;
