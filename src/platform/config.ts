import * as vscode from 'vscode';
import type { Logger } from '../domain/logger.ts';

const section = 'modalGpu';

type Reader<T> = (raw: unknown) => T;

// By hand, because settings are read at the start, where a schema library costs more time than all the rest.
const text =
  (fallback: string): Reader<string> =>
  (raw) =>
    typeof raw === 'string' ? raw : fallback;
const flag =
  (fallback: boolean): Reader<boolean> =>
  (raw) =>
    typeof raw === 'boolean' ? raw : fallback;
const number =
  (minimum: number, maximum: number, fallback: number): Reader<number> =>
  (raw) =>
    typeof raw === 'number' && raw >= minimum && raw <= maximum ? raw : fallback;

/** Every setting with the values that we accept; a wrong value falls back to the manifest's default. */
const readers = {
  'cli.path': text(''),
  profile: text(''),
  environment: text(''),
  'deploy.waitForHealth': flag(true),
  'apps.refreshSeconds': number(2, 600, 10),
  'apps.showStopped': flag(false),
  'requests.timeoutSeconds': number(10, 7200, 600),
  codeLens: flag(true),
};

export type SettingKey = keyof typeof readers;
export type SettingValue<K extends SettingKey> = ReturnType<(typeof readers)[K]>;

/** The only reader of the editor's settings. */
export class Config {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  get<K extends SettingKey>(key: K, scope?: vscode.Uri): SettingValue<K> {
    const raw: unknown = vscode.workspace.getConfiguration(section, scope).get(key);
    const value = readers[key](raw) as SettingValue<K>;
    if (value !== raw)
      this.#logger.warn(`Setting ${section}.${key} has a value we cannot use; the default applies.`);
    return value;
  }

  /** Globs that the editor leaves out of searches, with what switches them on. */
  searchExclude(scope: vscode.Uri): Readonly<Record<string, unknown>> {
    const value: unknown = vscode.workspace.getConfiguration('search', scope).get('exclude');
    return typeof value === 'object' && value !== null ? { ...value } : {};
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
