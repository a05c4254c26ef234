import * as z from 'zod/mini';
import { logLevels } from '../../domain/logEntry.ts';
import type { LogFilter } from '../../domain/logFilter.ts';

/** A filter as the log viewer and its host tell it each other. */
export const filter = z.object({
  source: z.enum(['all', 'stdout', 'stderr', 'system']),
  level: z.enum(logLevels),
  text: z.string(),
  regex: z.boolean(),
  matchCase: z.boolean(),
  functionId: z.string(),
  containerId: z.string(),
  callId: z.string(),
}) satisfies z.ZodMiniType<LogFilter>;
