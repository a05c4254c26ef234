import type * as vscode from 'vscode';
import { contextKeys, views } from '../../../contributions.ts';
import { isLive } from '../../../domain/app.ts';
import { isFiltering, judgesDetails, mayMissFunctions } from '../core/appFilter.ts';
import { needsAllDetails } from '../core/arrangement.ts';
import type { AppFilter } from '../core/appFilter.ts';
import type { CatalogApp } from '../../../domain/catalog.ts';
import type { Rates } from '../../../domain/cost.ts';
import type { Disposable } from '../../../shared/emitter.ts';
import { DisposableStore } from '../../../shared/emitter.ts';
import { plain, text } from '../../../shared/text.ts';
import { plural, spokenAge } from '../../../shared/format.ts';
import type { Config } from '../../../editor/config.ts';
import type { ContextKeys } from '../../../editor/contextKeys.ts';
import { isInFront, onDidChangeWindow } from '../../../editor/windowInFront.ts';
import type { Snapshot } from '../../../store/snapshot.ts';
import type { AppStore, AppStoreState } from '../../../store/appStore.ts';
import type { ReadOutcome, ReadReason } from '../../../store/refreshSchedule.ts';
import { RefreshSchedule } from '../../../store/refreshSchedule.ts';
import { runningBadge } from './appBadge.ts';
import type { AppRows } from './appRows.ts';
import type { AppRowTarget } from '../../../domain/target.ts';
import { AppRowsBuilder, pageSize } from './appRows.ts';
import type { ArrangementStore } from './arrangementStore.ts';
import { filterWords } from './filterWords.ts';
import type { LifecycleRows } from './lifecycleRows.ts';
import { RowTree } from '../../../editor/rows/rowTree.ts';
import type { SavedParts } from './savedByOrigin.ts';
import { SavedByOrigin } from './savedByOrigin.ts';
import { withProgress } from '../../../editor/shown/messages.ts';
import type { TreeView } from '../../../editor/shown/surfaces.ts';
import { createTreeView } from '../../../editor/shown/surfaces.ts';

export interface AppsViewParts extends SavedParts {
  readonly store: AppStore;
  readonly config: Config;
  readonly contextKeys: ContextKeys;
  readonly arrangement: ArrangementStore;
  readonly lifecycle: LifecycleRows;
  readonly rates: () => Rates;
  /** The bundled apps, whose samples stand below their endpoints. */
  readonly bundled: () => Promise<readonly CatalogApp[]>;
  /** Takes files that are dropped on a row. */
  readonly drop: vscode.TreeDragAndDropController<string>;
  /** The environment that the profile names; '' = none. */
  readonly profileEnvironment: () => Promise<string>;
}

/** While the view is hidden nothing is read, so after this long the number on its icon is not true any more. */
const badgeLivesMs = 5 * 60_000;

/** The Apps view: what runs on Modal, read while it is visible and silent while it is not. */
export class AppsView implements vscode.Disposable {
  readonly #parts: AppsViewParts;
  readonly #disposables = new DisposableStore();
  readonly #tree: RowTree;
  readonly #view: TreeView<string>;
  readonly #schedule: RefreshSchedule;
  readonly #builder = new AppRowsBuilder();
  readonly #pages = new Map<string, number>();
  /** They stand below the endpoints that they go to, and are first read when an app is opened. */
  readonly #saved: SavedByOrigin;
  #targets: ReadonlyMap<string, AppRowTarget> = new Map();
  #profileEnvironment = '';
  #bundled: ReadonlyMap<string, CatalogApp> | undefined;
  /** Ends the reads that nobody looks at any more. */
  #watching: AbortController | undefined;
  #badgeEnd: NodeJS.Timeout | undefined;
  #selected: string | undefined;
  #selectedIsGone = false;
  /** No name matches the text that is looked for, so it may be that of a function. */
  #missesAll = false;
  #isPainting = false;

