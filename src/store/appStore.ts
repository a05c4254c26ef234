import type { App, AppDetails, Container, Environment } from '../domain/app.ts';
import { isLive } from '../domain/app.ts';
import type { Disposable } from '../domain/emitter.ts';
import { Emitter } from '../domain/emitter.ts';
import type { ErrorKind, ModalError } from '../domain/errors.ts';
import { isCancelled, toModalError } from '../domain/errors.ts';
import type { Logger } from '../domain/logger.ts';
import type { ControlPlane, Identity } from '../modal/controlPlane.ts';
import { SingleFlight } from './singleFlight.ts';
import type { Snapshot, SnapshotCache } from './snapshot.ts';
import { emptySnapshot, loadSnapshot, storeSnapshot } from './snapshot.ts';

export type ConnectionState =
  'unknown' | 'ready' | 'signedOut' | 'unauthenticated' | 'profileBroken' | 'offline' | 'error';

export interface AppStoreState {
  readonly connection: ConnectionState;
  readonly snapshot: Snapshot;
  readonly loading: boolean;
  /** Name of the Modal workspace; empty until known. */
  readonly workspace: string;
  /** Name of the Modal user; empty until known, and for tokens that belong to no person. */
  readonly user: string;
  /** Why the last read failed; the snapshot then holds what was seen before. */
  readonly error?: ModalError;
}

/** How the store reaches Modal: one plane per connection, found again for each read. */
export interface PlaneSource {
  get(signal?: AbortSignal): Promise<ControlPlane>;
  /** Names the connection for the cache, e.g. server and profile; no secrets. */
  cacheKey(): Promise<string>;
}

/** Live apps whose functions are read without being asked for, newest first. The rest is read when expanded. */
const mostEagerDetails = 50;
const detailsAtOnce = 8;

