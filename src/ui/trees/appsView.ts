import * as vscode from 'vscode';
import { contextKeys, views } from '../../contributions.ts';
import { DisposableStore } from '../../domain/emitter.ts';
import { spokenAge } from '../../domain/words.ts';
import type { Config } from '../../platform/config.ts';
import type { ContextKeys } from '../../platform/contextKeys.ts';
import type { AppStore, AppStoreState } from '../../store/appStore.ts';
import { RefreshSchedule } from '../../store/refreshSchedule.ts';
import type { AppRowTarget } from './appRows.ts';
import { AppRowsBuilder } from './appRows.ts';
import { RowTree } from './rowTree.ts';

/** The Apps view: what runs on Modal, read while it is visible and silent while it is not. */
export class AppsView implements vscode.Disposable {
  readonly #store: AppStore;
  readonly #config: Config;
  readonly #contextKeys: ContextKeys;
  readonly #disposables = new DisposableStore();
  readonly #tree: RowTree;
  readonly #view: vscode.TreeView<string>;
  readonly #schedule: RefreshSchedule;
  readonly #builder = new AppRowsBuilder();
  #targets: ReadonlyMap<string, AppRowTarget> = new Map();

  constructor(store: AppStore, config: Config, contextKeySetter: ContextKeys) {
    this.#store = store;
    this.#config = config;
    this.#contextKeys = contextKeySetter;
    this.#tree = this.#disposables.add(new RowTree((id) => this.#expanded(id)));
    this.#view = this.#disposables.add(
      vscode.window.createTreeView(views.apps, { treeDataProvider: this.#tree, showCollapseAll: true }),
    );
    this.#schedule = this.#disposables.add(
      new RefreshSchedule(
        () => this.#read(),
        () => config.get('apps.refreshSeconds') * 1000,
      ),
    );
    this.#disposables.add(
      this.#view.onDidChangeVisibility(({ visible }) => this.#schedule.setVisible(visible)),
    );
    this.#disposables.add(store.onDidChange((state) => this.#paint(state)));
    this.#disposables.add(config.onDidChange(['apps.showStopped'], () => this.#paint(store.state)));
    this.#schedule.setVisible(this.#view.visible);
  }

  get visible(): boolean {
    return this.#view.visible;
  }

  /** Tells when it is shown or hidden. */
  get onDidChangeVisibility(): vscode.Event<vscode.TreeViewVisibilityChangeEvent> {
    return this.#view.onDidChangeVisibility;
  }

  /** What the row stands for, or undefined for a row that has gone. */
  target(id: string | undefined): AppRowTarget | undefined {
    return id === undefined ? undefined : this.#targets.get(id);
  }

  /** Reads now and shows the view's progress bar meanwhile. */
  async refresh(): Promise<void> {
    await vscode.window.withProgress({ location: { viewId: views.apps } }, () => this.#schedule.now());
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  async #read(): Promise<boolean> {
    const first = this.#store.state.snapshot.readAt === 0;
    const read = () => this.#store.refresh();
    // Later reads are silent: a bar that runs every ten seconds only disturbs.
    await (first ? vscode.window.withProgress({ location: { viewId: views.apps } }, read) : read());
    const { error } = this.#store.state;
    // What only the profile file decides is read again at the usual pace: the user may be signing in right now.
    return error === undefined || error.kind === 'signedOut' || error.kind === 'profileBroken';
  }

  #expanded(id: string): void {
    const target = this.#targets.get(id);
    if (target?.kind === 'app') void this.#store.loadDetails(target.app.id);
  }

  #paint(state: AppStoreState): void {
    const { rows, targets } = this.#builder.build(state.snapshot, {
      now: Date.now(),
      showStopped: this.#config.get('apps.showStopped'),
    });
    this.#targets = targets;
    const empty = targets.size === 0;
    this.#contextKeys.set(contextKeys.connection, state.connection);
    this.#contextKeys.set(contextKeys.empty, empty);
    this.#view.message = empty ? '' : staleMessage(state);
    this.#view.description = state.snapshot.environments.length > 0 ? state.workspace : '';
    this.#tree.show(rows);
  }
}

/** Says how old the rows are when they could not be read again; '' when they are fresh. */
function staleMessage(state: AppStoreState): string {
  if (!state.error) return '';
  const age = spokenAge(state.snapshot.readAt, Date.now());
  return vscode.l10n.t('{0} Showing what was seen {1}.', state.error.message, age);
}
