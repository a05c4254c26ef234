import type { App, Container } from './app.ts';
import type { Rates } from './cost.ts';
import { gpuUsdPerHour } from './cost.ts';
import type { Sandbox } from './sandbox.ts';
import { sandboxUsdPerHour } from './sandbox.ts';
import { formatUsdPerHour } from './priceText.ts';

/** Containers and sandboxes that run, and what an hour of them costs at least. */
export interface RunningCost {
  readonly count: number;
  readonly usd: number;
  /** The price of some of them is not known; 0 and all of them: of none. */
  readonly unknown: number;
}

export const nothingRuns: RunningCost = { count: 0, usd: 0, unknown: 0 };

/**
 * What an app costs now: containers by their GPU, sandboxes by what they asked for. Cores and memory of a container
 * are not in any list, so that one without a GPU has no price that is known.
 */
export function costOfApp(
  app: App,
  containers: readonly Container[],
  sandboxes: readonly Sandbox[],
  rates: Rates,
): RunningCost {
  const prices = [
    ...containers.map(({ gpu }) => (gpu ? gpuUsdPerHour(gpu, rates) : undefined)),
    ...sandboxes.map((each) => sandboxUsdPerHour(each, rates)),
  ];
  // Of what only a number is known, no price is.
  const count = Math.max(prices.length, app.runningContainers ?? 0);
  return costOf(prices, count);
}

export function costOfSandboxes(sandboxes: readonly Sandbox[], rates: Rates): RunningCost {
  const prices = sandboxes.map((each) => sandboxUsdPerHour(each, rates));
  return costOf(prices, prices.length);
}

export function sumOfCosts(costs: readonly RunningCost[]): RunningCost {
  return costs.reduce(
    (sum, { count, usd, unknown }) => ({
      count: sum.count + count,
      usd: sum.usd + usd,
      unknown: sum.unknown + unknown,
    }),
    nothingRuns,
  );
}

function costOf(prices: readonly (number | undefined)[], count: number): RunningCost {
  const known = prices.filter((price) => price !== undefined);
  return { count, usd: known.reduce((sum, each) => sum + each, 0), unknown: count - known.length };
}

/** `$2.20/h`, `more than $2.20/h`, `price unknown`; '' where nothing runs. */
export function costWords({ count, usd, unknown }: RunningCost): string {
  if (count === 0) return '';
  if (usd === 0) return 'price unknown';
  return `${unknown > 0 ? 'more than ' : ''}${formatUsdPerHour(usd)}`;
}

/** As `costWords`, for screen readers. */
export function spokenPrice(words: string): string {
  return words.replace('/h', ' per hour');
}

/** Running containers as the app counts them, or as they are listed where that is more; undefined where nobody knows. */
export function runningCount(
  { runningContainers }: App,
  containers: readonly Container[],
  sandboxes: readonly Sandbox[],
): number | undefined {
  if (runningContainers === undefined) return undefined;
  const listed = containers.filter(({ startedAt }) => startedAt !== undefined).length;
  return Math.max(runningContainers, listed + runningSandboxes(sandboxes));
}

export function runningSandboxes(sandboxes: readonly Sandbox[]): number {
  return sandboxes.filter(({ state }) => state === 'running').length;
}
