import * as vscode from 'vscode';
import { commands } from '../../../contributions.ts';
import { DisposableStore } from '../../../shared/emitter.ts';
import { text } from '../../../shared/text.ts';
import type { ControlPlanes } from '../../../modal/planes.ts';
import type { Config } from '../../../editor/config.ts';
import type { AppStore } from '../../../store/appStore.ts';
import type { StatusLook } from './statusLook.ts';
import { statusLook } from './statusLook.ts';
import type { StatusBarItem } from '../../../editor/shown/surfaces.ts';
import { createStatusBarItem, markdownString } from '../../../editor/shown/surfaces.ts';

const linkedCommands = [commands.switchProfile, commands.switchEnvironment, commands.signIn];

/** Workspace and environment in the status bar, from the first read on; nothing is read for it alone. */
export class StatusItem implements vscode.Disposable {
  readonly #store: AppStore;
  readonly #planes: ControlPlanes;
  readonly #config: Config;
  readonly #disposables = new DisposableStore();
  #item: StatusBarItem | undefined;
  #painting = 0;

  constructor(store: AppStore, planes: ControlPlanes, config: Config) {
    this.#store = store;
    this.#planes = planes;
    this.#config = config;
    const paint = () => void this.#paint();
    this.#disposables.add(store.onDidChange(paint));
    this.#disposables.add(config.onDidChange(['profile', 'environment'], paint));
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  async #paint(): Promise<void> {
    const { connection: state, workspace, user, snapshot, error } = this.#store.state;
    if (state === 'unknown') return;
    const painting = ++this.#painting;
    const connection = await this.#planes.connection().catch(() => undefined);
    if (painting !== this.#painting) return; // a later one knows more
    const look = statusLook({
      state,
      workspace,
      user,
      ...(connection ? { connection } : {}),
      chosenEnvironment: this.#config.get('environment'),
      defaultEnvironment: snapshot.environments.find(({ isDefault }) => isDefault)?.name ?? '',
      ...(error ? { problem: error.message } : {}),
    });
    if (look) this.#show(look);
  }

  #show(look: StatusLook): void {
    const item = (this.#item ??= this.#make());
    if (item.text === look.text && item.accessibilityInformation?.label === look.spoken) {
      if (item.tooltip?.value === look.tooltip.source) return;
    }
    item.text = look.text;
    item.tooltip = markdownString(look.tooltip, linkedCommands);
    item.accessibilityInformation = { label: look.spoken, role: 'button' };
    item.command = look.command;
    item.backgroundColor = look.alarming
      ? new vscode.ThemeColor('statusBarItem.warningBackground')
      : undefined;
    item.show();
  }

  #make(): StatusBarItem {
    const item = createStatusBarItem('modalGpu.status', vscode.StatusBarAlignment.Left, 50);
    item.name = text`Modal Account`;
    return this.#disposables.add(item);
  }
}
