import * as vscode from 'vscode';
import type { App, ModalFunction } from '../../../../domain/app.ts';
import { ModalError } from '../../../../domain/errors.ts';
import type { Autoscaler, AutoscalerField, AutoscalerValues } from '../../../../domain/lifecycle.ts';
import { autoscalerFields, changedFields, deployedValues } from '../../../../domain/lifecycle.ts';
import type { Target } from '../../../../domain/target.ts';
import { resolveApp } from '../resolveApp.ts';
import type { Text } from '../../../../shared/text.ts';
import { lines, plain, text } from '../../../../shared/text.ts';
import { pick } from '../../../../editor/pick.ts';
import type { AppsNeeds } from '../needs.ts';
import { gpuChoiceText } from '../../../../domain/priceText.ts';
import { withSignal } from '../../../../editor/withSignal.ts';
import { appFacts } from './appFacts.ts';
import { changeLines, fieldHelp, fieldNames, originWord, problemWith, valueWord } from './autoscalerWords.ts';
import { nameOf } from '../costWords.ts';
import { showStatus, showWarning } from '../../../../editor/shown/messages.ts';
import { problem, showInput } from '../../../../editor/shown/inputs.ts';

export interface AppFunction {
  readonly app: App;
  readonly fn: ModalFunction;
}

/** The function of a row, or the user's choice among those of an app. */
export async function resolveFunction(
  services: AppsNeeds,
  target: Target | undefined,
  title: Text,
): Promise<AppFunction | undefined> {
  if (target?.kind === 'function' || target?.kind === 'server') return { app: target.app, fn: target.fn };
  const app = await resolveApp(services, target, title);
  if (!app) return undefined;
  const { functions } = await appFacts(services, app);
  if (functions.length === 0) throw new ModalError('notFound', `${app.name} has no functions.`);
  const fn =
    functions.length === 1
      ? functions[0]
      : await pick(
          text`Change Autoscaling of ${app.name}`,
          text`Select a function or class`,
          functions.map((each) => ({
            label: plain(nameOf(each)),
            description: plain(gpuChoiceText(each.gpus)),
            value: each,
          })),
        );
  return fn && { app, fn };
}

/** Edits the four numbers that decide how many containers run, and applies them after one question with the price. */
export async function changeAutoscaling(services: AppsNeeds, { app, fn }: AppFunction): Promise<void> {
  const { planes, lifecycle } = services;
  const autoscaler = await withSignal(text`Loading autoscaling of ${nameOf(fn)}…`, async (signal) =>
    (await planes.get(signal)).autoscaler(fn.id, signal),
  );
  const wanted = await edit(app, fn, autoscaler);
  if (!wanted) return;
  const { rates } = await appFacts(services, app);
  const apply = text`Change Autoscaling`;
  const chosen = await showWarning(
    text`Change autoscaling of ${nameOf(fn)} in ${app.name} (${app.environment})?`,
    { modal: true, detail: lines(changeLines(fn, autoscaler.inForce, wanted, rates)) },
    apply,
  );
  if (chosen !== apply) return;
  const changes = Object.fromEntries(
    changedFields(autoscaler.inForce, wanted).map((field) => [field, wanted[field]]),
  );
  await withSignal(text`Changing autoscaling of ${nameOf(fn)}…`, async (signal) =>
    (await planes.get(signal)).updateAutoscaler(fn.id, changes, signal),
  );
  showStatus('check', text`Autoscaling of ${nameOf(fn)} changed`, 5000);
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
  const changed = changedFields(autoscaler.inForce, wanted);
  const fields = autoscalerFields.map((field) => ({
    label: text`${fieldNames[field]}: ${valueWord(field, wanted[field])}`,
    description: changed.includes(field)
      ? text`now ${valueWord(field, autoscaler.inForce[field])}`
      : plain(originWord(autoscaler, field, Date.now())),
    detail: plain(fieldHelp[field]),
    iconPath: new vscode.ThemeIcon(changed.includes(field) ? 'edit' : 'symbol-number'),
    value: field,
  }));
  const apply = {
    label: text`Apply…`,
    description: plain(changed.map((field) => fieldNames[field]).join(', ')),
    iconPath: new vscode.ThemeIcon('check'),
    value: 'apply' as Choice,
  };
  const differs = changedFields(autoscaler.inForce, deployedValues(autoscaler)).length > 0;
  const reset = {
    label: text`Reset to Deployed Values…`,
    iconPath: new vscode.ThemeIcon('discard'),
    value: 'reset' as Choice,
  };
  return pick(
    text`Autoscaling of ${nameOf(fn)} in ${app.name}`,
    changed.length > 0 ? text`Select Apply, or another value to change` : text`Select a value to change`,
    [...(changed.length > 0 ? [apply] : []), ...fields, ...(differs ? [reset] : [])],
  );
}

async function askValue(field: AutoscalerField, values: AutoscalerValues): Promise<number | undefined> {
  const typed = await showInput({
    title: plain(fieldNames[field]),
    prompt: plain(fieldHelp[field]),
    value: String(values[field]),
    validateInput: (value) => problem(problemWith(field, value, values)),
  });
  return typed === undefined ? undefined : Number(typed.trim());
}
