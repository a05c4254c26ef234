import type * as vscode from 'vscode';
import { views } from '../../../contributions.ts';
import type { Rates } from '../../../domain/cost.ts';
import { datedRates } from '../../../domain/cost.ts';
import { DisposableStore } from '../../../shared/emitter.ts';
import type { Logger } from '../../../shared/logger.ts';
import type { AppStore, PlaneSource } from '../../../store/appStore.ts';
import type { CatalogStore } from '../../../store/catalogStore.ts';
import type { DeployTracker } from '../../deploy/ui/deployTracker.ts';
import type { CatalogRowTarget } from './catalogRows.ts';
import { buildCatalogRows } from './catalogRows.ts';
import { RowTree } from '../../../editor/rows/rowTree.ts';
import type { TreeView } from '../../../editor/shown/surfaces.ts';
import { createTreeView } from '../../../editor/shown/surfaces.ts';

/** The Catalogue view: bundled apps with price, needs, samples and whether they are deployed here. */
export class CatalogueView implements vscode.Disposable {
  readonly #catalog: CatalogStore;
  readonly #store: AppStore;
  readonly #planes: PlaneSource;
  readonly #deploys: DeployTracker;
  readonly #logger: Logger;
  readonly #disposables = new DisposableStore();
  readonly #tree: RowTree;
  readonly view: TreeView<string>;
  #targets: ReadonlyMap<string, CatalogRowTarget> = new Map();
  #rates: Rates = datedRates;
  #ratesAsked = false;

  constructor(
    catalog: CatalogStore,
    store: AppStore,
    planes: PlaneSource,
    deploys: DeployTracker,
    logger: Logger,
  ) {
    this.#catalog = catalog;
    this.#store = store;
    this.#planes = planes;
    this.#deploys = deploys;
    this.#logger = logger;
    this.#tree = this.#disposables.add(new RowTree());
    this.view = this.#disposables.add(createTreeView(views.catalogue, { treeDataProvider: this.#tree }));
    const paint = () => void this.#paint();
    this.#disposables.add(this.view.onDidChangeVisibility(({ visible }) => visible && paint()));
    this.#disposables.add(store.onDidChange((state) => this.#storeChanged(state.connection === 'ready')));
    this.#disposables.add(deploys.onDidChange(paint));
    if (this.view.visible) paint();
  }

  target(id: string | undefined): CatalogRowTarget | undefined {
    return id === undefined ? undefined : this.#targets.get(id);
  }

  get rates(): Rates {
    return this.#rates;
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #storeChanged(ready: boolean): void {
    void this.#paint();
    if (ready && !this.#ratesAsked) void this.#readRates();
  }

  async #readRates(): Promise<void> {
    this.#ratesAsked = true; // once per window: prices change a few times a year
    try {
      this.#rates = await (await this.#planes.get()).rates();
      await this.#paint();
    } catch (error) {
      this.#logger.debug(`Live prices cannot be read, the dated table is used: ${String(error)}`);
    }
  }

  async #paint(): Promise<void> {
    const apps = await this.#catalog.apps();
    const live = this.#store.state.snapshot.apps.filter(({ state }) => state === 'deployed');
    const { rows, targets } = buildCatalogRows({
      apps,
      rates: this.#rates,
      deployed: new Map(live.map((app) => [app.name, app])),
      deploying: this.#deploys.statuses(),
      now: Date.now(),
    });
    this.#targets = targets;
    this.#tree.show(rows);
  }
}
