import * as z from 'zod/mini';
import type { RequestDraft } from '../../domain/requestDraft.ts';
import { writtenHeader } from '../../requests/secretHeaders.ts';
import { authKinds, viewDraft } from './draftProtocol.ts';

const authChoice = z.object({ kind: z.enum(authKinds), header: z.string() });

/** The drafts of an endpoint as they are kept between windows. Keys are not in it, not even by name. */
const savedSession = z.object({
  target: z.object({
    app: z.object({
      id: z.string(),
      name: z.string(),
      environment: z.string(),
      state: z.enum([
        'initializing',
        'ephemeral',
        'detached',
        'deployed',
        'stopping',
        'stopped',
        'disabled',
        'unknown',
      ]),
      createdAt: z.number(),
      runningContainers: z.number(),
      version: z.optional(z.number()),
      deployedAt: z.optional(z.number()),
    }),
    endpoint: z.object({
      functionId: z.string(),
      name: z.string(),
      url: z.string(),
      requiresProxyAuth: z.boolean(),
    }),
  }),
  bundledId: z.optional(z.string()),
  entry: z.string(),
  auth: authChoice,
  drafts: z.record(z.string(), z.extend(viewDraft, { authChoice: z.optional(authChoice) })),
});

export type SavedSession = Omit<z.infer<typeof savedSession>, 'drafts'> & {
  readonly drafts: Readonly<Record<string, RequestDraft>>;
};

/** Credentials that were typed into headers are variables there, to be entered again. */
export function writeSession(session: SavedSession): string {
  const { drafts, ...rest } = savedSession.parse(session);
  const written = Object.entries(drafts).map(([entry, draft]) => {
    const headers = draft.headers.map((pair) => ({ ...pair, value: writtenHeader(pair.name, pair.value) }));
    return [entry, { ...draft, headers }];
  });
  return JSON.stringify({ ...rest, drafts: Object.fromEntries(written) as object });
}

/** @returns undefined for a text that is none, e.g. because it is damaged */
export function readSession(text: string | undefined): SavedSession | undefined {
  if (text === undefined) return undefined;
  try {
    return savedSession.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
