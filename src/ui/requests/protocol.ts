import * as z from 'zod/mini';

/** Messages between the request panel and its host, parsed on both sides. */

const summaryBlock = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('cards'),
    items: z.readonly(z.array(z.object({ label: z.string(), value: z.string() }))),
  }),
  z.object({ kind: z.literal('text'), title: z.string(), text: z.string() }),
  z.object({
    kind: z.literal('table'),
    title: z.string(),
    columns: z.readonly(z.array(z.string())),
    rows: z.readonly(z.array(z.readonly(z.array(z.string())))),
    more: z.number(),
  }),
]);

const explanation = z.object({
  text: z.string(),
  action: z.optional(z.enum(['enterKey', 'deploy', 'showLogs', 'retry'])),
});

const timing = z.object({
  connect: z.number(),
  firstByte: z.number(),
  total: z.number(),
  polls: z.number(),
});

const requestState = z.object({
  appName: z.string(),
  environment: z.string(),
  method: z.string(),
  /** Address of the endpoint without path. */
  baseUrl: z.string(),
  path: z.string(),
  body: z.string(),
  headers: z.record(z.string(), z.string()),
  samples: z.array(z.object({ id: z.string(), title: z.string() })),
  sampleId: z.string(),
  sampleNote: z.string(),
  auth: z.enum(['none', 'stored', 'missing']),
  authNote: z.string(),
});

const responseState = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('idle') }),
  z.object({ kind: z.literal('sending'), startedAt: z.number(), polls: z.number() }),
  z.object({
    kind: z.literal('result'),
    status: z.number(),
    statusText: z.string(),
    headers: z.record(z.string(), z.string()),
    body: z.string(),
    truncated: z.boolean(),
    size: z.number(),
    timing,
    callId: z.string(),
    explanation: z.optional(explanation),
    summary: z.array(summaryBlock),
  }),
  z.object({ kind: z.literal('failed'), explanation }),
  z.object({ kind: z.literal('cancelled') }),
]);

export const toView = z.discriminatedUnion('type', [
  z.object({ type: z.literal('request'), request: requestState }),
  z.object({ type: z.literal('response'), response: responseState }),
  z.object({ type: z.literal('streamed'), text: z.string() }),
  /** Asks for the request as it is edited, by the message of the same name. */
  z.object({ type: z.literal('ask'), question: z.enum(['copyAs', 'save']) }),
]);

export const toHost = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('send'), method: z.string(), path: z.string(), body: z.string() }),
  z.object({ type: z.literal('cancel') }),
  z.object({ type: z.literal('selectSample'), id: z.string() }),
  z.object({ type: z.literal('enterKey') }),
  z.object({ type: z.literal('showLogs') }),
  z.object({ type: z.literal('deploy') }),
  z.object({ type: z.literal('openBody') }),
  z.object({ type: z.literal('copyAs'), method: z.string(), path: z.string(), body: z.string() }),
  z.object({ type: z.literal('save'), method: z.string(), path: z.string(), body: z.string() }),
]);

export type ToView = z.infer<typeof toView>;
export type ToHost = z.infer<typeof toHost>;
export type RequestState = z.infer<typeof requestState>;
export type ResponseState = z.infer<typeof responseState>;
export type ResultState = Extract<ResponseState, { kind: 'result' }>;
