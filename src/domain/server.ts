import type { ModalFunction } from './app.ts';
import type { Rates } from './cost.ts';
import { gpuUsdPerHour } from './cost.ts';

/** What a server was deployed with. What is undefined is not known. */
export interface ServerInfo {
  readonly port?: number | undefined;
  /** '' where requests are not routed through a region of their own. */
  readonly region: string;
  readonly requiresProxyAuth?: boolean | undefined;
  /** Cores and memory that each container asks for; Modal's own least where it asks for none. */
  readonly cores?: number | undefined;
  readonly memoryGib?: number | undefined;
  /** A session stays with one container. */
  readonly sessioned?: boolean | undefined;
}

/** Requests to a server within a range of time. What is undefined is not known. */
export interface ServerStats {
  readonly requests?: number | undefined;
  /** How many were answered with a status of each hundred, e.g. 200 for all from 200 to 299. */
  readonly byStatus: Readonly<Record<number, number>>;
  /** Milliseconds until the answer was whole, of which one half and 95 of 100 took less. */
  readonly latency?: { readonly p50?: number | undefined; readonly p95?: number | undefined } | undefined;
  /** Containers that were active. */
  readonly containers?: number | undefined;
}

/**
 * USD per hour of one container at least: by its GPU and, once they are known, cores and memory that it asks for.
 * @returns undefined where nothing is known
 */
export function serverUsdPerHour(
  { gpus }: Pick<ModalFunction, 'gpus'>,
  info: ServerInfo | undefined,
  rates: Rates,
): number | undefined {
  if (gpus === undefined) return undefined;
  const { cpu_hour_cost: core, mem_gib_hour_cost: gib } = rates.usdPerHour;
  const { cores, memoryGib } = info ?? {};
  const [gpu] = gpus;
  const ofGpu = gpu === undefined ? undefined : gpuUsdPerHour(gpu, rates);
  const isKnown = core !== undefined && gib !== undefined && cores !== undefined && memoryGib !== undefined;
  const ofRest = isKnown ? cores * core + memoryGib * gib : undefined;
  if (gpu === undefined) return ofRest;
  return ofGpu === undefined ? undefined : ofGpu + (ofRest ?? 0);
}
