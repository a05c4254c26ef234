import * as vscode from 'vscode';
import type { Logger } from '../shared/logger.ts';
import type { NetworkSettings } from '../domain/network.ts';
import { networkVariables } from '../domain/network.ts';
import { hintsExclude } from '../contributions.ts';

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

const list =
  (fallback: readonly string[]): Reader<readonly string[]> =>
  (raw) =>
    Array.isArray(raw) && raw.every((item) => typeof item === 'string') ? raw : fallback;

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
  'doctor.enabled': flag(true),
  'doctor.disabledRules': list([]),
  'doctor.hintsExclude': list(hintsExclude),
};

export type SettingKey = keyof typeof readers;
export type SettingValue<K extends SettingKey> = ReturnType<(typeof readers)[K]>;

/** What the user chooses for one workspace, by commands. */
export type ChoiceKey = 'profile' | 'environment';

/** The only reader and writer of the editor's settings. */
export class Config implements vscode.Disposable {
  readonly #logger: Logger;
  readonly #state: vscode.Memento;
  readonly #choices = new vscode.EventEmitter<ChoiceKey>();

  /** @param state of the workspace: holds choices where the workspace has no settings that count */
  constructor(logger: Logger, state: vscode.Memento) {
    this.#logger = logger;
    this.#state = state;
  }

  get<K extends SettingKey>(key: K, scope?: vscode.Uri): SettingValue<K> {
    const setting: unknown = vscode.workspace.getConfiguration(section, scope).get(key);
    const raw = (hasOwnSettings() ? undefined : this.#state.get(stateKey(key))) ?? setting;
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

  /** The editor's own settings of proxies and certificates. Asked for each request, so that a change counts at once. */
  network(): NetworkSettings {
    const http = vscode.workspace.getConfiguration('http');
    const words = (key: string) => text('')(http.get(key)).trim();
    const noProxy: unknown = http.get('noProxy');
    return {
      proxy: words('proxy'),
      proxyAuthorization: words('proxyAuthorization'),
      noProxy: Array.isArray(noProxy) ? noProxy.filter((host) => typeof host === 'string') : [],
      useProxy: words('proxySupport') !== 'off',
      strictSsl: flag(true)(http.get('proxyStrictSSL')),
      systemCertificates: flag(true)(http.get('systemCertificates')),
      variables: networkVariables(process.env),
    };
  }

  onDidChangeExcludes(listener: () => void): vscode.Disposable {
    return vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('search.exclude') || event.affectsConfiguration('files.exclude')) {
        listener();
      }
    });
  }

  onDidChange(keys: readonly SettingKey[], listener: () => void): vscode.Disposable {
    return vscode.Disposable.from(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (keys.some((key) => event.affectsConfiguration(`${section}.${key}`))) listener();
      }),
      this.#choices.event((key) => {
        if (keys.includes(key)) listener();
      }),
    );
  }

  /** Keeps a choice for this workspace. @param value '' = none, also where the user's own settings name one */
  async choose(key: ChoiceKey, value: string): Promise<void> {
    if (hasOwnSettings()) {
      const settings = vscode.workspace.getConfiguration(section);
      const isDefault = (settings.inspect<string>(key)?.globalValue ?? '') === value;
      await settings.update(key, isDefault ? undefined : value, vscode.ConfigurationTarget.Workspace);
      return;
    }
    await this.#state.update(stateKey(key), value);
    this.#choices.fire(key);
  }

  dispose(): void {
    this.#choices.dispose();
  }
}

/** A window without a folder has no settings of its own, and those of an untrusted workspace do not count. */
function hasOwnSettings(): boolean {
  const { isTrusted, workspaceFile, workspaceFolders } = vscode.workspace;
  return isTrusted && (workspaceFile !== undefined || workspaceFolders !== undefined);
}

function stateKey(key: SettingKey): string {
  return `choice.${key}`;
}
