import type { Rates } from '../../../domain/cost.ts';
import { plural } from '../../../shared/format.ts';
import type { PlannedGpu, PlannedUnit } from './plan.ts';
import { formatUsd, formatUsdPerHour, gpuWithMemory, priceNote } from '../../../domain/priceText.ts';

/**
 * What a confirmation says about the functions and classes of a script: GPU, price, and what costs money all day.
 * @param complete whether these are all that the app has, and all that they may cost
 */
export function unitLines(units: readonly PlannedUnit[], rates: Rates, complete = true): string[] {
  const onGpu = units.filter(({ gpus, unless }) => gpus === undefined || gpus.length > 0 || unless);
  const onCpu = units.filter(({ gpus, unless }) => gpus?.length === 0 && !unless).map(({ name }) => name);
  const warm = units.flatMap((unit) => warmLine(unit) ?? []);
  return [
    ...onGpu.map(gpuLine),
    onCpu.length > 0 ? `${complete ? 'CPU only' : 'No GPU of their own'}: ${onCpu.join(', ')}` : '',
    ...warm,
    complete && units.length > 0 && warm.length === 0 ? 'Nothing is charged while no container runs.' : '',
    onGpu.some(({ gpus }) => gpus !== undefined) ? priceNote(rates) : '',
  ].filter(Boolean);
}

/** Whether starting this may cost more than the seconds of a CPU container. */
export function costsAttention(units: readonly PlannedUnit[]): boolean {
  return units.some(
    ({ gpus, minContainers, unless, keepsUnless }) =>
      gpus === undefined || gpus.length > 0 || minContainers !== 0 || (unless ?? keepsUnless) !== undefined,
  );
}

function gpuLine({ name, gpus, unless, cluster }: PlannedUnit): string {
  const set = ifSet(unless);
  if (!gpus) return `GPU of ${name}: as the script says, price unknown`;
  if (gpus.length === 0) return `GPU of ${name}: none${set}`;
  const words = gpus.map((gpu) => gpuWords(gpu, cluster)).join(' or ');
  const running = cluster ? clusterWords(cluster) : 'while a container runs';
  return `GPU of ${name}: ${words} ${running}${set}`;
}

/** A cluster is paid as a whole. */
function gpuWords({ name, usdPerHour }: PlannedGpu, cluster: PlannedUnit['cluster']): string {
  const usd = usdPerHour === undefined ? undefined : usdPerHour * (cluster?.size ?? 1);
  const count = cluster?.size === undefined ? '' : ` in ${cluster.size} containers`;
  return `${gpuWithMemory(name)}${count}, ${formatUsdPerHour(usd)}`;
}

function clusterWords({ size }: { readonly size: number | undefined }): string {
  return size === undefined
    ? 'for each container of a cluster, whose size only the script tells'
    : 'while the cluster runs';
}

function warmLine({ name, gpus, minContainers, keepsUnless }: PlannedUnit): string | undefined {
  const set = ifSet(keepsUnless);
  if (minContainers === 0) return keepsUnless && `Containers that ${name} keeps running: none${set}`;
  if (minContainers === undefined) return `Containers that ${name} keeps running: as the script says`;
  const kept = `${plural(minContainers, 'container')} of ${name} ${minContainers === 1 ? 'is' : 'are'} kept running`;
  if (gpus?.length === 0) return `${kept}, and paid, all day${set}`;
  const usd = gpus?.[0]?.usdPerHour;
  if (usd === undefined) return `${kept}, and paid, all day: price unknown${set}`;
  return `${kept}: about ${formatUsd(usd * 24 * minContainers)} a day, also without requests${set}`;
}

function ifSet(variables: readonly string[] | undefined): string {
  return variables ? `, unless ${variables.join(' or ')} is set` : '';
}
