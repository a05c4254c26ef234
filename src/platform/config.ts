import * as vscode from 'vscode';
import * as z from 'zod/mini';
import type { Logger } from '../domain/logger.ts';

const section = 'modalGpu';

/** Every setting with the values that we accept; a wrong value falls back to the manifest's default. */
const schemas = {
  'cli.path': z.catch(z.string(), ''),
  profile: z.catch(z.string(), ''),
  environment: z.catch(z.string(), ''),
  'apps.refreshSeconds': z.catch(z.number().check(z.minimum(2), z.maximum(600)), 10),
  'apps.showStopped': z.catch(z.boolean(), false),
  'requests.timeoutSeconds': z.catch(z.number().check(z.minimum(10), z.maximum(7200)), 600),
  codeLens: z.catch(z.boolean(), true),
};

export type SettingKey = keyof typeof schemas;
export type SettingValue<K extends SettingKey> = z.infer<(typeof schemas)[K]>;

/** The only reader of the editor's settings. */
export class Config {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  get<K extends SettingKey>(key: K, scope?: vscode.Uri): SettingValue<K> {
    const raw: unknown = vscode.workspace.getConfiguration(section, scope).get(key);
    const value = schemas[key].parse(raw) as SettingValue<K>;
    if (value !== raw)
      this.#logger.warn(`Setting ${section}.${key} has a value we cannot use; the default applies.`);
    return value;
  }

  /** Globs that the editor leaves out of searches, with what switches them on. */
  searchExclude(scope: vscode.Uri): Readonly<Record<string, unknown>> {
    const value = z.catch(z.record(z.string(), z.unknown()), {});
    return value.parse(vscode.workspace.getConfiguration('search', scope).get('exclude'));
  }

  onDidChangeExcludes(listener: () => void): vscode.Disposable {
    return vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('search.exclude') || event.affectsConfiguration('files.exclude')) {
        listener();
      }
    });
  }

  onDidChange(keys: readonly SettingKey[], listener: () => void): vscode.Disposable {
    return vscode.workspace.onDidChangeConfiguration((event) => {
      if (keys.some((key) => event.affectsConfiguration(`${section}.${key}`))) listener();
    });
  }
}
