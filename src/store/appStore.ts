import type { Environment } from '../domain/app.ts';
import { isLive } from '../domain/app.ts';
import type { Disposable } from '../shared/emitter.ts';
import { Emitter } from '../shared/emitter.ts';
import type { ErrorKind, ModalError } from '../domain/errors.ts';
import { isCancelled, toModalError } from '../domain/errors.ts';
import type { Logger } from '../shared/logger.ts';
import { steadyNow } from '../shared/steadyNow.ts';
import type { ControlPlane, Identity } from '../modal/controlPlane.ts';
import type { DetailsHost } from './appDetailsReader.ts';
import { AppDetailsReader } from './appDetailsReader.ts';
import { ContainerGpus } from './containerGpus.ts';
import { EnvironmentTurns, wholeTurns } from './environmentTurns.ts';
import { FailureMemory } from './failureMemory.ts';
import { EndpointInfos } from './endpointInfos.ts';
import { inTurn, listedAt, problemsInTurn, seenIn } from './listsInTurn.ts';
import { keepSame } from './keepSame.ts';
import type { ListProblem, Lists } from './readLists.ts';
import { readLists } from './readLists.ts';
import { SandboxReader } from './sandboxReader.ts';
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
  /** Name of the user whose token it is; empty until known, and for tokens of a service. */
  readonly user: string;
  /** Why the functions of an app could not be read, by app id. */
  readonly problems: ReadonlyMap<string, ModalError>;
  /** Lists beside the apps that could not be read. */
  readonly listProblems: readonly ListProblem[];
  /** Why the last read failed; the snapshot then holds what was seen before. */
  readonly error?: ModalError;
}

/** How the store reaches Modal: one plane per connection, found again for each read. */
export interface PlaneSource {
  get(signal?: AbortSignal): Promise<ControlPlane>;
  /** Names the connection for the cache, e.g. server and profile; no secrets. */
  cacheKey(): Promise<string>;
}

export interface RefreshOptions {
  /** Lists the apps of all environments; else of those where something is due. */
  readonly whole?: boolean;
  /** The environment that the user works in; '' = none. */
  readonly environment?: string;
}

/** Rows without news are stored this often, so that a later window knows how old they are. */
const storeEveryMs = 5 * 60_000;

const nothingKnown: AppStoreState = {
  connection: 'unknown',
  snapshot: emptySnapshot,
  loading: false,
  workspace: '',
  user: '',
  problems: new Map(),
  listProblems: [],
};

/** Apps, functions and containers as last read; one reader for everything that shows them. */
export class AppStore implements Disposable {
  readonly #planes: PlaneSource;
  readonly #cache: SnapshotCache;
  readonly #logger: Logger;
  readonly #changes = new Emitter<AppStoreState>();
  readonly #refresh = new SingleFlight((abandoned) => this.#read(abandoned));
  readonly #disposed = new AbortController();
  readonly #gpus: ContainerGpus;
  readonly #turns: EnvironmentTurns;
  readonly #unlisted: FailureMemory;
  readonly #endpoints: EndpointInfos;
  readonly #sandboxes = new SandboxReader();
  readonly #details: AppDetailsReader;
  #attempt = new AbortController();
  /** Whom workspace and user are of: another token may belong to somebody else. */
  #identifiedBy: ControlPlane | undefined;
  #state = nothingKnown;
  #restoredKey: string | undefined;
  #stored = emptySnapshot;
  /** Somebody who waits for the next read wants all environments in it. */
  #wholeWanted = false;
  #environment = '';

  readonly onDidChange = this.#changes.event;

  /** @param now milliseconds of a clock that does not jump, for what waits for its turn */
  constructor(planes: PlaneSource, cache: SnapshotCache, logger: Logger, now: () => number = steadyNow) {
    this.#turns = new EnvironmentTurns(now);
    this.#unlisted = new FailureMemory(now);
    this.#planes = planes;
    this.#cache = cache;
    this.#logger = logger;
    this.#gpus = new ContainerGpus(logger, now);
    this.#endpoints = new EndpointInfos(logger, now);
    this.#details = new AppDetailsReader(this.#detailsHost(), logger, now);
  }

  get state(): AppStoreState {
    return this.#state;
  }

