import type { Rates } from '../../../domain/cost.ts';
import type { LoadPlan } from '../../../domain/load.ts';
import type { ContainerSeconds, LoadUnit } from '../core/loadCost.ts';
import { cpuUsdPerHour, seenUsd, worstCaseUsd } from '../core/loadCost.ts';
import type { LoadCost } from '../../../domain/loadReport.ts';
import { planWords } from '../../../domain/loadReport.ts';
import { gpuLines, nameOf } from '../../apps/index.ts';
import { formatUsd, formatUsdPerHour, priceSource } from '../../../domain/priceText.ts';
import { formatDuration } from '../../../shared/format.ts';

/** What the one question before a test says, one fact a line. */
export function confirmationLines(
  request: string,
  plan: LoadPlan,
  units: readonly LoadUnit[],
  rates: Rates,
): string[] {
  return [
    `Request: ${request}, ${planWords(plan)}`,
    ...gpuLines(
      units.map(({ fn }) => fn),
      rates,
    ),
    `Containers: ${units.map(unitWords).join(', ')}`,
    worstCaseLine(plan, units, rates),
    costLimitLine(plan, units),
  ];
}

function costLimitLine({ limitSeconds, costLimitUsd }: LoadPlan, units: readonly LoadUnit[]): string {
  if (worstCaseUsd(units, limitSeconds) === undefined)
    return 'Cost limit: none, because the price of a GPU is unknown.';
  return `Cost limit: the test stops when its containers have cost about ${formatUsd(costLimitUsd)}.`;
}

function unitWords({ fn, containers, limited }: LoadUnit): string {
  return limited
    ? `up to ${containers} of ${nameOf(fn)} (its limit)`
    : `up to ${containers} of ${nameOf(fn)} (one for each open request)`;
}

function worstCaseLine({ limitSeconds }: LoadPlan, units: readonly LoadUnit[], rates: Rates): string {
  const time = formatDuration(limitSeconds * 1000);
  const usd = worstCaseUsd(units, limitSeconds);
  if (usd === undefined)
    return `Worst case: unknown, because the price of a GPU is. The test ends after ${time} at the latest.`;
  const idle = Math.max(...units.map(({ scaledownSeconds }) => scaledownSeconds));
  const onCpu = units.some(({ fn }) => fn.gpus?.length === 0);
  const worst = `Worst case: ${formatUsd(usd)}, with all of them for the time limit of ${time} and ${formatDuration(idle * 1000)} idle after it`;
  return onCpu ? `${worst}; ${cpuWords(rates)} (${priceSource(rates)})` : worst;
}

/** What is taken for a container without a GPU. */
function cpuWords(rates: Rates): string {
  const price = formatUsdPerHour(cpuUsdPerHour(rates), 'an unknown price');
  return `without a GPU, a core and a GiB each at ${price}`;
}

/** What a test has probably cost up to now. @param most containers that were seen at once */
export function seenCost(seconds: ContainerSeconds, most: number, rates: Rates): LoadCost {
  const containerSeconds = [...seconds.values()].reduce((sum, each) => sum + each, 0);
  if (seconds.size === 0) return { containerSeconds: 0, basis: 'Cost: no container was seen.' };
  const usd = seenUsd(seconds, rates);
  const parts = [...seconds].map(([gpu, count]) =>
    gpu ? `${formatDuration(count * 1000)} on ${gpu}` : `${formatDuration(count * 1000)} without a GPU`,
  );
  const price = usd === undefined ? 'unknown, because the price of a GPU is' : `about ${formatUsd(usd)}`;
  const cpu = seconds.has('') ? `; ${cpuWords(rates)}` : '';
  return {
    ...(usd === undefined ? {} : { usd }),
    containerSeconds,
    basis: `Cost: ${price}. Containers that were seen: at most ${most} at once, ${parts.join(', ')} together (${priceSource(rates)}${cpu}). Idle time after the test comes on top.`,
  };
}