/** Apps, functions and containers as last read; one reader for everything that shows them. */
export class AppStore implements Disposable {
  readonly #planes: PlaneSource;
  readonly #cache: SnapshotCache;
  readonly #logger: Logger;
  readonly #changes = new Emitter<AppStoreState>();
  readonly #refresh = new SingleFlight(() => this.#read());
  readonly #abort = new AbortController();
  #state: AppStoreState = {
    connection: 'unknown',
    snapshot: emptySnapshot,
    loading: false,
    workspace: '',
    user: '',
  };
  #identified: { readonly plane: ControlPlane; readonly identity: Identity } | undefined;
  #restoredKey: string | undefined;

  readonly onDidChange = this.#changes.event;

  constructor(planes: PlaneSource, cache: SnapshotCache, logger: Logger) {
    this.#planes = planes;
    this.#cache = cache;
    this.#logger = logger;
  }

  get state(): AppStoreState {
    return this.#state;
  }

  /** Reads everything anew. Never rejects: a failure is part of the state. */
  refresh(): Promise<void> {
    return this.#refresh.run();
  }

  /** Reads the functions of one app, e.g. because its row was expanded. */
  async loadDetails(appId: string): Promise<void> {
    const app = this.#state.snapshot.apps.find((candidate) => candidate.id === appId);
    if (!app || this.#state.snapshot.details.has(appId)) return;
    try {
      const plane = await this.#planes.get(this.#abort.signal);
      await this.#readDetails(plane, [app]);
    } catch (error) {
      if (!isCancelled(error))
        this.#logger.warn(`Reading ${app.name} failed: ${toModalError(error).message}`);
    }
  }

  /** Drops what is known of an app's functions, so that the next refresh reads them again. */
  forgetDetails(appId: string): void {
    const details = new Map(this.#state.snapshot.details);
    if (details.delete(appId)) this.#set({ snapshot: { ...this.#state.snapshot, details } });
  }

  dispose(): void {
    this.#abort.abort();
    this.#changes.dispose();
  }

  async #read(): Promise<void> {
    this.#set({ loading: true });
    try {
      await this.#restore();
      const plane = await this.#planes.get(this.#abort.signal);
      const environments = await plane.listEnvironments(this.#abort.signal);
      const { workspace, user = '' } = await this.#whoAmI(plane);
      const [apps, containers] = await this.#readEnvironments(plane, environments);
      this.#set(
        { connection: 'ready', workspace, user, snapshot: this.#merge(environments, apps, containers) },
        true,
      );
      await this.#readDetails(plane, this.#appsWithoutDetails());
      await this.#cache.update(await this.#planes.cacheKey(), storeSnapshot(this.#state.snapshot));
    } catch (error) {
      if (!isCancelled(error)) this.#fail(toModalError(error));
    } finally {
      this.#set({ loading: false });
    }
  }

  /** Shows cached rows of this connection at once; rows of another connection are dropped. */
  async #restore(): Promise<void> {
    const key = await this.#planes.cacheKey();
    if (key === this.#restoredKey) return;
    this.#restoredKey = key;
    this.#set({ snapshot: loadSnapshot(this.#cache.get(key)) ?? emptySnapshot, workspace: '', user: '' });
  }

  /** Asks once for each connection: another token may belong to somebody else. */
  async #whoAmI(plane: ControlPlane): Promise<Identity> {
    if (this.#identified?.plane === plane) return this.#identified.identity;
    const identity = await plane.whoAmI(this.#abort.signal);
    this.#identified = { plane, identity };
    return identity;
  }

  async #readEnvironments(
    plane: ControlPlane,
    environments: readonly Environment[],
  ): Promise<[App[], Container[]]> {
    const signal = this.#abort.signal;
    const lists = await Promise.all(
      environments.map(async (environment) => {
        const apps = await plane.listApps(environment.name, signal);
        const running = apps.some((app) => app.runningContainers > 0);
        return [
          apps,
          running ? await plane.listContainers(environment.name, undefined, signal) : [],
        ] as const;
      }),
    );
    return [lists.flatMap(([apps]) => apps), lists.flatMap(([, containers]) => containers)];
  }

  /** Keeps what is known of an app's functions as long as the app was not deployed again. */
  #merge(
    environments: readonly Environment[],
    apps: readonly App[],
    containers: readonly Container[],
  ): Snapshot {
    const before = this.#state.snapshot;
    const known = new Map(before.apps.map((app) => [app.id, app]));
    const details = new Map<string, AppDetails>();
    for (const app of apps) {
      const detail = before.details.get(app.id);
      const same = known.get(app.id);
      if (detail && same?.version === app.version && same?.state === app.state) details.set(app.id, detail);
    }
    return { environments, apps, containers, details, readAt: Date.now() };
  }

  #appsWithoutDetails(): App[] {
    const { apps, details } = this.#state.snapshot;
    return apps
      .filter((app) => isLive(app.state) && !details.has(app.id))
      .sort((a, b) => (b.deployedAt ?? b.createdAt) - (a.deployedAt ?? a.createdAt))
      .slice(0, mostEagerDetails);
  }

  async #readDetails(plane: ControlPlane, apps: readonly App[]): Promise<void> {
    for (let at = 0; at < apps.length; at += detailsAtOnce) {
      const group = apps.slice(at, at + detailsAtOnce);
      const read = await Promise.allSettled(
        group.map((app) => plane.describeApp(app.id, this.#abort.signal)),
      );
      const details = new Map(this.#state.snapshot.details);
      for (const result of read) {
        if (result.status === 'fulfilled') details.set(result.value.appId, result.value);
        else this.#logger.warn(`Reading an app failed: ${toModalError(result.reason).message}`);
      }
      this.#set({ snapshot: { ...this.#state.snapshot, details } });
    }
  }

  #fail(error: ModalError): void {
    this.#logger.error('Reading apps failed', error);
    this.#set({ connection: connectionOf(error.kind), error });
  }

  #set(change: Partial<AppStoreState>, clearError = false): void {
    const { error, ...rest } = this.#state;
    this.#state = { ...rest, ...(error === undefined || clearError ? {} : { error }), ...change };
    this.#changes.fire(this.#state);
  }
}

function connectionOf(kind: ErrorKind): ConnectionState {
  switch (kind) {
    case 'signedOut':
    case 'unauthenticated':
    case 'profileBroken':
    case 'offline':
      return kind;
    case 'timeout':
      return 'offline';
    default:
      return 'error';
  }
}
