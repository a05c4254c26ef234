import * as vscode from 'vscode';
import type { ScriptPlan } from '../../deploy/scriptProcess.ts';
import type { PlannedUnit } from '../../deploy/plan.ts';
import { costsAttention, unitLines } from '../../deploy/unitLines.ts';
import type { Rates } from '../../domain/cost.ts';
import type { Runnable, ScriptApp } from '../../domain/script.ts';

const memoryKey = 'cpuConfirmed';

/**
 * The one question before something that costs money: app, environment, GPU and price. For code that only needs
 * seconds of a CPU it is asked once for each app and environment, and says so.
 * @param memory of the workspace: holds what was confirmed
 */
export async function confirmScript(
  plan: ScriptPlan,
  title: string,
  memory: vscode.Memento,
): Promise<boolean> {
  const { t } = vscode.l10n;
  const units = unitsOf(plan);
  const cpuOnly = !costsAttention(units);
  const key = `${plan.environment}/${plan.app?.name ?? plan.script}`;
  const confirmed = memory.get<readonly string[]>(memoryKey, []);
  if (cpuOnly && confirmed.includes(key)) return true;
  const go = plan.kind === 'serve' ? t('Serve') : t('Run');
  const environment = plan.environment || t('the default environment');
  const end =
    plan.kind === 'serve'
      ? t('Everything stops when you stop the serve or close the window.')
      : t('Everything stops when the run ends.');
  const chosen = await vscode.window.showInformationMessage(
    plan.kind === 'serve'
      ? t('Serve {0} in {1}?', title, environment)
      : t('Run {0} in {1}?', title, environment),
    {
      modal: true,
      detail: [
        ...unitLines(units, plan.rates),
        ...(cpuOnly ? [cpuLine(plan.rates)] : []),
        end,
        ...(cpuOnly
          ? [t('This is asked once for this app and environment, as long as it needs no GPU.')]
          : []),
      ].join('\n'),
    },
    go,
  );
  if (chosen !== go) return false;
  if (cpuOnly) await memory.update(memoryKey, [...confirmed, key]);
  return true;
}

function cpuLine({ usdPerHour, source, asOf }: Rates): string {
  const usd = usdPerHour['cpu_hour_cost'];
  if (usd === undefined) return 'A container is charged for CPU and memory while it runs.';
  const from = source === 'live' ? 'live price' : `price of ${asOf}`;
  return `A container is charged for CPU and memory while it runs: $${usd.toFixed(4)} per core and hour (${from}, before credits).`;
}

/** A function runs on its own unit; a local entry point, or a serve, may start all of them. */
function unitsOf({ kind, runnable, units, app }: ScriptPlan): readonly PlannedUnit[] {
  if (kind === 'serve' || isEntryPoint(app, runnable)) return units;
  const [unit = ''] = runnable.split('.');
  return units.filter(({ name }) => name === unit);
}

function isEntryPoint(app: ScriptApp | undefined, name: Runnable['name']): boolean {
  return app?.entryPoints.some((entry) => entry.name === name) ?? true;
}
