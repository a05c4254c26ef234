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
  scaledownWindow: 'Scaledown window',
};

export const fieldHelp: Readonly<Record<AutoscalerField, string>> = {
  minContainers: 'Always running and billed, even without requests',
  maxContainers: 'Upper limit; 0 = unlimited',
  bufferContainers: 'Spare containers kept ready under load',
  scaledownWindow: 'Seconds before an idle container stops',
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
    return `Enter ${least} to ${most} seconds.`;
  const all: AutoscalerValues = { ...others, [field]: value };
  const { minContainers, maxContainers } = all;
  const tooMany = maxContainers > 0 && minContainers > maxContainers;
  if (tooMany && field === 'minContainers') return `Must be ${maxContainers} (max containers) or less.`;
  if (tooMany && field === 'maxContainers')
    return `Must be ${minContainers} (min containers) or more, or 0 for no limit.`;
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
      ? [`${plural(after.bufferContainers, 'buffer container')}: billed like any other container.`]
      : []),
    'Applies immediately, until the next deploy.',
  ];
}

function minimumCost(fn: ModalFunction, least: number, rates: Rates): string[] {
  if (least === 0) return ['No containers run without requests, so idle time costs nothing.'];
  const kept = `${plural(least, 'container')} ${least === 1 ? 'runs' : 'run'} all the time, even without requests`;
  if (!fn.gpus)
    return [`${kept}. Modal doesn't report the GPU, so the price is unknown. Billed continuously.`];
  const [gpu] = fn.gpus;
  if (gpu === undefined) {
    const core = formatUsdPerHour(rates.usdPerHour['cpu_hour_cost'], 'an unknown price');
    const memory = formatUsdPerHour(rates.usdPerHour['mem_gib_hour_cost'], 'an unknown price');
    return [
      `${kept}. No GPU: CPU and memory are billed continuously, ${core} per core and ${memory} per GiB.`,
    ];
  }
  const usd = gpuUsdPerHour(gpu, rates);
  if (usd === undefined) return [`${kept}: ${least} × ${gpu}, price unknown. Billed continuously.`];
  const hourly = usd * least;
  return [
    `${kept}: ${least} × ${gpu} at ${formatUsdPerHour(usd)} = ${formatUsdPerHour(hourly)}, ${formatUsd(hourly * 24)} a day (${priceSource(rates)}; plus CPU and memory).`,
  ];
}
