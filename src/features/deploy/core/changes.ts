import type { AppDetails } from '../../../domain/app.ts';
import type { CatalogApp } from '../../../domain/catalog.ts';
import type { DeployChoices } from './plan.ts';
import type { SettingValues } from './settings.ts';
import { settingValue } from './settings.ts';

/**
 * How a deploy of a bundled app will differ from what is deployed: GPUs as the server tells them, settings as they
 * were deployed from here, because Modal does not tell those.
 */
export function changesOf(
  app: CatalogApp,
  next: { readonly gpu: string; readonly values: SettingValues },
  now: AppDetails,
  last: DeployChoices | undefined,
): string[] {
  const gpus = [...new Set(now.functions.flatMap((fn) => fn.gpus))];
  const gpu = gpus.length > 0 && !gpus.includes(next.gpu) ? [`GPU ${gpus.join(' or ')} → ${next.gpu}`] : [];
  const settings = last?.settings
    ? app.settings.flatMap((setting) => {
        const [before, after] = [
          settingValue(setting, last.settings ?? {}),
          settingValue(setting, next.values),
        ];
        return before === after ? [] : [`${setting.title} ${before || '(empty)'} → ${after || '(empty)'}`];
      })
    : [];
  return [...gpu, ...settings];
}