  /**
   * Reads anew, unless told otherwise everything. Never rejects: a failure is part of the state.
   * @param signal ends the read, unless somebody else waits for it as well
   */
  refresh(
    signal?: AbortSignal,
    { whole = true, environment = this.#environment }: RefreshOptions = {},
  ): Promise<void> {
    this.#wholeWanted ||= whole;
    this.#environment = environment;
    return this.#refresh.run(signal);
  }

  /** As `refresh`, where a read of another that is under way will do: it began a moment ago. */
  refreshOnce(signal?: AbortSignal): Promise<void> {
    return this.#refresh.join(signal) ?? this.refresh(signal);
  }

  /** Forgets everything, because server, profile or token are others now; a read in progress begins again. */
  reconnect(): void {
    this.#attempt.abort();
    this.#forget();
    this.#changes.fire(this.#state);
  }

  /** @param wanted whether the functions of all apps are needed, e.g. to filter by GPU; else of the newest only */
  readAllDetails(wanted: boolean): void {
    this.#details.readAll(wanted);
  }

  /** Makes the next refreshes read older sandboxes of an environment as well. */
  readMoreSandboxes(environment: string): void {
    this.#sandboxes.readMore(environment);
  }

  /** Reads the functions of one app, e.g. because its row was expanded. A failure is part of the state. */
  loadDetails(appId: string): Promise<void> {
    return this.#details.readOne(appId, async () => ({
      plane: await this.#planes.get(this.#disposed.signal),
      signal: AbortSignal.any([this.#disposed.signal, this.#attempt.signal]),
    }));
  }

  /** Makes the next refresh read an app's functions again, e.g. after a deploy. */
  forgetDetails(appId: string): void {
    this.#details.forgetApp(appId);
  }

  dispose(): void {
    this.#disposed.abort();
    this.#changes.dispose();
  }

