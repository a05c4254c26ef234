import type { Rates } from './cost.ts';
import { gpuUsdPerHour } from './cost.ts';

/** A port of a sandbox that can be reached from outside. */
export interface Tunnel {
  /** Port inside of the sandbox. */
  readonly port: number;
  /** With HTTPS; '' where it cannot be opened. */
  readonly url: string;
  /** `host:port` for anything but HTTP, without encryption; '' where there is none. */
  readonly socket: string;
}

/** A sandbox that has not ended. All times are unix milliseconds; what is undefined is not known. */
export interface Sandbox {
  readonly id: string;
  /** '' for one whose app is not known. */
  readonly appId: string;
  readonly environment: string;
  /** '' for one without a name. */
  readonly name: string;
  /** The container that it runs in; '' until there is one. */
  readonly containerId: string;
  readonly state: 'starting' | 'running';
  readonly createdAt?: number | undefined;
  readonly startedAt?: number | undefined;
  /** As in `gpu=`, e.g. `A10:2`; '' without a GPU. */
  readonly gpu: string | undefined;
  /** What it asked for, or Modal's own least. */
  readonly cores: number | undefined;
  readonly memoryGib: number | undefined;
  /** As `name=value`. */
  readonly tags: readonly string[];
  readonly timeoutSeconds?: number | undefined;
  readonly idleTimeoutSeconds?: number | undefined;
  readonly tunnels: readonly Tunnel[];
}

/** What a sandbox gets that asks for nothing, as Modal documents it. */
export const leastResources = { cores: 0.125, memoryGib: 0.125 } as const;

/**
 * USD per hour of what a sandbox has asked for: its GPU, and cores and memory at the prices of sandboxes. Modal charges
 * for more where it uses more.
 * @returns undefined where a part is not known
 */
export function sandboxUsdPerHour(
  { gpu, cores, memoryGib }: Pick<Sandbox, 'gpu' | 'cores' | 'memoryGib'>,
  rates: Rates,
): number | undefined {
  const { cpu_hour_cost_sandbox: core, mem_gib_hour_cost_sandbox: gib } = rates.usdPerHour;
  const gpuPrice = gpu === '' ? 0 : gpu === undefined ? undefined : gpuUsdPerHour(gpu, rates);
  if (gpuPrice === undefined || core === undefined || gib === undefined) return undefined;
  if (cores === undefined || memoryGib === undefined) return undefined;
  return gpuPrice + cores * core + memoryGib * gib;
}
