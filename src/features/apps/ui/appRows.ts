import type { App, Container, Endpoint, Environment, ModalFunction } from '../../../domain/app.ts';
import { isLive } from '../../../domain/app.ts';
import type { CatalogApp } from '../../../domain/catalog.ts';
import type { KnownApp } from '../core/appFilter.ts';
import { isFiltering, matchesFilter } from '../core/appFilter.ts';
import type { Arrangement, Sorting } from '../core/arrangement.ts';
import { defaultArrangement } from '../core/arrangement.ts';
import type { Rates } from '../../../domain/cost.ts';
import { datedRates } from '../../../domain/cost.ts';
import type { ModalError } from '../../../domain/errors.ts';
import type { ManagedEndpoint } from '../../../domain/managedEndpoint.ts';
import type { RunningCost } from '../../../domain/runningCost.ts';
import { costOfApp, costOfSandboxes, sumOfCosts } from '../../../domain/runningCost.ts';
import type { Sandbox } from '../../../domain/sandbox.ts';
import type { SavedRequest } from '../../../domain/savedRequest.ts';
import { shortAge } from '../../../shared/format.ts';
import type { ListProblem } from '../../../store/readLists.ts';
import type { Snapshot } from '../../../store/snapshot.ts';
import type { AppGroup } from './appGroups.ts';
import { compareApps, groupApps, sinceOf } from './appGroups.ts';
import {
  appRow,
  containerRow,
  endpointId,
  endpointRow,
  functionRow,
  groupRow,
  moreRow,
  problemRow,
  readingRow,
  sampleRow,
  savedRow,
} from './appRowParts.ts';
import type { Besides } from './besides.ts';
import { besidesIn, besidesOf, countBesides, filterBesides, noBesides } from './besides.ts';
import type { LifecycleRows } from './lifecycleRows.ts';
import type { AppRowTarget } from '../../../domain/target.ts';
import type { Row, Rows } from '../../../editor/rows/row.ts';
import { appRowId, rootRow, sameList, sameRow } from '../../../editor/rows/row.ts';
import {
  listProblemRow,
  managedRow,
  managedSectionRow,
  moreSandboxesRow,
  otherSandboxesRow,
  sandboxRow,
  sandboxesRow,
  serverRow,
  tunnelRow,
} from './runningRowParts.ts';

export interface AppRowOptions {
  readonly now: number;
  readonly showStopped: boolean;
  readonly arrangement?: Arrangement;
  /** Adds versions and autoscaling; absent: without. */
  readonly lifecycle?: Pick<LifecycleRows, 'stamp' | 'below' | 'functionFacts' | 'serverFacts'>;
  /** Name of the user; '' when it is not known. */
  readonly user?: string;
  /** Where deploys go; '' when it is not known. */
  readonly deployEnvironment?: string;
  /** Why the functions of an app could not be read, by app id. */
  readonly problems?: ReadonlyMap<string, ModalError>;
  /** Lists beside the apps that could not be read. */
  readonly listProblems?: readonly ListProblem[];
  /** Absent: the dated ones. */
  readonly rates?: Rates;
  /** Bundled apps by the name under which they are deployed. */
  readonly bundled?: ReadonlyMap<string, CatalogApp>;
  /** Requests of the workspace's files, by the origin of their endpoint. */
  readonly saved?: ReadonlyMap<string, readonly SavedRequest[]>;
  /** How many children a row shows, by row id, where the user wants to see more than `pageSize`. */
  readonly pages?: ReadonlyMap<string, number>;
}

export interface AppRows {
  /** The builder's own map: the next build changes it. */
  readonly rows: Rows;
  readonly targets: ReadonlyMap<string, AppRowTarget>;
  /** Rows to paint again since the build before; the root '' stands for all. */
  readonly changed: readonly string[];
  /** How many apps pass the filter, and how many there are. */
  readonly shown: number;
  readonly total: number;
  /** Of what stands beside the apps, as well. */
  readonly besides: { readonly shown: number; readonly total: number };
}

/** The editor grows slow with more rows below one parent. */
export const pageSize = 1000;

/** What was listed longer ago says so. */
const freshForMs = 60_000;

type Member = readonly [Row, AppRowTarget | undefined];

/** Rows that are made together, and what they were made from. */
interface Bundle {
  readonly members: readonly Member[];
  readonly known?: KnownApp;
  readonly words?: string;
}

const noContainers: readonly Container[] = [];
const noSandboxes: readonly Sandbox[] = [];

