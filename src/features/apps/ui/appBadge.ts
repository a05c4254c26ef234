import type { Rates } from '../../../domain/cost.ts';
import { gpuUsdPerHour } from '../../../domain/cost.ts';
import { runningCount, runningSandboxes } from '../../../domain/runningCost.ts';
import type { Sandbox } from '../../../domain/sandbox.ts';
import { sandboxUsdPerHour } from '../../../domain/sandbox.ts';
import type { Text } from '../../../shared/text.ts';
import { text } from '../../../shared/text.ts';
import { formatCount, plural } from '../../../shared/format.ts';
import type { Snapshot } from '../../../store/snapshot.ts';
import { formatUsdPerHour } from '../../../domain/priceText.ts';

export interface Badge {
  readonly value: number;
  readonly tooltip: Text;
}

/**
 * How many containers run, sandboxes among them, and what their GPUs and the sandboxes cost, e.g. `3 containers running,
 * 2 with GPU: about $2.20/h`.
 * @returns undefined when none runs
 */
export function runningBadge(snapshot: Snapshot, rates: Rates): Badge | undefined {
  const { containers, sandboxes, moreSandboxes } = snapshot;
  const { value, isLeast } = countRunning(snapshot);
  if (value === 0) return undefined;
  const gpus = containers.flatMap(({ gpu }) => gpu || []);
  const prices = [
    ...gpus.map((gpu) => gpuUsdPerHour(gpu, rates)),
    ...sandboxes.map((each) => sandboxUsdPerHour(each, rates)),
  ];
  const known = prices.filter((price) => price !== undefined);
  const price = known.reduce((sum, each) => sum + each, 0);
  const isKnown = known.length === prices.length && containers.every(({ gpu }) => gpu !== undefined);
  const about = isKnown && moreSandboxes.length === 0 ? 'about' : 'more than';
  const withGpu = gpus.length + sandboxes.filter(({ gpu }) => gpu).length;
  const facts = [
    `${plural(value, 'container')} running`,
    ...(sandboxes.length > 0 ? [sandboxWords(sandboxes)] : []),
    ...(withGpu > 0 ? [`${withGpu} with GPU`] : []),
  ];
  const cost = known.length > 0 ? `${about} ${formatUsdPerHour(price)}` : 'price unknown';
  const least = isLeast ? 'at least ' : '';
  return { value, tooltip: text`${least}${facts.join(', ')}${prices.length > 0 ? `: ${cost}` : ''}` };
}

function sandboxWords(sandboxes: readonly Sandbox[]): string {
  return `${formatCount(sandboxes.length)} of them ${sandboxes.length === 1 ? 'a sandbox' : 'sandboxes'}`;
}

/** Of each app as it counts itself, or as it is listed where that is more; and sandboxes of no listed app. */
function countRunning({ apps, containers, sandboxes, moreSandboxes }: Snapshot) {
  const containersOf = Map.groupBy(containers, ({ appId }) => appId);
  const sandboxesOf = Map.groupBy(sandboxes, ({ appId }) => appId);
  const counts = apps.map((app) =>
    runningCount(app, containersOf.get(app.id) ?? [], sandboxesOf.get(app.id) ?? []),
  );
  for (const { id } of apps) sandboxesOf.delete(id);
  const others = [...sandboxesOf.values()].reduce((sum, each) => sum + runningSandboxes(each), 0);
  return {
    value: counts.reduce<number>((sum, count) => sum + (count ?? 0), others),
    isLeast: counts.includes(undefined) || moreSandboxes.length > 0,
  };
}
