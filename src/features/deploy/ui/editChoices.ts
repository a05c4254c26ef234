import * as vscode from 'vscode';
import type { DeployPlan } from '../core/plan.ts';
import type { SettingValues } from '../core/settings.ts';
import { settingProblem, settingValue } from '../core/settings.ts';
import type { ManifestSecret, ManifestSetting } from '../../../domain/catalog.ts';
import { plain, text } from '../../../shared/text.ts';
import type { PlaneSource } from '../../../store/appStore.ts';
import { pick } from '../../../editor/pick.ts';
import { withSignal } from '../../../editor/withSignal.ts';
import { problem, showInput } from '../../../editor/shown/inputs.ts';

/** The small questions behind the lines of the preview. Each returns undefined when the user left. */

export async function editSetting(
  setting: ManifestSetting,
  values: SettingValues,
): Promise<SettingValues | undefined> {
  const value = await askValue(setting, settingValue(setting, values));
  return value === undefined ? undefined : { ...values, [setting.env]: value };
}

function askValue(setting: ManifestSetting, current: string): Thenable<string | undefined> {
  const choices = setting.type === 'boolean' ? ['true', 'false'] : setting.choices;
  const mark = (value: string) =>
    [value === current ? 'current' : '', value === String(setting.default) ? 'default' : '']
      .filter(Boolean)
      .join(', ');
  if (choices) {
    const items = choices.map((value) => ({ label: plain(value), description: plain(mark(value)), value }));
    return pick(plain(setting.title), plain(setting.description), items);
  }
  return showInput({
    title: plain(setting.title),
    prompt: text`${setting.description} Default: ${String(setting.default) || '(empty)'}`,
    value: current,
    ignoreFocusOut: true,
    validateInput: (typed) => problem(settingProblem(setting, typed)),
  });
}

export async function pickEnvironment(plan: DeployPlan, planes: PlaneSource): Promise<string | undefined> {
  const environments = await withSignal(text`Loading environments…`, async (signal) =>
    (await planes.get(signal)).listEnvironments(signal),
  );
  return pick(
    text`Environment for ${plan.title}`,
    text`Select an environment`,
    environments.map(({ name, isDefault }) => ({
      label: plain(name),
      description: plain(
        [name === plan.environment ? 'current' : '', isDefault ? 'default' : ''].filter(Boolean).join(', '),
      ),
      iconPath: new vscode.ThemeIcon('layers'),
      value: name,
    })),
  );
}

/**
 * Asks for the values of a secret that only the user has, and makes it. They go to Modal and are kept nowhere here.
 * @returns whether it was made
 */
export async function createOwnSecret(
  secret: ManifestSecret,
  environment: string,
  planes: PlaneSource,
): Promise<boolean> {
  const keys = secret.keys.length > 0 ? secret.keys : await askKeys(secret.name);
  if (!keys) return false;
  const values: Record<string, string> = {};
  for (const [at, key] of keys.entries()) {
    const value = await showInput({
      title: text`Create Secret ${secret.name} (${at + 1} of ${keys.length})`,
      prompt: text`${key}. ${secret.purpose}`,
      password: true,
      ignoreFocusOut: true,
      validateInput: (typed) => (typed.trim() ? undefined : text`Enter a value, or press Escape to cancel.`),
    });
    if (value === undefined) return false;
    values[key] = value;
  }
  await withSignal(text`Creating secret ${secret.name}…`, async (signal) =>
    (await planes.get(signal)).createSecret(secret.name, environment, values, signal),
  );
  return true;
}

/** Names of the variables that a secret will set in the containers. */
async function askKeys(secret: string): Promise<string[] | undefined> {
  const typed = await showInput({
    title: text`Create Secret ${secret}`,
    prompt: text`Names of the environment variables in the secret, separated by commas, for example HF_TOKEN`,
    ignoreFocusOut: true,
    validateInput: (value) =>
      keysIn(value).every((key) => /^[A-Za-z_]\w*$/.test(key)) && keysIn(value).length > 0
        ? undefined
        : text`Use only letters, digits and underscores in names.`,
  });
  return typed === undefined ? undefined : keysIn(typed);
}

function keysIn(typed: string): string[] {
  return typed
    .split(',')
    .map((key) => key.trim())
    .filter(Boolean);
}
