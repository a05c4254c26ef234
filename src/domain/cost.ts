import { parseGpu } from './gpu.ts';

/** Prices in USD per hour by rate key, with where they come from. */
export interface Rates {
  readonly usdPerHour: Readonly<Record<string, number>>;
  readonly source: 'live' | 'table';
  /** Date of the table, ISO; for live rates the moment they were read. */
  readonly asOf: string;
}

/** Used when the live rates cannot be read; always shown with its date. */
export const datedRates: Rates = {
  usdPerHour: {
    gpu_hour_cost_t4: 0.59,
    gpu_hour_cost_l4: 0.8,
    gpu_hour_cost_a10g: 1.1,
    gpu_hour_cost_l40s: 1.95,
    gpu_hour_cost_a100_40gb: 2.1,
    gpu_hour_cost_a100_80gb: 2.5,
    gpu_hour_cost_rtx6000: 3.03,
    gpu_hour_cost_h100: 3.95,
    gpu_hour_cost_h200: 4.54,
    gpu_hour_cost_b200: 6.25,
    gpu_hour_cost_b300: 7.1,
    cpu_hour_cost: 0.0473,
    mem_gib_hour_cost: 0.008,
    cpu_hour_cost_sandbox: 0.1419,
    mem_gib_hour_cost_sandbox: 0.024,
  },
  source: 'table',
  asOf: '2026-10-04',
};

/** USD per hour of one container with this GPU, or undefined when the type or its rate is unknown. */
export function gpuUsdPerHour(gpu: string, rates: Rates): number | undefined {
  const request = parseGpu(gpu);
  if (!request) return undefined;
  const rate = rates.usdPerHour[request.type.rateKey];
  return rate === undefined ? undefined : rate * request.count;
}
