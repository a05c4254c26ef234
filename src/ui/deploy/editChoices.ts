import * as vscode from 'vscode';
import type { DeployPlan } from '../../deploy/plan.ts';
import type { SettingValues } from '../../deploy/settings.ts';
import { settingProblem, settingValue } from '../../deploy/settings.ts';
import type { ManifestSecret, ManifestSetting } from '../../domain/catalog.ts';
import type { ControlPlane } from '../../modal/controlPlane.ts';
import { pick } from '../commands/pick.ts';

/** The small questions behind the lines of the preview. Each returns undefined when the user left. */

export async function editSetting(
  setting: ManifestSetting,
  values: SettingValues,
): Promise<SettingValues | undefined> {
  const value = await askValue(setting, settingValue(setting, values));
  return value === undefined ? undefined : { ...values, [setting.env]: value };
}

function askValue(setting: ManifestSetting, current: string): Thenable<string | undefined> {
  const { t } = vscode.l10n;
  const choices = setting.type === 'boolean' ? ['true', 'false'] : setting.choices;
  const mark = (value: string) =>
    [value === current ? t('current') : '', value === String(setting.default) ? t('default') : '']
      .filter(Boolean)
      .join(', ');
  if (choices) {
    const items = choices.map((value) => ({ label: value, description: mark(value), value }));
    return pick(setting.title, setting.description, items);
  }
  return vscode.window.showInputBox({
    title: setting.title,
    prompt: `${setting.description} ${t('Default: {0}', String(setting.default) || t('(empty)'))}`,
    value: current,
    ignoreFocusOut: true,
    validateInput: (text) => settingProblem(setting, text) || undefined,
  });
}

export async function pickEnvironment(plan: DeployPlan, plane: ControlPlane): Promise<string | undefined> {
  const { t } = vscode.l10n;
  const environments = await plane.listEnvironments();
  return pick(
    t('Environment for {0}', plan.title),
    t('Choose an environment'),
    environments.map(({ name, isDefault }) => ({
      label: name,
      description: [name === plan.environment ? t('current') : '', isDefault ? t('default') : '']
        .filter(Boolean)
        .join(', '),
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
  plane: ControlPlane,
): Promise<boolean> {
  const { t } = vscode.l10n;
  const keys = secret.keys.length > 0 ? secret.keys : await askKeys(secret.name);
  if (!keys) return false;
  const values: Record<string, string> = {};
  for (const [at, key] of keys.entries()) {
    const value = await vscode.window.showInputBox({
      title: t('Create Secret {0} ({1} of {2})', secret.name, at + 1, keys.length),
      prompt: `${key}. ${secret.purpose}`,
      password: true,
      ignoreFocusOut: true,
      validateInput: (text) => (text.trim() ? undefined : t('Enter a value, or press Escape to leave.')),
    });
    if (value === undefined) return false;
    values[key] = value;
  }
  await plane.createSecret(secret.name, environment, values);
  return true;
}

/** Names of the variables that a secret will set in the containers. */
async function askKeys(secret: string): Promise<string[] | undefined> {
  const { t } = vscode.l10n;
  const text = await vscode.window.showInputBox({
    title: t('Create Secret {0}', secret),
    prompt: t('Names of the environment variables that it sets, separated by commas, e.g. HF_TOKEN'),
    ignoreFocusOut: true,
    validateInput: (value) =>
      keysIn(value).every((key) => /^[A-Za-z_]\w*$/.test(key)) && keysIn(value).length > 0
        ? undefined
        : t('Enter names of letters, digits and underscores.'),
  });
  return text === undefined ? undefined : keysIn(text);
}

function keysIn(text: string): string[] {
  return text
    .split(',')
    .map((key) => key.trim())
    .filter(Boolean);
}
