import * as vscode from 'vscode';
import type { RunValues } from '../../deploy/core/index.ts';
import { argumentWarning, looksSecret, parameterProblem, shownArguments } from '../../deploy/core/index.ts';
import type { ScriptParameter } from '../../../domain/script.ts';
import type { Text } from '../../../shared/text.ts';
import { icon, plain, text } from '../../../shared/text.ts';
import type { Input, Pick, PickItem } from '../../../editor/shown/inputs.ts';
import { createInput, createPick, problem, showPick } from '../../../editor/shown/inputs.ts';

/** A value, '' meaning the text ''; `byDefault` leaves the parameter to the function. */
type Answer =
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'byDefault' }
  | { readonly kind: 'back' }
  | { readonly kind: 'left' };

/**
 * Asks for the parameters of a run, one step each, with a way back.
 * @param remembered values of the last run
 * @returns undefined when the user left
 */
export async function askParameters(
  title: Text,
  parameters: readonly ScriptParameter[],
  remembered: RunValues,
): Promise<RunValues | undefined> {
  const values = new Map(
    Object.entries(remembered).filter(([name]) => parameters.some((p) => p.name === name)),
  );
  if (parameters.length === 0) return {};
  const complete = parameters.every(
    ({ name, defaultValue, type }) => values.has(name) || defaultValue !== undefined || type.kind === 'words',
  );
  if (complete) {
    const quick = await askWhetherSame(title, parameters, Object.fromEntries(values));
    if (quick === undefined) return undefined;
    if (quick !== 'change') return quick;
  }
  for (let step = 0; step < parameters.length;) {
    const parameter = parameters[step];
    if (!parameter) break;
    const answer = await ask({
      title,
      parameter,
      step,
      steps: parameters.length,
      before: values.get(parameter.name),
    });
    if (answer.kind === 'left') return undefined;
    if (answer.kind === 'value') values.set(parameter.name, answer.value);
    if (answer.kind === 'byDefault') values.delete(parameter.name);
    step += answer.kind === 'back' ? -1 : 1;
  }
  return Object.fromEntries(values);
}

/** One key press runs the function as the last time, or with its defaults. */
async function askWhetherSame(
  title: Text,
  parameters: readonly ScriptParameter[],
  values: RunValues,
): Promise<RunValues | 'change' | undefined> {
  const flags = shownArguments(parameters, values).join(' ');
  const defaults = {
    label: text`${icon('play')} Run with Defaults`,
    description: plain(defaultsText(parameters)),
    value: {} as const,
  };
  const last = {
    label: text`${icon('history')} Run with Previous Values`,
    description: plain(flags),
    value: values,
  };
  const change = {
    label: text`${icon('edit')} Enter Values…`,
    description: text``,
    value: 'change' as const,
  };
  const allDefaults = parameters.every(
    ({ defaultValue, type }) => defaultValue !== undefined || type.kind === 'words',
  );
  const items = [...(flags ? [last] : []), ...(allDefaults ? [defaults] : []), change];
  const chosen = await showPick<PickItem & { value: RunValues | 'change' }>(items, {
    title,
    placeHolder: text`Select parameter values`,
  });
  return chosen?.value;
}

function defaultsText(parameters: readonly ScriptParameter[]): string {
  return parameters
    .filter(({ defaultValue }) => defaultValue !== undefined)
    .map(({ name, defaultValue = '' }) => `${name}=${looksSecret(name) ? '…' : defaultValue}`)
    .join(', ');
}

interface Step {
  readonly title: Text;
  readonly parameter: ScriptParameter;
  /** From 0. */
  readonly step: number;
  readonly steps: number;
  readonly before: string | undefined;
}

function ask(step: Step): Promise<Answer> {
  const choices = choicesOf(step.parameter);
  return choices ? askChoice(step, choices) : askText(step);
}

function choicesOf({ type }: ScriptParameter): readonly string[] | undefined {
  if (type.kind === 'bool') return ['true', 'false'];
  return type.kind === 'choice' ? type.choices : undefined;
}

