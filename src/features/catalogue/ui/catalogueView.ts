import type * as vscode from 'vscode';
import { views } from '../../../contributions.ts';
import { DisposableStore } from '../../../shared/emitter.ts';
import type { AppStore } from '../../../store/appStore.ts';
import type { CatalogStore } from '../../../store/catalogStore.ts';
import type { CurrentRates } from '../../../store/rates.ts';
import type { DeployTracker } from '../../deploy/index.ts';
import type { CatalogRowTarget } from '../../../domain/target.ts';
import { buildCatalogRows } from './catalogRows.ts';
import { RowTree } from '../../../editor/rows/rowTree.ts';
import type { TreeView } from '../../../editor/shown/surfaces.ts';
import { createTreeView } from '../../../editor/shown/surfaces.ts';

/** The Catalogue view: bundled apps with price, needs, samples and whether they are deployed here. */
export class CatalogueView implements vscode.Disposable {
  readonly #catalog: CatalogStore;
  readonly #store: AppStore;
  readonly #rates: CurrentRates;
  readonly #deploys: DeployTracker;
  readonly #disposables = new DisposableStore();
  readonly #tree: RowTree;
  readonly view: TreeView<string>;
  #targets: ReadonlyMap<string, CatalogRowTarget> = new Map();

  constructor(catalog: CatalogStore, store: AppStore, rates: CurrentRates, deploys: DeployTracker) {
    this.#catalog = catalog;
    this.#store = store;
    this.#rates = rates;
    this.#deploys = deploys;
    this.#tree = this.#disposables.add(new RowTree());
    this.view = this.#disposables.add(createTreeView(views.catalogue, { treeDataProvider: this.#tree }));
    const paint = () => void this.#paint();
    this.#disposables.add(this.view.onDidChangeVisibility(({ visible }) => visible && paint()));
    this.#disposables.add(store.onDidChange(paint));
    this.#disposables.add(rates.onDidChange(paint));
    this.#disposables.add(deploys.onDidChange(paint));
    if (this.view.visible) paint();
  }

  target(id: string | undefined): CatalogRowTarget | undefined {
    return id === undefined ? undefined : this.#targets.get(id);
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  async #paint(): Promise<void> {
    const apps = await this.#catalog.apps();
    const live = this.#store.state.snapshot.apps.filter(({ state }) => state === 'deployed');
    const { rows, targets } = buildCatalogRows({
      apps,
      rates: this.#rates.current,
      deployed: new Map(live.map((app) => [app.name, app])),
      deploying: this.#deploys.statuses(),
      now: Date.now(),
    });
    this.#targets = targets;
    this.#tree.show(rows);
  }
}
