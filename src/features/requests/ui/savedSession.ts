import * as z from 'zod/mini';
import { appStates } from '../../../domain/app.ts';
import type { RequestDraft } from '../../../domain/requestDraft.ts';
import type { Steps } from '../../../shared/steps.ts';
import { inOneGo } from '../../../shared/steps.ts';
import { maskingDraft } from '../core/maskedDraft.ts';
import type { Seal } from '../core/seal.ts';
import { authKinds } from '../../../domain/request.ts';
import { viewDraft } from '../draftMessages.ts';

const authChoice = z.object({ kind: z.enum(authKinds), header: z.string() });

const drafts = z.record(z.string(), z.extend(viewDraft, { authChoice: z.optional(authChoice) }));

/** The drafts of an endpoint as they are kept between windows. Keys are not in it, not even by name. */
const savedSession = z.object({
  target: z.object({
    app: z.object({
      id: z.string(),
      name: z.string(),
      environment: z.string(),
      state: z.enum(appStates),
      createdAt: z.optional(z.number()),
      runningContainers: z.optional(z.number()),
      version: z.optional(z.number()),
      deployedAt: z.optional(z.number()),
    }),
    endpoint: z.object({
      functionId: z.string(),
      name: z.string(),
      url: z.string(),
      requiresProxyAuth: z.optional(z.boolean()),
    }),
  }),
  bundledId: z.optional(z.string()),
  entry: z.string(),
  auth: authChoice,
  /** With variables in the place of credentials. */
  drafts,
  /** The same as they are, sealed; absent where they hold no credential. */
  sealed: z.optional(z.string()),
});

export type SavedSession = Omit<z.infer<typeof savedSession>, 'drafts' | 'sealed'> & {
  readonly drafts: Readonly<Record<string, RequestDraft>>;
};

/** @param seal absent: credentials are not kept, and are to be entered again */
export const writeSession = (session: SavedSession, seal?: Seal) => inOneGo(writingSession(session, seal));

/** The same in steps: bodies may have any length. */
export function* writingSession(session: SavedSession, seal?: Seal): Steps<string> {
  const whole = savedSession.parse(session);
  const masked: Record<string, RequestDraft> = {};
  for (const [entry, draft] of Object.entries(whole.drafts)) masked[entry] = yield* maskingDraft(draft);
  const text = JSON.stringify(whole.drafts);
  yield;
  const isWhole = JSON.stringify(masked) === text;
  yield;
  return JSON.stringify({
    ...whole,
    drafts: masked,
    ...(isWhole || !seal ? {} : { sealed: seal.close(text) }),
  });
}

/** The beginning of what is sealed in it, which says with which key. */
export function sealedIn(text: string | undefined): string {
  return /"sealed":"([0-9a-f]{16}\.)/.exec(text ?? '')?.[1] ?? '';
}

/**
 * @param seal absent: variables stay in the place of credentials, as where it cannot be opened
 * @returns undefined for a text that is none, e.g. because it is damaged
 */
export function readSession(text: string | undefined, seal?: Seal): SavedSession | undefined {
  if (text === undefined) return undefined;
  try {
    const { sealed, ...session } = savedSession.parse(JSON.parse(text));
    const whole = sealed === undefined ? undefined : seal?.open(sealed);
    return whole === undefined ? session : { ...session, drafts: drafts.parse(JSON.parse(whole)) };
  } catch {
    return undefined;
  }
}
