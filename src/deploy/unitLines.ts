import type { Rates } from '../domain/cost.ts';
import { formatUsdPerHour } from '../domain/cost.ts';
import { plural } from '../domain/words.ts';
import type { PlannedUnit, UnitGpu } from './plan.ts';

/**
 * What a confirmation says about the functions and classes of a script: GPU, price, and what costs money all day.
 * @param complete whether these are all that the app has
 */
export function unitLines(units: readonly PlannedUnit[], rates: Rates, complete = true): string[] {
  const onGpu = units.filter(({ gpus }) => gpus === undefined || gpus.length > 0);
  const onCpu = units.filter(({ gpus }) => gpus?.length === 0).map(({ name }) => name);
  const warm = units.flatMap((unit) => warmLine(unit) ?? []);
  return [
    ...onGpu.map(gpuLine),
    onCpu.length > 0 ? `CPU only: ${onCpu.join(', ')}` : '',
    ...warm,
    complete && units.length > 0 && warm.length === 0 ? 'Nothing is charged while no container runs.' : '',
    onGpu.some(({ gpus }) => gpus !== undefined) ? priceNote(rates) : '',
  ].filter(Boolean);
}

/** Whether starting this may cost more than the seconds of a CPU container. */
export function costsAttention(units: readonly PlannedUnit[]): boolean {
  return units.some(
    ({ gpus, minContainers }) => gpus === undefined || gpus.length > 0 || minContainers !== 0,
  );
}

function gpuLine({ name, gpus }: PlannedUnit): string {
  if (!gpus) return `GPU of ${name}: as the script says, price unknown`;
  return `GPU of ${name}: ${gpus.map(gpuWords).join(' or ')} while a container runs`;
}

function gpuWords({ name, memoryGb, usdPerHour }: UnitGpu): string {
  const memory = memoryGb === undefined ? '' : ` (${memoryGb} GB)`;
  return `${name}${memory}, ${usdPerHour === undefined ? 'price unknown' : formatUsdPerHour(usdPerHour)}`;
}

function warmLine({ name, gpus, minContainers }: PlannedUnit): string | undefined {
  if (minContainers === 0) return undefined;
  if (minContainers === undefined) return `Containers that ${name} keeps running: as the script says`;
  const kept = `${plural(minContainers, 'container')} of ${name} ${minContainers === 1 ? 'is' : 'are'} kept running`;
  if (gpus?.length === 0) return `${kept}, and paid, all day`;
  const usd = gpus?.[0]?.usdPerHour;
  if (usd === undefined) return `${kept}, and paid, all day: price unknown`;
  return `${kept}: about $${(usd * 24 * minContainers).toFixed(2)} a day, also without requests`;
}

function priceNote(rates: Rates): string {
  return rates.source === 'live' ? 'Live prices, before credits' : `Prices of ${rates.asOf}, before credits`;
}