/**
 * Makes the group, app, function, endpoint and container rows of a snapshot. What has not changed since the last
 * build is not touched, so that a refresh of a large workspace costs little: an app counts as unchanged while the
 * snapshot holds the same objects for it.
 */
export class AppRowsBuilder {
  readonly #rows = new Map<string, Row>();
  readonly #targets = new Map<string, AppRowTarget>();
  readonly #changed = new Set<string>();
  #bundles = new Map<string, Bundle>();
  /** Bundles of the build in progress. */
  #kept = new Map<string, Bundle>();
  #members: Member[] = [];
  /** Rows that this build has made, and those that their bundles had before: one may go from one bundle to another. */
  readonly #made = new Set<string>();
  readonly #left = new Set<string>();
  #options: AppRowOptions = { now: 0, showStopped: false };
  #severalEnvironments = false;
  #listedAt: Snapshot['listedAt'] = new Map();
  #order: readonly string[] = [];
  #containers: readonly Container[] = noContainers;
  #containersOf = new Map<string, Container[]>();
  #sandboxes: readonly Sandbox[] = noSandboxes;
  #sandboxesOf = new Map<string, Sandbox[]>();
  /** How many sandboxes were read of each environment that has more. */
  #cutAt = new Map<string, number>();
  #appOf = new Map<string, App>();

