import * as vscode from 'vscode';
import type { ScriptPlan } from '../../deploy/scriptProcess.ts';
import { scriptQuestion } from '../../deploy/scriptQuestion.ts';

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
  const { lines, cpuOnly } = scriptQuestion(plan);
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
        ...lines,
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
