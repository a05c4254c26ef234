import * as vscode from 'vscode';
import { commands, contextKeys, views } from '../../../contributions.ts';
import type { Rates } from '../../../domain/cost.ts';
import type { ScriptTarget } from '../../../domain/target.ts';
import { DisposableStore } from '../../../shared/emitter.ts';
import type { ContextKeys } from '../../../editor/contextKeys.ts';
import type { AppStore, AppStoreState } from '../../../store/appStore.ts';
import { plain, text } from '../../../shared/text.ts';
import { sentence } from '../../../shared/plainText.ts';
import type { DeployTracker } from '../../deploy/index.ts';
import { RowTree } from '../../../editor/rows/rowTree.ts';
import type { ScriptFinder } from './scriptFinder.ts';
import type { ScriptRowTarget, buildScriptRows } from './scriptRows.ts';
import type { ScriptRuns } from './scriptRuns.ts';
import { mostFiles } from './workspaceFiles.ts';
import { withProgress } from '../../../editor/shown/messages.ts';
import type { TreeView } from '../../../editor/shown/surfaces.ts';
import { createTreeView } from '../../../editor/shown/surfaces.ts';
import { formatCount } from '../../../shared/format.ts';

export interface ScriptsViewParts {
  readonly finder: ScriptFinder;
  readonly runs: ScriptRuns;
  readonly store: AppStore;
  readonly deploys: DeployTracker;
  readonly contextKeys: ContextKeys;
  readonly rates: () => Rates;
}

/** The Scripts view: every app that the workspace's Python files define, read while it is visible. */
export class ScriptsView implements vscode.Disposable {
  readonly #parts: ScriptsViewParts;
  readonly #disposables = new DisposableStore();
  readonly view: TreeView<string>;
  readonly #tree: RowTree;
  #buildRows: typeof buildScriptRows | undefined;
  #targets: ReadonlyMap<string, ScriptRowTarget> = new Map();
  #painted: (Pick<AppStoreState['snapshot'], 'apps'> & Pick<AppStoreState, 'connection'>) | undefined;

  constructor(parts: ScriptsViewParts) {
    this.#parts = parts;
    const { finder, runs, store, deploys } = parts;
    this.#tree = this.#disposables.add(new RowTree());
    this.view = this.#disposables.add(
      createTreeView(views.scripts, { treeDataProvider: this.#tree, showCollapseAll: true }),
    );
    const visible = (on: boolean) => {
      finder.follow(on);
      if (on && !this.#buildRows) void this.#firstRead();
      // Which of them are deployed is not known before anybody has asked.
      if (on && store.state.connection === 'unknown') void store.refreshOnce();
    };
    const paint = () => this.#paint();
    this.#disposables.add(this.view.onDidChangeVisibility((event) => visible(event.visible)));
    for (const { onDidChange } of [finder, runs, deploys]) this.#disposables.add(onDidChange(paint));
    this.#disposables.add(store.onDidChange(() => this.#storeChanged()));
    if (this.view.visible) visible(true);
  }

  /** What the row stands for, or undefined for a row that has gone. */
  target(id: string): ScriptTarget | undefined {
    const row = this.#targets.get(id);
    return row && toTarget(row);
  }

  async refresh(): Promise<void> {
    this.#parts.finder.forget();
    await this.#firstRead();
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  /** Which apps are live is all that these rows show of them. */
  #storeChanged(): void {
    const { snapshot, connection } = this.#parts.store.state;
    if (snapshot.apps === this.#painted?.apps && connection === this.#painted.connection) return;
    this.#paint();
  }

  async #firstRead(): Promise<void> {
    await withProgress({ location: { viewId: views.scripts } }, async () => {
      this.#buildRows ??= (await import('../lazy.ts')).buildScriptRows;
      await this.#parts.finder.find();
      this.#paint();
    });
  }

  #paint(): void {
    const { finder, runs, store, deploys, rates } = this.#parts;
    this.#setMessage();
    if ((!finder.complete && finder.scripts.length === 0) || !this.#buildRows) return;
    const { snapshot, connection } = store.state;
    this.#painted = { apps: snapshot.apps, connection };
    const live = snapshot.apps.filter(({ state }) => state === 'deployed');
    const { rows, targets } = this.#buildRows({
      scripts: finder.scripts,
      pathOf: (uri) => vscode.Uri.parse(uri).fsPath,
      deployed: new Map(live.map((app) => [app.name, app])),
      deploying: deploys.statuses(),
      connected: connection === 'ready',
      runs: runs.all,
      elsewhere: runs.elsewhere,
      rates: rates(),
      now: Date.now(),
      openCommand: commands.openScript,
    });
    this.#targets = targets;
    this.#parts.contextKeys.set(contextKeys.noScripts, finder.complete && targets.size === 0);
    this.#tree.show(rows);
  }

  #setMessage(): void {
    const { problem, isCut } = this.#parts.finder;
    const message = problem
      ? text`Couldn't list the Python files: ${sentence(problem)} Refresh to try again.`
      : isCut
        ? text`Only ${formatCount(mostFiles)} Python files per folder are searched, and this workspace has more. Exclude folders with the setting search.exclude.`
        : plain('');
    if (this.view.message !== message) this.view.message = message;
  }
}

/** By names, as the text may have changed since the row was painted. */
function toTarget({ file, origin, app, runnable, run, place }: ScriptRowTarget): ScriptTarget {
  return {
    kind: 'script',
    uri: (origin ?? file).uri,
    // In another file the app may have another name.
    ...(app && !origin ? { variable: app.variable } : {}),
    ...(runnable ? { runnable: runnable.name } : {}),
    ...(run ? { runId: run.id } : {}),
    place,
    made: { uri: file.uri, ...(app ? { variable: app.variable } : {}) },
  };
}
