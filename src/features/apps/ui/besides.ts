import { isLive } from '../../../domain/app.ts';
import type { AppFilter } from '../core/appFilter.ts';
import { isFiltering, matchesBeside } from '../core/appFilter.ts';
import type { ManagedEndpoint } from '../../../domain/managedEndpoint.ts';
import { endpointState } from '../../../domain/managedEndpoint.ts';
import type { Sandbox } from '../../../domain/sandbox.ts';
import type { ListProblem } from '../../../store/readLists.ts';
import type { Snapshot } from '../../../store/snapshot.ts';

/** What stands beside the apps. */
export interface Besides {
  /** Whose app does not run, as far as lists tell. */
  readonly sandboxes: readonly Sandbox[];
  readonly endpoints: readonly ManagedEndpoint[];
  /** Environments with more sandboxes than were read. */
  readonly more: readonly string[];
  readonly problems: readonly ListProblem[];
}

export const noBesides: Besides = { sandboxes: [], endpoints: [], more: [], problems: [] };

export function besidesOf(
  { apps, sandboxes, endpoints, moreSandboxes }: Snapshot,
  problems: readonly ListProblem[],
): Besides {
  const live = new Set(apps.flatMap(({ id, state }) => (isLive(state) ? id : [])));
  return {
    sandboxes: sandboxes.filter(({ appId }) => !live.has(appId)),
    endpoints,
    more: moreSandboxes,
    problems,
  };
}

export function filterBesides(besides: Besides, filter: AppFilter): Besides {
  if (!isFiltering(filter)) return besides;
  return {
    ...noBesides,
    sandboxes: besides.sandboxes.filter(({ id, name, environment, gpu }) =>
      matchesBeside({ environment, names: [id, name], gpus: [gpu], isRunning: true }, filter),
    ),
    endpoints: besides.endpoints.filter((each) => {
      const { id, name, environment, info } = each;
      const names = [id, name, info?.model ?? '', info?.repository ?? '', info?.url ?? ''];
      const isRunning = endpointState(each) === 'live';
      return matchesBeside({ environment, names, gpus: info?.gpus ?? [], isRunning }, filter);
    }),
  };
}

/** What of it is in an environment. */
export function besidesIn({ sandboxes, endpoints, more, problems }: Besides, name: string): Besides {
  const inside = <T extends { readonly environment: string }>(all: readonly T[]) =>
    all.filter(({ environment }) => environment === name);
  return {
    sandboxes: inside(sandboxes),
    endpoints: inside(endpoints),
    more: more.filter((environment) => environment === name),
    problems: inside(problems),
  };
}

export function countBesides({ sandboxes, endpoints, more, problems }: Besides): number {
  return sandboxes.length + endpoints.length + more.length + problems.length;
}
