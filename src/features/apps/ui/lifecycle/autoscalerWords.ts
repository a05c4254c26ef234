import type { ModalFunction } from '../../../../domain/app.ts';
import type { Rates } from '../../../../domain/cost.ts';
import { gpuUsdPerHour } from '../../../../domain/cost.ts';
import type { Autoscaler, AutoscalerField, AutoscalerValues } from '../../../../domain/lifecycle.ts';
import { autoscalerFields, changedFields, scaledownBounds } from '../../../../domain/lifecycle.ts';
import { plural, spokenAge } from '../../../../shared/format.ts';
import { formatUsd, formatUsdPerHour, priceSource } from '../../../../domain/priceText.ts';

/** How autoscaling reads: names, values, where they come from, what they cost. */

export const fieldNames: Readonly<Record<AutoscalerField, string>> = {
  minContainers: 'Min containers',
  maxContainers: 'Max containers',
  bufferContainers: 'Buffer containers',
  scaledownWindow: 'Scale-down window',
};

export const fieldHelp: Readonly<Record<AutoscalerField, string>> = {
  minContainers: 'Kept running, and charged, also without requests',
  maxContainers: 'Never more than these; 0 = no limit of its own',
  bufferContainers: 'Extra containers while the function is busy',
  scaledownWindow: 'Seconds that an idle container is kept',
};

export function valueWord(field: AutoscalerField, value: number): string {
  if (field === 'scaledownWindow') return `${value} s`;
  return field === 'maxContainers' && value === 0 ? 'no limit' : String(value);
}

/** `from the code`, `Modal's default`, or `changed by alice 5 minutes ago`. */
export function originWord(autoscaler: Autoscaler, field: AutoscalerField, now: number): string {
  const override = autoscaler.overrides[field];
  if (override) {
    const by = override.by ? ` by ${override.by}` : '';
    return `changed${by}${override.at === undefined ? '' : ` ${spokenAge(override.at, now)}`}`;
  }
  return autoscaler.coded[field] === undefined ? "Modal's default" : 'from the code';
}

/** Tooltip lines: every value with where it comes from. */
export function autoscalerLines(autoscaler: Autoscaler, now: number): string[] {
  return autoscalerFields.map(
    (field) =>
      `${fieldNames[field]}: ${valueWord(field, autoscaler.inForce[field])} (${originWord(autoscaler, field, now)})`,
  );
}

/** What is wrong with one value as typed, given the others; undefined when it is right. */
export function problemWith(
  field: AutoscalerField,
  text: string,
  others: AutoscalerValues,
): string | undefined {
  const value = Number(text.trim());
  if (text.trim() === '' || !Number.isInteger(value) || value < 0) return 'Enter a whole number, 0 or more.';
  const { least, most } = scaledownBounds;
  if (field === 'scaledownWindow' && (value < least || value > most))
    return `Enter between ${least} and ${most} seconds.`;
  const all: AutoscalerValues = { ...others, [field]: value };
  const { minContainers, maxContainers } = all;
  const tooMany = maxContainers > 0 && minContainers > maxContainers;
  if (tooMany && field === 'minContainers') return `At most ${maxContainers}, the max containers.`;
  if (tooMany && field === 'maxContainers')
    return `At least ${minContainers}, the min containers, or 0 for no limit.`;
  return undefined;
}

/** What the one question before a change says, one fact a line. */
export function changeLines(
  fn: ModalFunction,
  before: AutoscalerValues,
  after: AutoscalerValues,
  rates: Rates,
): string[] {
  return [
    ...changedFields(before, after).map(
      (field) =>
        `${fieldNames[field]}: ${valueWord(field, before[field])} → ${valueWord(field, after[field])}`,
    ),
    ...minimumCost(fn, after.minContainers, rates),
    ...(after.bufferContainers > 0
      ? [`Each of the ${plural(after.bufferContainers, 'buffer container')} is charged like any other.`]
      : []),
    'It takes effect at once and lasts until the next deploy.',
  ];
}

function minimumCost(fn: ModalFunction, least: number, rates: Rates): string[] {
  if (least === 0) return ['No container is kept without requests, so idle time costs nothing.'];
  const kept = `${plural(least, 'container')} ${least === 1 ? 'runs' : 'run'} all the time, also without requests`;
  if (!fn.gpus)
    return [`${kept}. Modal does not tell its GPU, so the price is unknown. It is charged all day.`];
  const [gpu] = fn.gpus;
  if (gpu === undefined) {
    const core = formatUsdPerHour(rates.usdPerHour['cpu_hour_cost'], 'an unknown price');
    const memory = formatUsdPerHour(rates.usdPerHour['mem_gib_hour_cost'], 'an unknown price');
    return [
      `${kept}. No GPU: each is charged for its CPU and memory all day, ${core} for a core and ${memory} for a GiB.`,
    ];
  }
  const usd = gpuUsdPerHour(gpu, rates);
  if (usd === undefined) return [`${kept}: ${least} × ${gpu}, price unknown. It is charged all day.`];
  const hourly = usd * least;
  return [
    `${kept}: ${least} × ${gpu} at ${formatUsdPerHour(usd)} = ${formatUsdPerHour(hourly)}, ${formatUsd(hourly * 24)} a day (${priceSource(rates)}; CPU and memory come on top).`,
  ];
}
