import * as vscode from 'vscode';
import type { ScriptPlan } from '../../deploy/scriptProcess.ts';
import type { PlannedUnit } from '../../deploy/plan.ts';
import { costsAttention, unitLines } from '../../deploy/unitLines.ts';
import type { Runnable, ScriptApp } from '../../domain/script.ts';

/**
 * The one question before something that costs more than seconds of a CPU: app, environment, GPU and price.
 * @returns true when there is nothing to ask
 */
export async function confirmScript(plan: ScriptPlan, title: string): Promise<boolean> {
  const { t } = vscode.l10n;
  const units = unitsOf(plan);
  if (!costsAttention(units)) return true;
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
    { modal: true, detail: [...unitLines(units, plan.rates), end].join('\n') },
    go,
  );
  return chosen === go;
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
