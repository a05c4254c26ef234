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
};

export type SettingKey = keyof typeof schemas;
export type SettingValue<K extends SettingKey> = z.infer<(typeof schemas)[K]>;

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
    const value = schemas[key].parse(raw) as SettingValue<K>;
    if (value !== raw)
      this.#logger.warn(`Setting ${section}.${key} has a value we cannot use; the default applies.`);
    return value;
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
