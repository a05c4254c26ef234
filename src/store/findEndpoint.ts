import type { App, Endpoint } from '../domain/app.ts';
import { isLive } from '../domain/app.ts';
import type { ManagedEndpoint } from '../domain/managedEndpoint.ts';
import type { Snapshot } from './snapshot.ts';

export interface FoundEndpoint {
  readonly app: App;
  readonly endpoint: Endpoint;
}

/** The endpoint that an address belongs to: by its origin, since each has its own. Nothing is asked of the server. */
export function findEndpoint(url: string, snapshot: Snapshot): FoundEndpoint | undefined {
  const { apps, details, endpoints: managed } = snapshot;
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
  return found.find(({ app }) => isLive(app.state)) ?? found[0] ?? findManaged(wanted, managed, apps);
}

function findManaged(
  origin: string,
  managed: readonly ManagedEndpoint[],
  apps: readonly App[],
): FoundEndpoint | undefined {
  const found = managed.find(({ info }) => info && originOf(info.url) === origin);
  return found && endpointOfManaged(found, apps);
}

/**
 * A managed endpoint as one of the app behind it. Where Modal does not list that app, one without an id stands for it.
 * @returns undefined while it has no address
 */
export function endpointOfManaged(
  { name, environment, info, createdAt }: ManagedEndpoint,
  apps: readonly App[],
): FoundEndpoint | undefined {
  if (!info?.url) return undefined;
  const { url, appId, serverId = '', requiresProxyAuth } = info;
  const app = apps.find(({ id }) => id === appId) ?? {
    ...{ id: '', name, environment, createdAt },
    state: 'unknown' as const,
  };
  return {
    app,
    endpoint: {
      functionId: serverId,
      name,
      url,
      ...(requiresProxyAuth === undefined ? {} : { requiresProxyAuth }),
    },
  };
}

/** @returns undefined for what is no address */
export function originOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).origin : undefined;
}