function askChoice(step: Step, choices: readonly string[]): Promise<Answer> {
  const { parameter, before } = step;
  const { defaultValue, defaultInput } = parameter;
  const picker = createPick<PickItem & { answer: Answer }>();
  const items = choices.map((value) => ({
    label: plain(value),
    ...(value === defaultInput ? { description: text`default` } : {}),
    answer: value === defaultInput ? ({ kind: 'byDefault' } as const) : ({ kind: 'value', value } as const),
  }));
  const hidden = defaultValue !== undefined && !choices.includes(defaultInput ?? '');
  picker.items = hidden
    ? [{ label: text`Default`, description: plain(defaultValue), answer: { kind: 'byDefault' } }, ...items]
    : items;
  const wanted = picker.items.find(({ label }) => label === plain(before ?? defaultInput ?? ''));
  if (wanted) picker.activeItems = [wanted];
  picker.placeholder = describe(parameter);
  return show(picker, step, () => picker.selectedItems[0]?.answer);
}

function askText(step: Step): Promise<Answer> {
  const { parameter, before } = step;
  const input = createInput();
  input.value = before ?? parameter.defaultInput ?? '';
  input.prompt = plain([describe(parameter), argumentWarning(parameter)].filter(Boolean).join('. '));
  input.placeholder = placeholder(parameter);
  input.password = looksSecret(parameter.name);
  const check = () => {
    const answer = toAnswer(parameter, input.value);
    return answer.kind === 'value' ? parameterProblem(parameter, answer.value) : '';
  };
  // Nothing is wrong with a field in which nothing was typed yet.
  input.onDidChangeValue(() => (input.validationMessage = problem(check())));
  return show(input, step, () => {
    const wrong = check();
    input.validationMessage = problem(wrong);
    return wrong ? undefined : toAnswer(parameter, input.value);
  });
}

/** An empty field means the function's own default, except where an empty text is a value of its own. */
function toAnswer({ type, defaultValue, defaultInput }: ScriptParameter, typed: string): Answer {
  const isText = type.kind === 'str' || type.kind === 'any';
  if (typed === defaultInput) return { kind: 'byDefault' };
  const empty = isText ? typed === '' : typed.trim() === '';
  if (empty && type.kind === 'words') return { kind: 'byDefault' };
  if (empty && defaultValue !== undefined && !(isText && defaultInput !== undefined))
    return { kind: 'byDefault' };
  return { kind: 'value', value: typed };
}

/** `count: int, default 3` */
function describe({ name, annotation, defaultValue, type }: ScriptParameter): Text {
  if (type.kind === 'words')
    return text`Values for *${name}, separated by spaces; use quotation marks for values with spaces`;
  const typed = annotation ? `${name}: ${annotation}` : name;
  return defaultValue === undefined ? text`${typed}, required` : text`${typed}, default ${defaultValue}`;
}

function placeholder({ type, defaultValue }: ScriptParameter): Text {
  if (defaultValue !== undefined) return text`Leave empty for the default`;
  return type.kind === 'datetime' ? text`2026-01-31 12:30:00` : text``;
}

/** Shows one step until it is answered. @param accept undefined = the answer is not complete yet */
function show(
  input: Pick<PickItem & { answer: Answer }> | Input,
  { title, step, steps }: Step,
  accept: () => Answer | undefined,
): Promise<Answer> {
  input.title = title;
  input.step = step + 1;
  input.totalSteps = steps;
  input.ignoreFocusOut = true;
  input.buttons = step > 0 ? [vscode.QuickInputButtons.Back] : [];
  return new Promise((resolve) => {
    const end = (answer: Answer) => {
      resolve(answer); // before the field goes: its going would be an answer too
      input.dispose();
    };
    input.onDidAccept(() => {
      const answer = accept();
      if (answer) end(answer);
    });
    input.onDidTriggerButton(() => end({ kind: 'back' }));
    input.onDidHide(() => end({ kind: 'left' }));
    input.show();
  });
}
