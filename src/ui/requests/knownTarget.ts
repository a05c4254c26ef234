import { isLive } from '../../domain/app.ts';
import type { Snapshot } from '../../store/snapshot.ts';
import type { RequestTarget } from './requestSession.ts';

/** The endpoint of an address as it is deployed now, where that was read already; nothing is asked of the server. */
export function knownTarget(url: string, { apps, details }: Snapshot): RequestTarget | undefined {
  for (const app of apps.filter(({ state }) => isLive(state)))
    for (const { endpoints } of details.get(app.id)?.functions ?? []) {
      const endpoint = endpoints.find((each) => addressOf(each.url) === addressOf(url));
      if (endpoint) return { app, endpoint };
    }
  return undefined;
}

/** What names an endpoint: its address, written in one way. */
export const addressOf = (url: string) => url.replace(/\/+$/, '');
