import type { App, AppDetails, ModalFunction } from '../../../domain/app.ts';
import type { Disposable, Listener } from '../../../shared/emitter.ts';
import { DisposableStore, Emitter } from '../../../shared/emitter.ts';
import type { AppVersion, Autoscaler } from '../../../domain/lifecycle.ts';
import type { ServerInfo } from '../../../domain/server.ts';
import type { AppStore, PlaneSource } from '../../../store/appStore.ts';
import { LazyFacts } from '../../../store/lazyFacts.ts';
import { autoscalerLines } from './lifecycle/autoscalerWords.ts';
import { containerLines, statsLine } from './lifecycle/containerWords.ts';
import { serverStatsLine } from './lifecycle/serverWords.ts';
import type { AppRowTarget } from '../../../domain/target.ts';
import type { ServerFacts } from './runningRowParts.ts';
import type { VersionMember } from './versionRows.ts';
import { versionAges, versionRows } from './versionRows.ts';

/** What the Apps view adds to its rows about the life of apps. Facts are read only for rows that are open. */
export class LifecycleRows implements Disposable {
  readonly #planes: PlaneSource;
  readonly #store: AppStore;
  readonly #disposables = new DisposableStore();
  readonly #changes: Emitter<void>;
  readonly #versions: LazyFacts<AppVersion[]>;
  readonly #autoscalers: LazyFacts<Autoscaler>;
  readonly #servers: LazyFacts<ServerInfo>;
  /** How many containers take requests of a server. */
  readonly #serving: LazyFacts<number>;
  readonly onDidChange: (listener: Listener<void>) => Disposable;

