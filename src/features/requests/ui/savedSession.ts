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

const draft = z.extend(viewDraft, { authChoice: z.optional(authChoice) });
const drafts = z.record(z.string(), draft);

/** The drafts of an endpoint as they are kept between windows. Keys are not in it, not even by name. */
const savedSession = z.object({
  target: z.object({
    app: z.object({
      id: z.string(),
      name: z.string(),
      environment: z.string(),
      // Of when it was written; the server tells what it is.
      state: z.catch(z.enum(appStates), 'unknown'),
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

/** Drafts one by one: what one of them has that this version does not know must not cost the others. */
const anyDrafts = z.record(z.string(), z.unknown());
const storedSession = z.extend(savedSession, { drafts: anyDrafts });

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
 * @param onLoss called where not all of it could be read
 * @returns undefined for a text that is none, e.g. because it is damaged
 */
export function readSession(
  text: string | undefined,
  seal?: Seal,
  onLoss: () => void = () => undefined,
): SavedSession | undefined {
  if (text === undefined) return undefined;
  try {
    const { sealed, ...session } = storedSession.parse(JSON.parse(text));
    const whole = sealed === undefined ? undefined : seal?.open(sealed);
    const kept = whole === undefined ? session.drafts : anyDrafts.parse(JSON.parse(whole));
    return { ...session, drafts: readDrafts(kept, onLoss) };
  } catch {
    onLoss();
    return undefined;
  }
}

function readDrafts(kept: Readonly<Record<string, unknown>>, onLoss: () => void): SavedSession['drafts'] {
  const read = Object.entries(kept).map(([entry, each]) => [entry, draft.safeParse(each).data] as const);
  const usable = read.filter((each): each is readonly [string, RequestDraft] => each[1] !== undefined);
  if (usable.length < read.length) onLoss();
  return Object.fromEntries(usable);
}
