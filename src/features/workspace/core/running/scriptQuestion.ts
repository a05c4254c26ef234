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
      ...(units.length === 0 ? ['GPU and price: as the script says'] : []),
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
    ...(app.includes ? ['GPU and price of the apps that it includes: as they say'] : []),
    ...(!complete && !app.includes
      ? ['Not all of the app could be read: more of it may run, on other GPUs.']
      : []),
    ...(app.choosesOptions ? ['The code may choose another GPU for a call (with_options).'] : []),
  ];
}

function cpuLine(rates: Rates): string {
  const usd = rates.usdPerHour['cpu_hour_cost'];
  if (usd === undefined) return 'A container is charged for CPU and memory while it runs.';
  return `A container is charged for CPU and memory while it runs: ${formatUsd(usd)} per core and hour (${priceSource(rates)}).`;
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