  constructor(planes: PlaneSource, store: AppStore) {
    this.#planes = planes;
    this.#store = store;
    this.#changes = this.#disposables.add(new Emitter<void>());
    this.onDidChange = this.#changes.event;
    this.#versions = this.#disposables.add(
      new LazyFacts(async (appId, signal) => (await planes.get(signal)).history(appId, signal)),
    );
    this.#autoscalers = this.#disposables.add(
      new LazyFacts(async (id, signal) => (await planes.get(signal)).autoscaler(id, signal)),
    );
    this.#servers = this.#disposables.add(
      new LazyFacts(async (id, signal) => (await planes.get(signal)).serverInfo(id, signal)),
    );
    this.#serving = this.#disposables.add(
      new LazyFacts(
        async (id, signal) => (await (await planes.get(signal)).serverContainers(id, signal)).length,
      ),
    );
    for (const facts of [this.#versions, this.#autoscalers, this.#servers, this.#serving])
      this.#disposables.add(facts.onDidChange(() => this.#changes.fire()));
    this.#disposables.add(store.onDidChange(() => this.#follow()));
  }

  /** Everything that rows of the app show of these facts. */
  stamp(app: App, details: AppDetails | undefined, now: number): string {
    const versions = this.#versions.get(app.id);
    const read = [this.#autoscalers, this.#servers, this.#serving];
    const scaled =
      details?.functions.flatMap(({ id }) => read.map((facts) => facts.get(id)?.revision ?? 0)) ?? [];
    return [versions?.revision ?? 0, versionAges(versions, now), ...scaled].join('|');
  }

  /** Rows below an app, after its own. */
  below(app: App, parentId: string, now: number): VersionMember[] {
    if (app.state !== 'deployed') return [];
    return versionRows(app, this.#versions.get(app.id), parentId, now);
  }

  /** Facts in the description of a function: what costs money without a single request. */
  functionFacts(fn: ModalFunction): string[] {
    const least = this.#autoscalers.get(fn.id)?.value?.inForce.minContainers ?? 0;
    return least > 0 ? [`min ${least}`] : [];
  }

  serverFacts(fn: ModalFunction): ServerFacts {
    return {
      running: this.#serving.get(fn.id)?.value,
      info: this.#servers.get(fn.id)?.value,
      others: this.functionFacts(fn),
    };
  }

  expanded(target: AppRowTarget): void {
    if (target.kind === 'versions') void this.#versions.ensure(target.app.id, stampOf(target.app));
    if (target.kind !== 'app') return;
    const details = this.#store.state.snapshot.details.get(target.app.id);
    for (const fn of details?.functions ?? []) this.#ensure(target.app, fn);
  }

  #ensure(app: App, fn: ModalFunction): void {
    const stamp = stampOf(app);
    void this.#autoscalers.ensure(fn.id, stamp);
    if (fn.kind !== 'server') return;
    void this.#servers.ensure(fn.id, stamp);
    void this.#serving.ensure(fn.id, `${stamp}|${this.#containersStamp(app)}`);
  }

  /** Changes when a container of the app starts or ends. */
  #containersStamp(app: App): string {
    const { containers } = this.#store.state.snapshot;
    return containers
      .flatMap(({ id, appId, startedAt }) => (appId === app.id && startedAt !== undefined ? [id] : []))
      .join();
  }

  /** Lines of a tooltip that are worth a call only when it is looked at. Never rejects. */
  async tooltip(target: AppRowTarget): Promise<string[]> {
    try {
      if (target.kind === 'function') return await this.#functionTooltip(target.app, target.fn);
      if (target.kind === 'server') return await this.#serverTooltip(target.fn);
      if (target.kind === 'container') return await this.#containerTooltip(target.app, target.container.id);
    } catch {
      // What is known already is shown without.
    }
    return [];
  }

  /** The history as it is now; rows show it from then on. @throws as the control plane does */
  async readHistory(app: App, signal: AbortSignal): Promise<readonly AppVersion[]> {
    const history = await (await this.#planes.get(signal)).history(app.id, signal);
    this.#versions.put(app.id, stampOf(app), history);
    return history;
  }

  /** Shows an autoscaler that was changed. */
  readAutoscaler(app: App, fn: ModalFunction): Promise<void> {
    return this.#autoscalers.load(fn.id, stampOf(app));
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  /** After a deploy from anywhere, what was read for the version before is read again. */
  #follow(): void {
    if (this.#versions.isEmpty && this.#autoscalers.isEmpty) return;
    const { apps, details } = this.#store.state.snapshot;
    for (const app of apps) {
      const stamp = stampOf(app);
      if (this.#versions.get(app.id)) void this.#versions.ensure(app.id, stamp);
      for (const fn of details.get(app.id)?.functions ?? [])
        if (this.#autoscalers.get(fn.id)) this.#ensure(app, fn);
    }
  }

  async #serverTooltip(fn: ModalFunction): Promise<string[]> {
    const plane = await this.#planes.get();
    const until = Date.now();
    const range = { since: until - statsHours * 3_600_000, until };
    const [stats, autoscaler] = await Promise.all([
      plane.serverStats(fn.id, range).catch(() => undefined),
      plane.autoscaler(fn.id).catch(() => undefined),
    ]);
    return [
      stats ? serverStatsLine(stats, statsHours) : 'Statistics unknown',
      ...(autoscaler ? autoscalerLines(autoscaler, until) : []),
    ];
  }

  async #functionTooltip(app: App, fn: ModalFunction): Promise<string[]> {
    const plane = await this.#planes.get();
    const [stats, autoscaler] = await Promise.all([plane.functionStats(fn.id), plane.autoscaler(fn.id)]);
    this.#autoscalers.put(fn.id, stampOf(app), autoscaler);
    return [statsLine(stats), ...autoscalerLines(autoscaler, Date.now())];
  }

  async #containerTooltip(app: App, id: string): Promise<string[]> {
    const plane = await this.#planes.get();
    const all = this.#store.state.snapshot.details.get(app.id)?.functions ?? [];
    // A server has no inputs, so that nobody knows whether it is idle.
    const functions = all.some(({ kind }) => kind === 'server') ? [] : all;
    const [info, ...stats] = await Promise.all([
      plane.containerInfo(id),
      ...functions.map((fn) => plane.functionStats(fn.id)),
    ]);
    const running = stats.reduce((sum, { runningInputs }) => sum + runningInputs, 0);
    return containerLines(info, functions.length > 0 && running === 0);
  }
}

/** As far back as the official commands look unless they are told otherwise. */
const statsHours = 1;

/** Changes with every deploy. */
function stampOf(app: App): string {
  return `${app.version ?? 0}|${app.deployedAt ?? 0}`;
}
