import type { ModalFunction } from '../../../domain/app.ts';
import type { Rates } from '../../../domain/cost.ts';
import { gpuUsdPerHour } from '../../../domain/cost.ts';
import type { ManagedEndpoint } from '../../../domain/managedEndpoint.ts';
import type { Snapshot } from '../../../store/snapshot.ts';
import type { RequestTarget } from './requestSession.ts';
import { formatUsdPerHour } from '../../../domain/priceText.ts';

/**
 * What a request would start that costs more than a CPU, or may, e.g. `L40S, $1.95/h`; '' where the function has no GPU
 * or something of the app runs already.
 */
export function wakeCost({ app, endpoint }: RequestTarget, snapshot: Snapshot, rates: Rates): string {
  const now = snapshot.apps.find(({ id }) => id === app.id) ?? app;
  const fn = snapshot.details.get(app.id)?.functions.find(({ id }) => id === endpoint.functionId);
  const managed = snapshot.endpoints.find(({ info }) => info?.url === endpoint.url);
  const gpu = managed ? gpuOfManaged(managed) : gpuOfFunction(fn);
  if ((now.runningContainers ?? 0) > 0 || gpu === undefined) return '';
  const usd = gpuUsdPerHour(gpu, rates);
  return usd === undefined ? gpu : `${gpu}, ${formatUsdPerHour(usd)}`;
}

/** @returns undefined where it has none; what is not told may be dear */
function gpuOfFunction(fn: ModalFunction | undefined): string | undefined {
  if (!fn) return 'may use a GPU: the functions of this app are unknown';
  return fn.gpus ? fn.gpus[0] : "may use a GPU, which Modal doesn't report";
}

/** @returns undefined where no container starts for a request */
function gpuOfManaged({ shared, info }: ManagedEndpoint): string | undefined {
  if (shared) return undefined;
  return info?.gpus?.[0] ?? 'unknown GPU';
}
