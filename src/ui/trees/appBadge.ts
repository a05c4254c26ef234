import type { Rates } from '../../domain/cost.ts';
import { formatUsdPerHour, gpuUsdPerHour } from '../../domain/cost.ts';
import type { Text } from '../../domain/text.ts';
import { text } from '../../domain/text.ts';
import { plural } from '../../domain/words.ts';
import type { Snapshot } from '../../store/snapshot.ts';

export interface Badge {
  readonly value: number;
  readonly tooltip: Text;
}

/**
 * How many containers run, and what their GPUs cost, e.g. `3 containers running, 2 with GPU: about $2.20/h`.
 * @returns undefined when none runs
 */
export function runningBadge({ apps, containers }: Snapshot, rates: Rates): Badge | undefined {
  const value = apps.reduce((sum, { runningContainers = 0 }) => sum + runningContainers, 0);
  if (value === 0) return undefined;
  const gpus = containers.flatMap(({ gpu }) => gpu || []);
  const prices = gpus.map((gpu) => gpuUsdPerHour(gpu, rates));
  const known = prices.filter((price) => price !== undefined);
  const price = known.reduce((sum, each) => sum + each, 0);
  const about = known.length < prices.length ? 'more than' : 'about';
  const withGpu = gpus.length > 0 ? `, ${gpus.length} with GPU` : '';
  const cost = known.length > 0 ? `: ${about} ${formatUsdPerHour(price)}` : '';
  const least = apps.some(({ runningContainers }) => runningContainers === undefined) ? 'at least ' : '';
  return { value, tooltip: text`${least}${plural(value, 'container')} running${withGpu}${cost}` };
}
