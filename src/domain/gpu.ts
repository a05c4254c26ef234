import { ownValue } from '../shared/ownValue.ts';

/** GPU types that Modal sells, their memory, and how a `gpu=` string names them. */

export interface GpuType {
  readonly name: string;
  /** Memory of one card in GB, as sold. */
  readonly memoryGb: number;
  /** Key of the type in Modal's rate table. */
  readonly rateKey: string;
}

export const gpuTypes: readonly GpuType[] = [
  { name: 'T4', memoryGb: 16, rateKey: 'gpu_hour_cost_t4' },
  { name: 'L4', memoryGb: 24, rateKey: 'gpu_hour_cost_l4' },
  { name: 'A10', memoryGb: 24, rateKey: 'gpu_hour_cost_a10g' },
  { name: 'L40S', memoryGb: 48, rateKey: 'gpu_hour_cost_l40s' },
  { name: 'A100-40GB', memoryGb: 40, rateKey: 'gpu_hour_cost_a100_40gb' },
  { name: 'A100-80GB', memoryGb: 80, rateKey: 'gpu_hour_cost_a100_80gb' },
  { name: 'RTX-PRO-6000', memoryGb: 96, rateKey: 'gpu_hour_cost_rtx6000' },
  { name: 'H100', memoryGb: 80, rateKey: 'gpu_hour_cost_h100' },
  { name: 'H200', memoryGb: 141, rateKey: 'gpu_hour_cost_h200' },
  { name: 'B200', memoryGb: 192, rateKey: 'gpu_hour_cost_b200' },
  { name: 'B300', memoryGb: 288, rateKey: 'gpu_hour_cost_b300' },
];

const spellings: Readonly<Record<string, string>> = {
  A10G: 'A10',
  A100: 'A100-40GB',
  'H100!': 'H100',
  'B200+': 'B200',
};

export interface GpuRequest {
  readonly type: GpuType;
  readonly count: number;
}

/**
 * Reads a `gpu=` string such as `A100-80GB:2`.
 * @returns undefined for a type or count that Modal does not offer.
 */
export function parseGpu(text: string): GpuRequest | undefined {
  const [rawName = '', rawCount = '1'] = text.trim().toUpperCase().split(':');
  const name = ownValue(spellings, rawName) ?? rawName;
  const type = gpuTypes.find((candidate) => candidate.name === name);
  const count = Number(rawCount);
  if (!type || !Number.isInteger(count) || count < 1 || count > mostGpus(type)) return undefined;
  return { type, count };
}

/** How many of a type one container may have. */
export function mostGpus({ name }: GpuType): number {
  return name === 'A10' ? 4 : 8;
}