  constructor(parts: AppsViewParts) {
    this.#parts = parts;
    const { store, config, arrangement } = parts;
    this.#tree = this.#disposables.add(
      new RowTree(
        (id) => this.#expanded(id),
        (id) => this.#moreTooltip(id),
      ),
    );
    this.#view = this.#disposables.add(
      createTreeView(views.apps, {
        treeDataProvider: this.#tree,
        dragAndDropController: parts.drop,
        showCollapseAll: true,
      }),
    );
    this.#schedule = this.#disposables.add(
      new RefreshSchedule(
        (reason) => this.#read(reason),
        () => config.get('apps.refreshSeconds') * 1000,
      ),
    );
    const repaint = () => this.#paintSoon();
    this.#saved = this.#disposables.add(new SavedByOrigin(parts, repaint));
    const add = (disposable: Disposable) => this.#disposables.add(disposable);
    add(this.#view.onDidChangeVisibility(({ visible }) => this.#setVisible(visible)));
    add(this.#view.onDidExpandElement(({ element }) => this.#tree.setOpened(element, true)));
    add(this.#view.onDidCollapseElement(({ element }) => this.#tree.setOpened(element, false)));
    add(this.#view.onDidChangeSelection(({ selection: [id] }) => (this.#selected = id ?? this.#selected)));
    const moved = () => this.#schedule.moved();
    add(this.#view.onDidExpandElement(moved));
    add(this.#view.onDidChangeSelection(moved));
    this.#schedule.setInFront(isInFront());
    add(
      onDidChangeWindow((inFront, { active }) => {
        this.#schedule.setInFront(inFront);
        if (active) moved();
      }),
    );
    add(store.onDidChange(repaint));
    add(parts.lifecycle.onDidChange(repaint));
    add(config.onDidChange(['apps.showStopped', 'environment'], repaint));
    add(arrangement.onDidChange(() => this.#arrangementChanged()));
    add({ dispose: () => this.#watching?.abort() });
    add({ dispose: () => clearTimeout(this.#badgeEnd) });
    if (this.#view.visible) this.#setVisible(true);
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
    await withProgress({ location: { viewId: views.apps } }, () => this.#schedule.now());
  }

  /** Reads again when the view is visible and no read is on its way, e.g. because the connection is another. */
  refreshIfVisible(): void {
    if (this.#view.visible && !this.#parts.store.state.loading) void this.#schedule.now();
  }

  /** Shows another page of rows. @param target a row "Show more"; absent: all of them */
  async showMore(target?: Extract<AppRowTarget, { kind: 'moreRows' | 'moreSandboxes' }>): Promise<void> {
    if (target?.kind === 'moreSandboxes') {
      this.#parts.store.readMoreSandboxes(target.environment);
      await this.refresh();
      return;
    }
    const all = [...this.#targets.values()].flatMap((row) => (row.kind === 'moreRows' ? row.parentId : []));
    for (const parent of target ? [target.parentId] : all) {
      this.#pages.set(parent, (this.#pages.get(parent) ?? pageSize) + pageSize);
    }
    this.#paint(this.#parts.store.state);
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #setVisible(visible: boolean): void {
    this.#watching?.abort();
    this.#watching = visible ? new AbortController() : undefined;
    clearTimeout(this.#badgeEnd);
    if (!visible) this.#badgeEnd = setTimeout(() => (this.#view.badge = undefined), badgeLivesMs).unref();
    this.#schedule.setVisible(visible);
  }

  async #read(reason: ReadReason): Promise<ReadOutcome> {
    const { store, arrangement } = this.#parts;
    const signal = this.#watching?.signal;
    this.#profileEnvironment = await this.#parts.profileEnvironment().catch(() => '');
    store.readAllDetails(needsAllDetails(arrangement.current) || this.#missesAll);
    const first = store.state.connection === 'unknown';
    const { snapshot: before } = store.state;
    const options = { whole: reason === 'asked', environment: this.#deployEnvironment(store.state) };
    const read = () => (first ? store.refreshOnce(signal) : store.refresh(signal, options));
    // Later reads are silent: a bar that runs every ten seconds only disturbs.
    await (first ? withProgress({ location: { viewId: views.apps } }, read) : read());
    return outcomeOf(store.state, before);
  }

  /** A row that failed waits for the user; asking for its children again must not read again. */
  #expanded(id: string): void {
    const { store, lifecycle } = this.#parts;
    const target = this.#targets.get(id);
    if (target?.kind === 'app' && !store.state.problems.has(target.app.id))
      void store.loadDetails(target.app.id);
    if (target?.kind === 'app') void this.#readBundled();
    if (target?.kind === 'app') this.#saved.watch();
    if (target) lifecycle.expanded(target);
  }

  /** The manifests are read when the first app is opened. */
  async #readBundled(): Promise<void> {
    if (this.#bundled) return;
    this.#bundled = new Map();
    const apps = await this.#parts.bundled();
    this.#bundled = new Map(apps.map((app) => [app.defaultAppName, app]));
    this.#paint(this.#parts.store.state);
  }

  #moreTooltip(id: string): Promise<readonly string[]> | undefined {
    const target = this.#targets.get(id);
    return target && this.#parts.lifecycle.tooltip(target);
  }

  #arrangementChanged(): void {
    const { store, arrangement } = this.#parts;
    this.#paint(store.state);
    const wantsAll = needsAllDetails(arrangement.current) || this.#missesAll;
    if (wantsAll && unread(store.state) > 0) this.refreshIfVisible();
  }

  /** Once, however much changes in this turn of the event loop: an app of 300 functions brings 300 facts. */
  #paintSoon(): void {
    if (this.#isPainting) return;
    this.#isPainting = true;
    setImmediate(() => {
      this.#isPainting = false;
      if (!this.#disposables.isDisposed) this.#paint(this.#parts.store.state);
    });
  }

  #paint(state: AppStoreState): void {
    const { config, arrangement, contextKeys: keys } = this.#parts;
    const { snapshot, connection, user, problems, listProblems } = state;
    const built = this.#builder.build(snapshot, {
      now: Date.now(),
      showStopped: config.get('apps.showStopped'),
      arrangement: arrangement.current,
      lifecycle: this.#parts.lifecycle,
      user,
      deployEnvironment: this.#deployEnvironment(state),
      problems,
      listProblems,
      rates: this.#parts.rates(),
      ...(this.#bundled ? { bundled: this.#bundled } : {}),
      ...(this.#saved.current ? { saved: this.#saved.current } : {}),
      pages: this.#pages,
    });
    this.#targets = built.targets;
    this.#missesAll = mayMissFunctions(arrangement.current.filter) && built.shown === 0;
    const filtered = isFiltering(arrangement.current.filter);
    keys.set(contextKeys.connection, connection);
    const { besides } = built;
    keys.set(contextKeys.empty, built.total + besides.total === 0);
    keys.set(contextKeys.filtered, filtered);
    const isEmpty = built.shown + besides.shown === 0;
    keys.set(contextKeys.filterEmpty, filtered && built.total + besides.total > 0 && isEmpty);
    this.#setWords(state, built);
    this.#setBadge(state);
    this.#tree.show(built.rows, built.changed);
    this.#selectAgain(built);
  }

  #deployEnvironment({ snapshot }: AppStoreState): string {
    const standard = snapshot.environments.find(({ isDefault }) => isDefault)?.name ?? '';
    return this.#parts.config.get('environment') || this.#profileEnvironment || standard;
  }

  /** A message would hide the welcome text, which says what to do when there is no row. */
  #setWords(state: AppStoreState, { shown, total, besides }: AppRows): void {
    const { filter } = this.#parts.arrangement.current;
    const words = filterWords(filter);
    const missing = words ? unread(state) : 0;
    const workspace = state.snapshot.environments.length > 0 ? state.workspace : '';
    const hasRows = shown + besides.shown > 0;
    const description = !hasRows && total + besides.total > 0 ? words : workspace;
    const parts = !hasRows ? [] : [staleMessage(state), filterMessage(filter, shown, total, missing)];
    const message = parts.filter(Boolean).join(' ');
    if (this.#view.description !== description) this.#view.description = plain(description);
    if (this.#view.message !== message) this.#view.message = plain(message);
  }

  /** Only what has been read is counted: rows from the cache may be days old. */
  #setBadge({ connection, snapshot }: AppStoreState): void {
    const badge = connection === 'ready' ? runningBadge(snapshot, this.#parts.rates()) : undefined;
    if (badge?.tooltip !== this.#view.badge?.tooltip) this.#view.badge = badge;
  }

  /** Selects a row again that had gone for a while, e.g. by a filter. */
  #selectAgain({ rows }: AppRows): void {
    const id = this.#selected;
    if (id === undefined) return;
    const isGone = !rows.has(id);
    const isBack = this.#selectedIsGone && !isGone;
    this.#selectedIsGone = isGone;
    if (isBack && this.#view.visible) void this.#view.reveal(id, { select: true, focus: false });
  }
}

function outcomeOf({ error, snapshot }: AppStoreState, before: Snapshot): ReadOutcome {
  // What only the profile file decides is read again at the usual pace: the user may be signing in right now.
  if (error && error.kind !== 'signedOut' && error.kind !== 'profileBroken')
    return error.kind === 'offline' || error.kind === 'timeout' ? 'unreachable' : 'failed';
  const isSame = snapshot.apps === before.apps && snapshot.containers === before.containers;
  return isSame ? 'same' : 'news';
}

/** Live apps whose functions have not been read. */
function unread({ snapshot, problems }: AppStoreState): number {
  const { apps, details } = snapshot;
  return apps.filter(({ id, state }) => isLive(state) && !details.has(id) && !problems.has(id)).length;
}

/** Says what the filter is and how much it shows; '' without a filter. @param missing apps not read yet */
function filterMessage(filter: AppFilter, shown: number, total: number, missing: number): string {
  const words = filterWords(filter);
  if (!words) return '';
  const counts = text`${shown} of ${plural(total, 'app')} match the filter: ${words}.`;
  if (missing === 0) return counts;
  const rest = mayMissFunctions(filter)
    ? text`The functions of ${plural(missing, 'app')} were not searched.`
    : judgesDetails(filter) && text`Loading functions of ${plural(missing, 'app')}…`;
  return rest ? `${counts} ${rest}` : counts;
}

/** Says how old the rows are when they could not be read again; '' when they are fresh. */
function staleMessage(state: AppStoreState): string {
  if (!state.error) return '';
  const age = spokenAge(state.snapshot.readAt, Date.now());
  return text`${state.error.message} Showing data from ${age}.`;
}