  /** Reads until the connection stays the same, and not at all any more when everyone has left. */
  async #read(abandoned: AbortSignal): Promise<void> {
    this.#set({ loading: true });
    const ended = AbortSignal.any([abandoned, this.#disposed.signal]);
    const whole = this.#wholeWanted;
    this.#wholeWanted = false;
    do {
      this.#attempt = new AbortController();
      const signal = AbortSignal.any([ended, this.#attempt.signal]);
      try {
        await this.#readOnce(whole, signal);
      } catch (error) {
        if (!isCancelled(error) && !signal.aborted) this.#fail(toModalError(error));
      }
    } while (this.#attempt.signal.aborted && !ended.aborted);
    this.#set({ loading: false });
  }

  async #readOnce(whole: boolean, signal: AbortSignal): Promise<void> {
    const key = await this.#planes.cacheKey();
    this.#restore(key);
    const plane = await this.#planes.get(signal);
    const [environments, identity] = await Promise.all([
      plane.listEnvironments(signal),
      this.#state.workspace && this.#identifiedBy === plane ? undefined : plane.whoAmI(signal),
    ]);
    if (whole || this.#state.connection !== 'ready') this.#unlisted.clear();
    if (this.#state.connection !== 'ready') this.#details.retry();
    if (whole) this.#endpoints.retry();
    const due = whole
      ? wholeTurns(environments)
      : this.#turns.choose(
          environments,
          this.#environment,
          seenIn(this.#state.snapshot, this.#state.listProblems),
        );
    const parts = {
      before: this.#state.snapshot,
      reader: this.#sandboxes,
      failures: this.#unlisted,
      logger: this.#logger,
    };
    const lists = await readLists(plane, due, parts, signal);
    if ((await this.#planes.cacheKey()) !== key) this.reconnect(); // the answers may be from two connections
    signal.throwIfAborted();
    this.#identifiedBy = plane;
    this.#turns.noteListed(due);
    this.#setRead(environments, lists, identity);
    await Promise.all([
      this.#readGpus(plane, signal),
      this.#readEndpoints(plane, signal),
      this.#details.readNew(plane, signal),
    ]);
    signal.throwIfAborted();
    await this.#store(key);
  }

  /** Shows cached rows of this connection at once; rows of another connection are dropped. */
  #restore(key: string): void {
    if (key === this.#restoredKey) return;
    this.#forget();
    this.#restoredKey = key;
    const snapshot = loadSnapshot(this.#cache.get(key)) ?? emptySnapshot;
    this.#details.restore(snapshot);
    this.#endpoints.restore(snapshot.endpoints);
    this.#set({ snapshot });
  }

  #forget(): void {
    this.#restoredKey = undefined;
    this.#details.forget();
    this.#turns.forget();
    this.#unlisted.clear();
    this.#gpus.forget();
    this.#endpoints.forget();
    this.#stored = emptySnapshot;
    this.#state = { ...nothingKnown, loading: this.#state.loading };
  }

  #setRead(environments: readonly Environment[], lists: Lists, identity: Identity | undefined): void {
    const names = identity ? { workspace: identity.workspace, user: identity.user ?? '' } : {};
    const snapshot = this.#merge(environments, lists);
    const ids = new Set(snapshot.apps.map(({ id }) => id));
    const problems = new Map([...this.#state.problems].filter(([id]) => ids.has(id)));
    const listProblems = problemsInTurn(
      this.#state.listProblems,
      environments,
      lists,
      ({ of, environment }) => this.#unlisted.isDue(`${of}/${environment}`),
    );
    this.#details.keepOnly(ids);
    this.#set({ connection: 'ready', ...names, problems, listProblems, snapshot }, true);
  }

  /** Keeps the objects of what has not changed, and what is known of live apps until they are read again. */
  #merge(environments: readonly Environment[], lists: Lists): Snapshot {
    const before = this.#state.snapshot;
    const now = Date.now();
    const all = inTurn(before, environments, lists);
    const apps = keepSame(before.apps, all.apps, ({ id }) => id);
    const live = new Set(apps.flatMap(({ id, state }) => (isLive(state) ? id : [])));
    const known = [...before.details].filter(([id]) => live.has(id));
    return {
      environments: keepSame(before.environments, environments, ({ name }) => name),
      apps,
      containers: keepSame(before.containers, this.#gpus.addTo(all.containers), ({ id }) => id),
      sandboxes: keepSame(before.sandboxes, all.sandboxes, ({ id }) => id),
      moreSandboxes: all.moreSandboxes,
      endpoints: keepSame(before.endpoints, this.#endpoints.addTo(all.endpoints), ({ id }) => id),
      details: known.length === before.details.size ? before.details : new Map(known),
      readAt: now,
      listedAt: listedAt(before.listedAt, environments, lists, now),
    };
  }

  async #readGpus(plane: ControlPlane, signal: AbortSignal): Promise<void> {
    const news = await this.#gpus.read(plane, this.#state.snapshot.containers, signal);
    signal.throwIfAborted();
    if (!news) return;
    const { snapshot } = this.#state;
    this.#set({ snapshot: { ...snapshot, containers: this.#gpus.addTo(snapshot.containers) } });
  }

  async #readEndpoints(plane: ControlPlane, signal: AbortSignal): Promise<void> {
    const news = await this.#endpoints.read(plane, this.#state.snapshot.endpoints, signal);
    signal.throwIfAborted();
    if (!news) return;
    const { snapshot } = this.#state;
    const endpoints = keepSame(snapshot.endpoints, this.#endpoints.addTo(snapshot.endpoints), ({ id }) => id);
    if (endpoints !== snapshot.endpoints) this.#set({ snapshot: { ...snapshot, endpoints } });
  }

  #detailsHost(): DetailsHost {
    const snapshot = () => this.#state.snapshot;
    return {
      get snapshot() {
        return snapshot();
      },
      found: (details) => {
        const problems = new Map(this.#state.problems);
        problems.delete(details.appId);
        const all = new Map(this.#state.snapshot.details).set(details.appId, details);
        this.#set({ problems, snapshot: { ...this.#state.snapshot, details: all } });
      },
      failed: (app, problem) => {
        this.#set({ problems: new Map(this.#state.problems).set(app.id, problem) });
      },
    };
  }

  async #store(key: string): Promise<void> {
    const { snapshot } = this.#state;
    const { apps, details, environments, endpoints, readAt } = this.#stored;
    const same =
      sameButNumbers(snapshot.apps, apps) &&
      snapshot.details === details &&
      sameButNumbers(snapshot.environments, environments) &&
      snapshot.endpoints === endpoints;
    if (same && snapshot.readAt - readAt < storeEveryMs) return;
    this.#stored = snapshot;
    await this.#cache.update(key, storeSnapshot(snapshot));
  }

  #fail(error: ModalError): void {
    this.#logFailure(error);
    if (error.kind === 'signedOut') this.#forget(); // these were the apps of somebody who has left
    this.#set({ connection: connectionOf(error.kind), error });
  }

  /** A try follows by itself, so a failure is told once, and its stack only where something is wrong with us. */
  #logFailure(error: ModalError): void {
    if (this.#state.error?.message === error.message) return;
    if (error.kind === 'unexpected') this.#logger.error('Reading apps failed', error);
    else this.#logger.warn(`Reading apps failed: ${error.message}`);
  }

  #set(change: Partial<AppStoreState>, clearError = false): void {
    const { error, ...rest } = this.#state;
    this.#state = { ...rest, ...(error === undefined || clearError ? {} : { error }), ...change };
    this.#changes.fire(this.#state);
  }
}

/** Whether two lists differ in nothing but how much runs, which a later window reads anew in any case. */
function sameButNumbers<T extends object>(a: readonly T[], b: readonly T[]): boolean {
  return (
    a === b ||
    (a.length === b.length && a.every((item, at) => item === b[at] || still(item) === still(b[at])))
  );
}

const running: ReadonlySet<string> = new Set(['runningContainers', 'runningGpus', 'spend']);

function still(item: object | undefined): string {
  return JSON.stringify(item, (key, value: unknown) => (running.has(key) ? undefined : value));
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
