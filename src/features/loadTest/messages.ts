import * as z from 'zod/mini';
import type { ExplanationAction } from '../../domain/request.ts';

/** Messages between the load test panel and its host, parsed on both sides. */

const percentiles = z.object({
  p50: z.number(),
  p90: z.number(),
  p95: z.number(),
  p99: z.number(),
  max: z.number(),
});

const loadError = z.object({
  kind: z.enum([
    'http',
    'answer',
    'timeout',
    'refused',
    'reset',
    'name',
    'certificate',
    'redirects',
    'other',
  ]),
  status: z.number(),
  count: z.number(),
  first: z.string(),
});

const totals = z.object({
  sent: z.number(),
  ok: z.number(),
  failed: z.number(),
  unfinished: z.number(),
  open: z.number(),
  polls: z.number(),
  bytes: z.number(),
  elapsed: z.number(),
  latency: percentiles,
  firstByte: percentiles,
  errors: z.readonly(z.array(loadError)),
});

const point = z.object({
  second: z.number(),
  ok: z.number(),
  failed: z.number(),
  p50: z.number(),
  p95: z.number(),
});

const containerPoint = z.object({
  second: z.number(),
  running: z.number(),
  starting: z.number(),
  queued: z.optional(z.number()),
});

export const loadActions = ['enterKey', 'deploy', 'showLogs'] as const satisfies ExplanationAction[];
const action = z.enum(loadActions);

/** What to do about a kind of failure, beside its first message. */
const advice = z.object({ label: z.string(), text: z.string(), action: z.optional(action) });

const viewState = z.object({
  appName: z.string(),
  environment: z.string(),
  endpointName: z.string(),
  /** `POST /go`. */
  request: z.string(),
  /** `200 requests, 10 at a time`. */
  plan: z.string(),
  /** `waiting`: for the answer to the question before a run. */
  phase: z.enum(['idle', 'waiting', 'running', 'ended']),
  /** 0 to 1, by requests or by time. */
  progress: z.number(),
  /** Why the run is over. */
  end: z.optional(
    z.object({ kind: z.enum(['good', 'bad', 'neutral']), text: z.string(), action: z.optional(action) }),
  ),
  totals: z.optional(totals),
  /** Of the run before, to compare with. */
  before: z.optional(z.object({ totals, plan: z.string() })),
  points: z.readonly(z.array(point)),
  containers: z.readonly(z.array(containerPoint)),
  /** By `kind status` of an error. */
  advice: z.record(z.string(), advice),
  /** Estimated cost with its basis; '' before a run. */
  cost: z.string(),
});

export const toLoadView = z.object({ type: z.literal('state'), state: viewState });

export const toLoadHost = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('stop') }),
  z.object({ type: z.literal('runAgain') }),
  z.object({ type: z.literal('change') }),
  z.object({ type: z.literal('exportJson') }),
  z.object({ type: z.literal('copyMarkdown') }),
  z.object({ type: z.literal('act'), action }),
]);

export type ToLoadView = z.infer<typeof toLoadView>;
export type ToLoadHost = z.infer<typeof toLoadHost>;
export type LoadViewState = z.infer<typeof viewState>;
export type LoadAdvice = z.infer<typeof advice>;
export type LoadAction = z.infer<typeof action>;
