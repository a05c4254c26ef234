import type * as vscode from 'vscode';
import { isTexts, readMemory } from '../../../shared/memory.ts';
import { lines, text } from '../../../shared/text.ts';
import type { ScriptPlan } from '../core/running/scriptProcess.ts';
import { scriptQuestion } from '../core/running/scriptQuestion.ts';
import { showInformation } from '../../../editor/shown/messages.ts';

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
  const { lines: facts, cpuOnly } = scriptQuestion(plan);
  const key = `${plan.environment}/${plan.app?.name ?? plan.script}`;
  const confirmed = readMemory(memory, memoryKey, isTexts) ?? [];
  if (cpuOnly && confirmed.includes(key)) return true;
  const go = plan.kind === 'serve' ? text`Serve` : text`Run`;
  const environment = plan.environment || text`the default environment`;
  const end =
    plan.kind === 'serve'
      ? 'The app stops when you stop serving or close the window.'
      : 'The app stops when the run ends.';
  const chosen = await showInformation(
    plan.kind === 'serve' ? text`Serve ${title} in ${environment}?` : text`Run ${title} in ${environment}?`,
    {
      modal: true,
      detail: lines([
        ...facts,
        end,
        ...(cpuOnly ? ["You won't be asked again for this app and environment unless it needs a GPU."] : []),
      ]),
    },
    go,
  );
  if (chosen !== go) return false;
  if (cpuOnly) await memory.update(memoryKey, [...confirmed, key]);
  return true;
}
