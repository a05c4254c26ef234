import * as vscode from 'vscode';
import type { App, ModalFunction } from '../../domain/app.ts';
import { ModalError } from '../../domain/errors.ts';
import type { Autoscaler, AutoscalerField, AutoscalerValues } from '../../domain/lifecycle.ts';
import { autoscalerFields, changedFields, deployedValues } from '../../domain/lifecycle.ts';
import { gpuChoiceWords } from '../../domain/words.ts';
import { pick } from '../commands/pick.ts';
import type { Services } from '../commands/services.ts';
import { withSignal } from '../withSignal.ts';
import { appFacts } from './appFacts.ts';
import { changeLines, fieldHelp, fieldNames, originWord, problemWith, valueWord } from './autoscalerWords.ts';
import { nameOf } from './costWords.ts';

export interface AppFunction {
  readonly app: App;
  readonly fn: ModalFunction;
}

/** The function of a row, or the user's choice among those of an app. */
export async function resolveFunction(
  services: Services,
  argument: unknown,
  chooseApp: () => Promise<App | undefined>,
): Promise<AppFunction | undefined> {
  const { t } = vscode.l10n;
  const target = services.appsView.target(typeof argument === 'string' ? argument : undefined);
  if (target?.kind === 'function') return { app: target.app, fn: target.fn };
  const app = await chooseApp();
  if (!app) return undefined;
  const { functions } = await appFacts(services, app);
  if (functions.length === 0) throw new ModalError('notFound', t('{0} has no functions.', app.name));
  const fn =
    functions.length === 1
      ? functions[0]
      : await pick(
          t('Change Autoscaling of {0}', app.name),
          t('Choose a function or class'),
          functions.map((each) => ({
            label: nameOf(each),
            description: gpuChoiceWords(each.gpus),
            value: each,
          })),
        );
  return fn && { app, fn };
}

/** Edits the four numbers that decide how many containers run, and applies them after one question with the price. */
export async function changeAutoscaling(services: Services, { app, fn }: AppFunction): Promise<void> {
  const { t } = vscode.l10n;
  const { planes, lifecycle } = services;
  const autoscaler = await withSignal(t('Reading autoscaling of {0}…', nameOf(fn)), async (signal) =>
    (await planes.get(signal)).autoscaler(fn.id, signal),
  );
  const wanted = await edit(app, fn, autoscaler);
  if (!wanted) return;
  const { rates } = await appFacts(services, app);
  const apply = t('Change Autoscaling');
  const chosen = await vscode.window.showWarningMessage(
    t('Change autoscaling of {0} in {1} ({2})?', nameOf(fn), app.name, app.environment),
    { modal: true, detail: changeLines(fn, autoscaler.inForce, wanted, rates).join('\n') },
    apply,
  );
  if (chosen !== apply) return;
  const changes = Object.fromEntries(
    changedFields(autoscaler.inForce, wanted).map((field) => [field, wanted[field]]),
  );
  await withSignal(t('Changing autoscaling of {0}…', nameOf(fn)), async (signal) =>
    (await planes.get(signal)).updateAutoscaler(fn.id, changes, signal),
  );
  vscode.window.setStatusBarMessage(`$(check) ${t('Autoscaling of {0} changed', nameOf(fn))}`, 5000);
  await Promise.all([lifecycle.readAutoscaler(app, fn), services.store.refresh()]);
}

type Choice = AutoscalerField | 'apply' | 'reset';

/** @returns the wanted values, or undefined when the user left or changed nothing */
async function edit(
  app: App,
  fn: ModalFunction,
  autoscaler: Autoscaler,
): Promise<AutoscalerValues | undefined> {
  let wanted = autoscaler.inForce;
  for (;;) {
    const choice = await chooseField(app, fn, autoscaler, wanted);
    if (choice === undefined) return undefined;
    if (choice === 'apply') return wanted;
    if (choice === 'reset') return deployedValues(autoscaler);
    const value = await askValue(choice, wanted);
    if (value !== undefined) wanted = { ...wanted, [choice]: value };
  }
}

function chooseField(
  app: App,
  fn: ModalFunction,
  autoscaler: Autoscaler,
  wanted: AutoscalerValues,
): Promise<Choice | undefined> {
  const { t } = vscode.l10n;
  const changed = changedFields(autoscaler.inForce, wanted);
  const fields = autoscalerFields.map((field) => ({
    label: `${fieldNames[field]}: ${valueWord(field, wanted[field])}`,
    description: changed.includes(field)
      ? t('now {0}', valueWord(field, autoscaler.inForce[field]))
      : originWord(autoscaler, field, Date.now()),
    detail: fieldHelp[field],
    iconPath: new vscode.ThemeIcon(changed.includes(field) ? 'edit' : 'symbol-number'),
    value: field,
  }));
  const apply = {
    label: t('Apply…'),
    description: changed.map((field) => fieldNames[field]).join(', '),
    iconPath: new vscode.ThemeIcon('check'),
    value: 'apply' as Choice,
  };
  const differs = changedFields(autoscaler.inForce, deployedValues(autoscaler)).length > 0;
  const reset = {
    label: t('Reset to the Deployed Values…'),
    iconPath: new vscode.ThemeIcon('discard'),
    value: 'reset' as Choice,
  };
  return pick(
    t('Autoscaling of {0} in {1}', nameOf(fn), app.name),
    changed.length > 0 ? t('Choose Apply, or another value to change') : t('Choose a value to change'),
    [...(changed.length > 0 ? [apply] : []), ...fields, ...(differs ? [reset] : [])],
  );
}

async function askValue(field: AutoscalerField, values: AutoscalerValues): Promise<number | undefined> {
  const text = await vscode.window.showInputBox({
    title: fieldNames[field],
    prompt: fieldHelp[field],
    value: String(values[field]),
    validateInput: (typed) => problemWith(field, typed, values),
  });
  return text === undefined ? undefined : Number(text.trim());
}
