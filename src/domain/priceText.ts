/** The one way in which GPUs and prices are written. */
import { parseGpu } from './gpu.ts';
import type { Rates } from './cost.ts';

const dollars = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
const smallDollars = new Intl.NumberFormat('en-US', {
  style: 'currency',
  currency: 'USD',
  maximumFractionDigits: 4,
});

/** `$1,234.50`; of a few cents also their parts, and never a zero that is not one. */
export function formatUsd(usd: number): string {
  if (usd === 0 || usd >= 0.1) return dollars.format(usd);
  return usd < 0.0001 ? 'less than $0.0001' : smallDollars.format(usd);
}

/** An estimate: `about $0.12`; of what is too small to be written, only that. */
export function formatAboutUsd(usd: number, about = 'about'): string {
  return usd > 0 && usd < 0.0001 ? formatUsd(usd) : `${about} ${formatUsd(usd)}`;
}

/** `$1.10/h` @param unknown what is written where nobody knows */
export function formatUsdPerHour(usd: number | undefined, unknown = 'price unknown'): string {
  return usd === undefined ? unknown : `${formatUsd(usd)}/h`;
}

/** Where prices come from, for brackets. */
export function priceSource({ source, asOf }: Rates): string {
  return `${source === 'live' ? 'live price' : `price of ${asOf}`}, before credits`;
}

/** As `priceSource`, as a line of its own. */
export function priceNote({ source, asOf }: Rates): string {
  return `${source === 'live' ? 'Live prices' : `Prices of ${asOf}`}, before credits`;
}

/** Of all its cards: `24 GB`; '' for a GPU that is not known here. */
export function gpuMemory(gpu: string): string {
  const request = parseGpu(gpu);
  return request ? `${request.type.memoryGb * request.count} GB` : '';
}

/** `A10 (24 GB)`, `H100:2 (160 GB)`; a GPU that is not known here has only its name. */
export function gpuWithMemory(gpu: string): string {
  const memory = gpuMemory(gpu);
  return memory ? `${gpu} (${memory})` : gpu;
}

/** `L40S or A100`, for a function with these choices; `CPU` for none. */
export function gpuChoiceText(gpus: readonly string[] | undefined): string {
  return gpus === undefined ? 'GPU unknown' : gpus.join(' or ') || 'CPU';
}
