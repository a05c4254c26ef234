import type { DeployServices } from '../core/deployRun.ts';
import { waitForHealth } from '../core/health.ts';
import type { DeployPlan } from '../core/plan.ts';
import type { ManifestEndpoint } from '../../../domain/catalog.ts';
import { secretKeyName } from '../../../domain/keyNames.ts';
import type { DeployNeeds } from './needs.ts';

const healthPath = '/health';

/** A model of tens of gigabytes takes this long to load the first time. */
const longestLoadMs = 20 * 60_000;

function healthEndpoint(plan: DeployPlan): ManifestEndpoint | undefined {
  if (plan.target.kind !== 'bundled') return undefined;
  return plan.target.app.endpoints.find(({ routes }) => routes.some(({ path }) => path === healthPath));
}

export function hasHealthRoute(plan: DeployPlan): boolean {
  return healthEndpoint(plan) !== undefined;
}

/** Asks the app's own health route, with its key where Modal's proxy guards it, until it answers well. */
export function firstHealthyAnswer(
  { sender, keys, config }: DeployNeeds,
  plan: DeployPlan,
): NonNullable<DeployServices['health']> {
  const manifest = healthEndpoint(plan);
  return async (details, signal) => {
    const endpoint = details.functions
      .flatMap((fn) => fn.endpoints)
      .find((candidate) => candidate.name === manifest?.function);
    if (!endpoint) return { kind: 'unhealthy', reason: 'no web endpoint was published' };
    const auth = manifest?.auth;
    const secretRef = auth ? secretKeyName(plan.environment, auth.secretName) : '';
    const key = auth && (await keys.get(secretRef)) ? { ...auth, secretRef } : undefined;
    // Without the key the proxy would only refuse: nothing would be learnt.
    if (endpoint.requiresProxyAuth && !key) return undefined;
    return waitForHealth(
      {
        limitMs: Math.max(longestLoadMs, config.get('requests.timeoutSeconds') * 1000),
        ask: (ends) =>
          sender.send(
            {
              method: 'GET',
              url: endpoint.url.replace(/\/$/, '') + healthPath,
              headers: {},
              ...(key ? { auth: key } : {}),
            },
            ends,
          ),
      },
      signal,
    );
  };
}
