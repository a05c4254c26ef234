import type { Rates } from '../../../domain/cost.ts';
import type { LoadPlan } from '../../../domain/load.ts';
import type { ContainerSeconds, LoadUnit } from '../core/loadCost.ts';
import { cpuUsdPerHour, seenUsd, worstCaseUsd } from '../core/loadCost.ts';
import type { LoadCost } from '../../../domain/loadReport.ts';
import { planWords } from '../../../domain/loadReport.ts';
import { gpuLines, nameOf } from '../../apps/index.ts';
import { formatAboutUsd, formatUsd, formatUsdPerHour, priceSource } from '../../../domain/priceText.ts';
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
    return 'Cost limit: none, because a GPU price is unknown.';
  return `Cost limit: the test stops when its containers have cost about ${formatUsd(costLimitUsd)}.`;
}

function unitWords({ fn, containers, limited }: LoadUnit): string {
  return limited
    ? `up to ${containers} of ${nameOf(fn)} (its limit)`
    : `up to ${containers} of ${nameOf(fn)} (one per concurrent request)`;
}

function worstCaseLine({ limitSeconds }: LoadPlan, units: readonly LoadUnit[], rates: Rates): string {
  const time = formatDuration(limitSeconds * 1000);
  const usd = worstCaseUsd(units, limitSeconds);
  if (usd === undefined)
    return `Worst case: unknown, because a GPU price is unknown. The test stops after ${time} at the latest.`;
  const idle = Math.max(...units.map(({ scaledownSeconds }) => scaledownSeconds));
  const onCpu = units.some(({ fn }) => fn.gpus?.length === 0);
  const worst = `Worst case: ${formatUsd(usd)}, if all of them run for the time limit of ${time} and then idle for ${formatDuration(idle * 1000)}`;
  return onCpu ? `${worst}; ${cpuWords(rates)} (${priceSource(rates)})` : worst;
}

/** What is taken for a container without a GPU. */
function cpuWords(rates: Rates): string {
  const price = formatUsdPerHour(cpuUsdPerHour(rates), 'an unknown price');
  return `containers without a GPU count as one core and one GiB at ${price}`;
}

/** What a test has probably cost up to now. @param most containers that were seen at once */
export function seenCost(seconds: ContainerSeconds, most: number, rates: Rates): LoadCost {
  const containerSeconds = [...seconds.values()].reduce((sum, each) => sum + each, 0);
  if (seconds.size === 0) return { containerSeconds: 0, basis: 'Cost: no containers were observed.' };
  const usd = seenUsd(seconds, rates);
  const parts = [...seconds].map(([gpu, count]) =>
    gpu ? `${formatDuration(count * 1000)} on ${gpu}` : `${formatDuration(count * 1000)} without a GPU`,
  );
  const price = usd === undefined ? 'unknown, because a GPU price is unknown' : formatAboutUsd(usd);
  const cpu = seconds.has('') ? `; ${cpuWords(rates)}` : '';
  return {
    ...(usd === undefined ? {} : { usd }),
    containerSeconds,
    basis: `Cost: ${price}. Observed containers: at most ${most} at once, ${parts.join(', ')} in total (${priceSource(rates)}${cpu}), plus idle time after the test.`,
  };
}
