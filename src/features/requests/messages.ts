import * as z from 'zod/mini';
import { draftToHost, draftToView } from './draftMessages.ts';

/** Messages between the request panel and its host, parsed on both sides. */

export const toView = z.discriminatedUnion('type', draftToView);

export const toHost = z.discriminatedUnion('type', [
  ...draftToHost,
  z.object({ type: z.literal('ready') }),
  /** Sends the draft as the host has it: each edit is told before. */
  z.object({ type: z.literal('send') }),
  z.object({ type: z.literal('cancel') }),
  z.object({ type: z.literal('enterKey') }),
  z.object({ type: z.enum(['copyAs', 'save', 'loadTest']) }),
]);

export type ToView = z.infer<typeof toView>;
export type ToHost = z.infer<typeof toHost>;
