import type { App, Endpoint } from '../domain/app.ts';
import { isLive } from '../domain/app.ts';
import type { Snapshot } from './snapshot.ts';

export interface FoundEndpoint {
  readonly app: App;
  readonly endpoint: Endpoint;
}

/** The endpoint that an address belongs to: by its origin, since each has its own. Nothing is asked of the server. */
export function findEndpoint(url: string, { apps, details }: Snapshot): FoundEndpoint | undefined {
  const wanted = originOf(url);
  if (wanted === undefined) return undefined;
  const found = apps.flatMap((app) =>
    (details.get(app.id)?.functions ?? []).flatMap(({ endpoints }) =>
      endpoints
        .filter((endpoint) => originOf(endpoint.url) === wanted)
        .map((endpoint) => ({ app, endpoint })),
    ),
  );
  // An app that was stopped and deployed again has the same addresses.
  return found.find(({ app }) => isLive(app.state)) ?? found[0];
}

/** @returns undefined for what is no address */
export function originOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).origin : undefined;
}
