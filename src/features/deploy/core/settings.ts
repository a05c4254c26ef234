import type { ManifestSetting } from '../../../domain/catalog.ts';

/** Values of an app's settings as the CLI's environment carries them, by variable; what is absent keeps its default. */
export type SettingValues = Readonly<Record<string, string>>;

/** The value in force: what the user chose, else the manifest's default. */
export function settingValue(setting: ManifestSetting, values: SettingValues): string {
  return values[setting.env] ?? String(setting.default);
}

export function isChanged(setting: ManifestSetting, values: SettingValues): boolean {
  return settingValue(setting, values) !== String(setting.default);
}

/** @returns why the text is no value of the setting, with what would be one; '' when it is one */
export function settingProblem(setting: ManifestSetting, text: string): string {
  switch (setting.type) {
    case 'integer':
      return /^[+-]?\d+$/.test(text.trim()) ? rangeProblem(setting, text) : 'Enter a whole number.';
    case 'number':
      return text.trim() !== '' && Number.isFinite(Number(text))
        ? rangeProblem(setting, text)
        : 'Enter a number.';
    case 'boolean':
      return text === 'true' || text === 'false' ? '' : 'Enter true or false.';
    case 'enum':
      return setting.choices?.includes(text) ? '' : `Choose one of: ${(setting.choices ?? []).join(', ')}.`;
    case 'string':
      return patternProblem(setting, text);
  }
}

function rangeProblem({ minimum, maximum }: ManifestSetting, text: string): string {
  const value = Number(text);
  if (minimum !== undefined && value < minimum) return `The least is ${minimum}.`;
  if (maximum !== undefined && value > maximum) return `The most is ${maximum}.`;
  return '';
}

function patternProblem({ pattern }: ManifestSetting, text: string): string {
  if (pattern === undefined || new RegExp(`^(?:${pattern})$`, 'u').test(text)) return '';
  return `This does not have the form ${pattern}.`;
}

/** Leaves out what equals the manifest's default and what this version of the app no longer has. */
export function changedOnly(settings: readonly ManifestSetting[], values: SettingValues): SettingValues {
  const changed = settings.filter(
    (setting) => isChanged(setting, values) && settingProblem(setting, settingValue(setting, values)) === '',
  );
  return Object.fromEntries(changed.map((setting) => [setting.env, settingValue(setting, values)]));
}
