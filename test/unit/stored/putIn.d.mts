import type { RequestApp, SentRequest } from '../../../src/features/savedRequests/core/history/entry.ts';
import type { Arrangement } from '../../../src/features/apps/core/arrangement.ts';
import type { AuthChoice } from '../../../src/domain/request.ts';
import type { DeployPlan } from '../../../src/features/deploy/core/plan.ts';
import type { JournalEntry } from '../../../src/features/deploy/core/journal.ts';
import type { RequestDraft } from '../../../src/domain/requestDraft.ts';
import type { RequestTarget } from '../../../src/features/requests/ui/requestSession.ts';

export const account: string;
export const sessions: readonly {
  readonly target: RequestTarget;
  readonly auth: AuthChoice;
  readonly last: string;
  readonly entries: Readonly<Record<string, RequestDraft>>;
}[];
export const history: readonly { readonly sent: SentRequest; readonly app?: RequestApp }[];
export const startedAt: number;
export const deploys: readonly JournalEntry[];
export const plans: readonly DeployPlan[];
export const arrangement: Arrangement;
export const workspaceMemory: Readonly<Record<string, unknown>>;
export const globalMemory: Readonly<Record<string, unknown>>;
export const snapshotKey: string;
export const keys: readonly { readonly environment: string; readonly of: string; readonly value: string }[];
