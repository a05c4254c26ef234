import * as vscode from 'vscode';
import type { Rates } from '../../../domain/cost.ts';
import type { LoadPlan } from '../../../domain/load.ts';
import { secondsWords } from '../../../domain/load.ts';
import type { ContainerSeconds, LoadUnit } from '../../../domain/loadCost.ts';
import { cpuUsdPerHour, formatUsd, seenUsd, worstCaseUsd } from '../../../domain/loadCost.ts';
import type { LoadCost } from '../../../domain/loadReport.ts';
import { planWords } from '../../../domain/loadReport.ts';
import { gpuLines, nameOf, sourceWords } from '../../lifecycle/costWords.ts';

const { t } = vscode.l10n;

/** What the one question before a test says, one fact a line. */
export function confirmationLines(
  request: string,
  plan: LoadPlan,
  units: readonly LoadUnit[],
  rates: Rates,
): string[] {
  return [
    t('Request: {0}, {1}', request, planWords(plan)),
    ...gpuLines(
      units.map(({ fn }) => fn),
      rates,
    ),
    t('Containers: {0}', units.map(unitWords).join(', ')),
    worstCaseLine(plan, units, rates),
    costLimitLine(plan, units),
  ];
}

function costLimitLine({ limitSeconds, costLimitUsd }: LoadPlan, units: readonly LoadUnit[]): string {
  if (worstCaseUsd(units, limitSeconds) === undefined)
    return t('Cost limit: none, because the price of a GPU is unknown.');
  return t(
    'Cost limit: the test stops when its containers have cost about {0}.',
    `$${costLimitUsd.toFixed(2)}`,
  );
}

function unitWords({ fn, containers, limited }: LoadUnit): string {
  return limited
    ? t('up to {0} of {1} (its limit)', containers, nameOf(fn))
    : t('up to {0} of {1} (one for each open request)', containers, nameOf(fn));
}

function worstCaseLine({ limitSeconds }: LoadPlan, units: readonly LoadUnit[], rates: Rates): string {
  const time = secondsWords(limitSeconds);
  const usd = worstCaseUsd(units, limitSeconds);
  if (usd === undefined)
    return t(
      'Worst case: unknown, because the price of a GPU is. The test ends after {0} at the latest.',
      time,
    );
  const idle = Math.max(...units.map(({ scaledownSeconds }) => scaledownSeconds));
  const onCpu = units.some(({ fn }) => fn.gpus?.length === 0);
  const worst = t(
    'Worst case: {0}, with all of them for the time limit of {1} and {2} idle after it',
    formatUsd(usd),
    time,
    secondsWords(idle),
  );
  return onCpu ? `${worst}; ${cpuWords(rates)} (${sourceWords(rates)})` : worst;
}

/** What is taken for a container without a GPU. */
function cpuWords(rates: Rates): string {
  const usd = cpuUsdPerHour(rates);
  const price = usd === undefined ? t('an unknown price') : `$${usd.toFixed(3)}/h`;
  return t('without a GPU, a core and a GiB each at {0}', price);
}

/** What a test has probably cost up to now. @param most containers that were seen at once */
export function seenCost(seconds: ContainerSeconds, most: number, rates: Rates): LoadCost {
  const containerSeconds = [...seconds.values()].reduce((sum, each) => sum + each, 0);
  if (seconds.size === 0) return { containerSeconds: 0, basis: t('Cost: no container was seen.') };
  const usd = seenUsd(seconds, rates);
  const parts = [...seconds].map(([gpu, count]) =>
    gpu ? t('{0} s on {1}', Math.round(count), gpu) : t('{0} s without a GPU', Math.round(count)),
  );
  const price =
    usd === undefined ? t('unknown, because the price of a GPU is') : t('about {0}', formatUsd(usd));
  const cpu = seconds.has('') ? `; ${cpuWords(rates)}` : '';
  return {
    ...(usd === undefined ? {} : { usd }),
    containerSeconds,
    basis: t(
      'Cost: {0}. Containers that were seen: at most {1} at once, {2} together ({3}). Idle time after the test comes on top.',
      price,
      most,
      parts.join(', '),
      `${sourceWords(rates)}${cpu}`,
    ),
  };
}