  build(snapshot: Snapshot, options: AppRowOptions): AppRows {
    this.#options = options;
    this.#changed.clear();
    this.#made.clear();
    this.#left.clear();
    this.#severalEnvironments = snapshot.environments.length > 1;
    this.#listedAt = snapshot.listedAt;
    const listed = this.#listed(snapshot);
    const { filter } = this.#arrangement;
    const besides = besidesOf(snapshot, options.listProblems ?? []);
    const shownBesides = filterBesides(besides, filter);
    const shown = isFiltering(filter)
      ? listed.filter((known) => matchesFilter(known, filter, options.user ?? ''))
      : listed;
    this.#kept = new Map();
    this.#put('', () => {
      this.#add(rootRow(this.#roots(this.#sorted(shown), snapshot.environments, shownBesides)));
    });
    this.#dropOthers();
    return {
      rows: this.#rows,
      targets: this.#targets,
      changed: this.#changed.has('') ? [''] : [...this.#changed],
      shown: shown.length,
      total: listed.length,
      besides: { shown: countBesides(shownBesides), total: countBesides(besides) },
    };
  }

  get #rates(): Rates {
    return this.#options.rates ?? datedRates;
  }

  get #arrangement(): Arrangement {
    return this.#options.arrangement ?? defaultArrangement;
  }

  #listed({ apps, details, containers, sandboxes, moreSandboxes }: Snapshot): KnownApp[] {
    if (containers !== this.#containers) {
      this.#containers = containers;
      this.#containersOf = Map.groupBy(containers, ({ appId }) => appId);
    }
    if (sandboxes !== this.#sandboxes) {
      this.#sandboxes = sandboxes;
      this.#sandboxesOf = Map.groupBy(sandboxes, ({ appId }) => appId);
    }
    this.#cutAt = new Map(
      moreSandboxes.map((name) => [name, sandboxes.filter(({ environment }) => environment === name).length]),
    );
    this.#appOf = new Map(apps.map((app) => [app.id, app]));
    const withStopped = this.#options.showStopped || this.#arrangement.filter.states.includes('stopped');
    return apps
      .filter(({ state }) => withStopped || state !== 'stopped')
      .map((app) => ({
        app,
        details: details.get(app.id),
        containers: this.#containersOf.get(app.id) ?? noContainers,
        sandboxes: isLive(app.state) ? (this.#sandboxesOf.get(app.id) ?? noSandboxes) : noSandboxes,
      }));
  }

  /** Begins with the order of the last build, in which most apps still are: that takes one pass to sort. */
  #sorted(apps: readonly KnownApp[]): KnownApp[] {
    const byId = new Map(apps.map((known) => [known.app.id, known]));
    const known = this.#order.flatMap((id) => byId.get(id) ?? []);
    for (const id of this.#order) byId.delete(id);
    const compare = compareApps(this.#sortBy);
    const sorted = [...known, ...byId.values()].sort((a, b) => compare(a.app, b.app));
    this.#order = sorted.map(({ app }) => app.id);
    return sorted;
  }

  get #sortBy(): Sorting {
    return this.#arrangement.sortBy;
  }

  /** @returns none at all when there is nothing: the view's welcome text says what to do next */
  #roots(apps: readonly KnownApp[], environments: readonly Environment[], besides: Besides): string[] {
    const { filter, groupBy } = this.#arrangement;
    if (apps.length === 0 && countBesides(besides) === 0) return [];
    if (groupBy === 'environment') {
      return groupApps(apps, groupBy, environments)
        .map((group) => ({ group, inside: besidesIn(besides, group.environment?.name ?? '') }))
        .filter(({ group, inside }) => group.apps.length + countBesides(inside) > 0 || !isFiltering(filter))
        .map(({ group, inside }) => this.#group(group, inside));
    }
    const below =
      groupBy === 'none'
        ? this.#paged('', apps, (known) => this.#app(known, ''))
        : groupApps(apps, groupBy, environments).map((group) => this.#group(group, noBesides));
    return [...this.#endpointSection(besides, ''), ...below, ...this.#otherRows(besides, '')];
  }

  #group(group: AppGroup, besides: Besides): string {
    const { environment, id } = group;
    this.#put(id, () => {
      const childIds = [
        ...this.#endpointSection(besides, id),
        ...this.#paged(id, group.apps, (known) => this.#app(known, id)),
        ...this.#otherRows(besides, id),
      ];
      const forDeploys =
        this.#severalEnvironments && environment?.name === (this.#options.deployEnvironment ?? '');
      const { sandboxes } = besides;
      const { now } = this.#options;
      const cost = sumOfCosts([
        ...group.apps.map((known) => this.#costOf(known)),
        costOfSandboxes(sandboxes, this.#rates),
      ]);
      this.#add(
        groupRow(group, { forDeploys, childIds, sandboxes, cost, readAt: this.#readAtOf(environment), now }),
        environment && { kind: 'environment', environment },
      );
    });
    return id;
  }

  /** Quiet environments of a large account are not listed at each read. */
  #readAtOf(environment: Environment | undefined): number | undefined {
    const at = environment && this.#listedAt.get(environment.name);
    const { now } = this.#options;
    return at !== undefined && now - at >= freshForMs ? at : undefined;
  }

  #costOf({ app, containers, sandboxes }: KnownApp): RunningCost {
    return costOfApp(app, containers, sandboxes, this.#rates);
  }

  /** The managed endpoints, before the apps: they are few. */
  #endpointSection({ endpoints }: Besides, parentId: string): string[] {
    if (endpoints.length === 0) return [];
    const id = `managedEndpoints/${parentId}`;
    const sorted = [...endpoints].sort((a, b) => (a.name < b.name ? -1 : 1));
    const childIds = this.#paged(id, sorted, (each) => this.#managed(each, id));
    return [this.#add(managedSectionRow({ id, parentId, childIds }, endpoints))];
  }

  #managed(managed: ManagedEndpoint, parentId: string): string {
    const app = this.#appOf.get(managed.info?.appId ?? '');
    const { now } = this.#options;
    const environment = this.#environmentOf(managed);
    const row = managedRow({ endpoint: managed, app, environment, parentId, rates: this.#rates, now });
    return this.#add(row, { kind: 'managed', app, managed });
  }

  /** What stands after the apps: sandboxes that belong to none of them, and what could not be read. */
  #otherRows({ sandboxes, more, problems }: Besides, parentId: string): string[] {
    const ids: string[] = [];
    if (sandboxes.length > 0) {
      const id = `otherSandboxes/${parentId}`;
      const childIds = this.#paged(id, sandboxes, (each) => this.#sandbox(each, id, true));
      const rates = this.#rates;
      ids.push(
        this.#add(otherSandboxesRow({ id, parentId, childIds, sandboxes, more: more.length > 0, rates })),
      );
    }
    for (const environment of more) {
      const row = moreSandboxesRow(environment, this.#cutAt.get(environment) ?? 0, parentId);
      ids.push(this.#add(row, { kind: 'moreSandboxes', app: undefined, environment }));
    }
    for (const problem of problems) ids.push(this.#add(listProblemRow(problem, parentId)));
    return ids;
  }

  #app(known: KnownApp, parentId: string): string {
    const id = appRowId(known.app);
    const words = this.#wordsOf(known, parentId);
    const before = this.#bundles.get(id);
    if (before?.known && before.words === words && sameApp(before.known, known)) this.#kept.set(id, before);
    else this.#put(id, () => this.#makeApp(known, id, parentId), { known, words });
    return id;
  }

  /** What rows of an app show besides the app itself, its functions and its containers. */
  #wordsOf({ app, details, containers, sandboxes }: KnownApp, parentId: string): string {
    const { now, problems, pages, lifecycle } = this.#options;
    const shownSandboxes = sandboxes.slice(0, pages?.get(`sandboxes/${app.id}`) ?? pageSize);
    return [
      parentId,
      this.#rates.asOf,
      this.#cutAt.has(app.environment),
      pages?.get(`sandboxes/${app.id}`) ?? '',
      ...shownSandboxes.map((each) => shortAge(each.startedAt ?? each.createdAt, now)),
      this.#environmentOf(app),
      shortAge(sinceOf(app), now),
      problems?.get(app.id)?.message ?? '',
      pages?.get(appRowId(app)) ?? '',
      lifecycle?.stamp(app, details, now) ?? '',
      this.#bundledOf(app)?.id ?? '',
      ...this.#savedBelow(details?.functions ?? []).map(({ uri, at, title }) => `${title} ${uri} ${at}`),
      ...containers.map((each) => shortAge(each.startedAt ?? each.enqueuedAt, now)),
    ].join('|');
  }

  /** The environment where no other row tells it. */
  #environmentOf({ environment }: { readonly environment: string }): string {
    return this.#severalEnvironments && this.#arrangement.groupBy !== 'environment' ? environment : '';
  }

  #makeApp(known: KnownApp, id: string, parentId: string): void {
    const { app } = known;
    const childIds = isLive(app.state) ? this.#appChildren(known, id) : [];
    const environment = this.#environmentOf(app);
    this.#add(appRow({ known, parentId, environment, childIds, now: this.#options.now }), {
      kind: 'app',
      app,
    });
  }

  #appChildren({ app, details, containers, sandboxes }: KnownApp, parentId: string): string[] {
    const problem = this.#options.problems?.get(app.id);
    const notes = problem
      ? [this.#add(problemRow(app, problem, parentId), { kind: 'app', app })]
      : details
        ? []
        : [this.#add(readingRow(app, parentId))];
    const all = details?.functions ?? [];
    const functions = all.map(
      (fn) => () =>
        fn.kind === 'server'
          ? this.#server(app, fn, parentId, all.length === 1 ? containers : undefined)
          : this.#function(app, fn, parentId),
    );
    const running = containers.map((container) => () => this.#container(app, container, parentId));
    const own = this.#paged(parentId, [...functions, ...running], (make) => make());
    return [
      ...notes,
      ...own,
      ...this.#sandboxesOfApp(app, sandboxes, parentId),
      ...this.#lifecycleRows(app, parentId),
    ];
  }

  #sandboxesOfApp(app: App, sandboxes: readonly Sandbox[], parentId: string): string[] {
    if (sandboxes.length === 0) return [];
    const id = `sandboxes/${app.id}`;
    const childIds = this.#paged(id, sandboxes, (each) => this.#sandbox(each, id, false));
    const more = this.#cutAt.has(app.environment);
    return [this.#add(sandboxesRow({ id, parentId, childIds, sandboxes, more, rates: this.#rates }))];
  }

  /** @param isBeside stands below no row that names its environment, unless apps are grouped so */
  #sandbox(sandbox: Sandbox, parentId: string, isBeside: boolean): string {
    const app = this.#appOf.get(sandbox.appId);
    for (const tunnel of sandbox.tunnels)
      this.#add(tunnelRow(sandbox, tunnel), { kind: 'tunnel', app, sandbox, tunnel });
    const environment = isBeside ? this.#environmentOf(sandbox) : '';
    const row = sandboxRow(sandbox, parentId, { rates: this.#rates, now: this.#options.now, environment });
    return this.#add(row, { kind: 'sandbox', app, sandbox });
  }

  /** @param containers of its app, where all of them are its own */
  #server(
    app: App,
    fn: ModalFunction,
    parentId: string,
    containers: readonly Container[] | undefined,
  ): string {
    const known = this.#options.lifecycle?.serverFacts(fn);
    const running = known?.running ?? containers?.filter(({ startedAt }) => startedAt !== undefined).length;
    const facts = { running, info: known?.info, others: known?.others ?? [] };
    this.#endpoints(app, fn, `server/${app.id}/${fn.tag}`);
    const row = serverRow(app, fn, parentId, { facts, rates: this.#rates });
    return this.#add(row, { kind: 'server', app, fn });
  }

  #lifecycleRows(app: App, parentId: string): string[] {
    const { lifecycle, now } = this.#options;
    const members = lifecycle?.below(app, parentId, now) ?? [];
    for (const [row, target] of members) this.#add(row, target);
    return members.flatMap(([row]) => (row.parentId === parentId ? row.id : []));
  }

  #function(app: App, fn: ModalFunction, parentId: string): string {
    const row = functionRow(app, fn, parentId, this.#options.lifecycle?.functionFacts(fn) ?? []);
    this.#endpoints(app, fn, row.id);
    return this.#add(row, { kind: 'function', app, fn });
  }

  #endpoints(app: App, fn: ModalFunction, parentId: string): void {
    for (const endpoint of fn.endpoints) {
      const below = [...this.#samples(app, fn, endpoint), ...this.#savedRows(app, fn, endpoint)];
      this.#add(endpointRow(app, fn, endpoint, parentId, below), { kind: 'endpoint', app, endpoint });
    }
  }

  #savedRows(app: App, fn: ModalFunction, endpoint: Endpoint): string[] {
    return this.#savedOf(endpoint).map((saved) =>
      this.#add(savedRow(saved, endpointId(app, fn, endpoint)), { kind: 'saved', app, endpoint, saved }),
    );
  }

  #savedBelow(functions: readonly ModalFunction[]): SavedRequest[] {
    return functions.flatMap(({ endpoints }) => endpoints.flatMap((endpoint) => this.#savedOf(endpoint)));
  }

  #savedOf({ url }: Endpoint): readonly SavedRequest[] {
    const { saved } = this.#options;
    if (!saved || saved.size === 0 || !URL.canParse(url)) return [];
    return saved.get(new URL(url).origin) ?? [];
  }

  /** A run may have any name. */
  #bundledOf({ name, state }: App): CatalogApp | undefined {
    return state === 'deployed' ? this.#options.bundled?.get(name) : undefined;
  }

  #samples(app: App, fn: ModalFunction, endpoint: Endpoint): string[] {
    const bundled = this.#bundledOf(app);
    const samples = bundled?.samples.filter((sample) => sample.function === endpoint.name) ?? [];
    return samples.map((sample) =>
      this.#add(sampleRow(sample, endpointId(app, fn, endpoint)), {
        kind: 'sample',
        app,
        endpoint,
        bundled: bundled as CatalogApp,
        sample,
      }),
    );
  }

  #container(app: App, container: Container, parentId: string): string {
    return this.#add(containerRow(container, parentId, this.#options.now), {
      kind: 'container',
      app,
      container,
    });
  }

  /** Makes the first rows below a parent, and a row that shows the others. */
  #paged<T>(parentId: string, items: readonly T[], make: (item: T) => string): string[] {
    const size = this.#options.pages?.get(parentId) ?? pageSize;
    const ids = items.slice(0, size).map(make);
    return items.length > size
      ? [...ids, this.#add(moreRow(parentId, items.length - size), { kind: 'moreRows', parentId })]
      : ids;
  }

  #add(row: Row, target?: AppRowTarget): string {
    this.#members.push([row, target]);
    return row.id;
  }

  /** Puts the rows that are made in place of those that were made for the same thing before. */
  #put(key: string, make: () => void, from: Omit<Bundle, 'members'> = {}): void {
    const outer = this.#members;
    const members: Member[] = [];
    this.#members = members;
    make();
    this.#members = outer;
    this.#kept.set(key, { ...from, members });
    const ids = new Set(members.map(([{ id }]) => id));
    for (const [{ id }] of this.#bundles.get(key)?.members ?? []) if (!ids.has(id)) this.#left.add(id);
    for (const [row, target] of members) this.#replace(row, target);
  }

  #replace(row: Row, target: AppRowTarget | undefined): void {
    this.#made.add(row.id);
    const before = this.#rows.get(row.id);
    if (before && before.parentId !== row.parentId) this.#changed.add(''); // the editor cannot move a row
    if (before ? !sameRow(before, row) : row.id === '') this.#changed.add(row.id);
    this.#rows.set(row.id, row);
    if (target) this.#targets.set(row.id, target);
    else this.#targets.delete(row.id);
  }

  /** Takes away the rows of what is not there any more. */
  #dropOthers(): void {
    for (const [key, { members }] of this.#bundles) {
      if (!this.#kept.has(key)) for (const [{ id }] of members) this.#left.add(id);
    }
    for (const id of this.#left) {
      if (this.#made.has(id)) continue;
      this.#rows.delete(id);
      this.#targets.delete(id);
    }
    this.#bundles = this.#kept;
  }
}

function sameApp(a: KnownApp, b: KnownApp): boolean {
  return (
    a.app === b.app &&
    a.details === b.details &&
    sameList(a.containers, b.containers) &&
    sameList(a.sandboxes, b.sandboxes)
  );
}
