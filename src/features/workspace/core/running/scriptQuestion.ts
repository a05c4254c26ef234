import type { Rates } from '../../../../domain/cost.ts';
import type { Runnable, ScriptApp } from '../../../../domain/script.ts';
import type { PlannedUnit } from '../../../deploy/core/index.ts';
import type { ScriptPlan } from './scriptProcess.ts';
import { costsAttention, unitLines } from '../../../deploy/core/index.ts';
import { formatUsd, priceSource } from '../../../../domain/priceText.ts';

/** What is asked before a serve or run: GPU and price as far as the text tells them. */
export interface ScriptQuestion {
  readonly lines: readonly string[];
  /** All of it is known and needs only a CPU, so that once asked is enough. */
  readonly cpuOnly: boolean;
}

export function scriptQuestion(plan: ScriptPlan): ScriptQuestion {
  const { rates, app } = plan;
  const units = unitsOf(plan);
  const complete = plan.complete && !app?.choosesOptions;
  const cpuOnly = complete && units.length > 0 && !costsAttention(units);
  return {
    lines: [
      ...unitLines(units, rates, complete),
      ...(units.length === 0 ? ['GPU and price: set in the script'] : []),
      ...unknownLines(plan, units),
      ...(cpuOnly ? [cpuLine(rates)] : []),
    ],
    cpuOnly,
  };
}

/** What may cost more than the units that were read. */
function unknownLines({ app, complete }: ScriptPlan, units: readonly PlannedUnit[]): string[] {
  if (units.length === 0 || !app) return [];
  return [
    ...(app.includes ? ['GPU and price of included apps: set in their code'] : []),
    ...(!complete && !app.includes
      ? ["Part of the app couldn't be read. More functions may run, on other GPUs."]
      : []),
    ...(app.choosesOptions ? ['The code may use another GPU for a call (with_options).'] : []),
  ];
}

function cpuLine(rates: Rates): string {
  const usd = rates.usdPerHour['cpu_hour_cost'];
  if (usd === undefined) return 'Containers are billed for CPU and memory while they run.';
  return `Containers are billed for CPU and memory while they run: ${formatUsd(usd)} per core-hour (${priceSource(rates)}).`;
}

/** A function runs on its own unit; a local entry point, or a serve, may start all of them, also those of other apps. */
function unitsOf({ kind, runnable, units, app }: ScriptPlan): readonly PlannedUnit[] {
  if (kind === 'serve' || isEntryPoint(app, runnable)) return units;
  const [unit = ''] = runnable.split('.');
  return units.filter(({ name }) => name === unit);
}

function isEntryPoint(app: ScriptApp | undefined, name: Runnable['name']): boolean {
  return app?.entryPoints.some((entry) => entry.name === name) ?? true;
}
