import * as z from 'zod/mini';

/** Messages between the request panel and its host, parsed on both sides. */

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

export const toView = z.discriminatedUnion('type', [
  z.object({ type: z.literal('request'), request: requestState }),
]);

export const toHost = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('send'), method: z.string(), path: z.string(), body: z.string() }),
  z.object({ type: z.literal('cancel') }),
  z.object({ type: z.literal('selectSample'), id: z.string() }),
  z.object({ type: z.literal('enterKey') }),
  z.object({ type: z.literal('copyCurl'), method: z.string(), path: z.string(), body: z.string() }),
]);

export type ToView = z.infer<typeof toView>;
export type ToHost = z.infer<typeof toHost>;
export type RequestState = z.infer<typeof requestState>;
