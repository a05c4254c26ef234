import type { ObjectKind } from '../domain/objectKind.ts';
import type { App, AppDetails } from '../domain/app.ts';
import type { ErrorKind } from '../domain/errors.ts';
import { toModalError } from '../domain/errors.ts';
import { isObjectName } from '../domain/identifiers.ts';
import type { Logger } from '../shared/logger.ts';
import { steadyNow } from '../shared/steadyNow.ts';
import { untilAborted } from '../shared/untilAborted.ts';
import type { ControlPlane } from '../modal/controlPlane.ts';
import type { AppStoreState, PlaneSource } from './appStore.ts';
import { FailureMemory } from './failureMemory.ts';

/** Lists of names that code of the user's own may use. */
export type NameList =
  | { readonly of: ObjectKind | 'app'; readonly environment: string }
  | { readonly of: 'environment' }
  | { readonly of: 'function' | 'cls' | 'server'; readonly environment: string; readonly app: string };

export interface AccountNameList {
  readonly names: readonly string[];
  /** There are more, which were not read. */
  readonly more: boolean;
}

/** What was read stays for so long. */
const keptMs = 5 * 60_000;
/** Of a hundred names each: a list that one can choose from has no more. */
const mostPages = 5;
/** Lists; each app has three of its own. */
const mostKept = 200;
/** Nobody waits longer for a suggestion. */
const limitMs = 8000;

interface Kept {
  readonly until: number;
  readonly list: AccountNameList;
}

export interface AccountNamesParts {
  readonly planes: PlaneSource;
  readonly store: { readonly state: Pick<AppStoreState, 'connection' | 'snapshot'> };
  readonly logger: Logger;
  /** Milliseconds of a clock that does not jump. */
  readonly now?: () => number;
}

/**
 * Names of what there is in the account, read when somebody asks for one of the lists, and kept for some minutes. A window
 * that is signed out reads nothing, and a list that could not be read is not asked for again at once.
 */
export class AccountNames {
  readonly #parts: AccountNamesParts;
  readonly #now: () => number;
  readonly #failures: FailureMemory;
  readonly #kept = new Map<string, Kept>();
  readonly #reading = new Map<string, Promise<AccountNameList | undefined>>();
  #account = '';

  constructor(parts: AccountNamesParts) {
    this.#parts = parts;
    this.#now = parts.now ?? steadyNow;
    this.#failures = new FailureMemory(this.#now);
  }

  /**
   * Never rejects.
   * @param signal ends the wait; others may wait for the same list
   * @returns undefined where the list cannot be read, or the wait has ended
   */
  async names(wanted: NameList, signal?: AbortSignal): Promise<AccountNameList | undefined> {
    const account = await this.#findAccount();
    if (account === undefined) return undefined;
    const key = keyOf(account, wanted);
    const kept = this.#kept.get(key);
    if (kept && this.#now() < kept.until) return kept.list;
    const reading = this.#reading.get(key) ?? this.#start(key, wanted);
    return signal ? untilAborted(reading, signal).catch(() => undefined) : reading;
  }

  /** No list was read yet, so that there is nothing to compare with. */
  get isEmpty(): boolean {
    return this.#kept.size === 0;
  }

  /** As it was read some minutes ago; nothing is read. */
  async known(wanted: NameList): Promise<AccountNameList | undefined> {
    const account = await this.#findAccount();
    const kept = account === undefined ? undefined : this.#kept.get(keyOf(account, wanted));
    return kept && this.#now() < kept.until ? kept.list : undefined;
  }

  /** Undefined for nobody: the profile is read, and no server is asked. */
  async #findAccount(): Promise<string | undefined> {
    const { planes, store } = this.#parts;
    if (deadConnections.has(store.state.connection)) return undefined;
    const account = await planes.cacheKey().catch(() => undefined);
    if (account !== undefined && account !== this.#account) {
      this.#account = account;
      this.#kept.clear();
      this.#failures.clear();
    }
    return account;
  }

  #start(key: string, wanted: NameList): Promise<AccountNameList | undefined> {
    if (!this.#failures.isDue(key)) return Promise.resolve(undefined);
    const reading = this.#read(key, this.#account, wanted).finally(() => this.#reading.delete(key));
    this.#reading.set(key, reading);
    return reading;
  }

  async #read(key: string, account: string, wanted: NameList): Promise<AccountNameList | undefined> {
    const signal = AbortSignal.timeout(limitMs);
    try {
      const plane = await this.#parts.planes.get(signal);
      const list = await this.#list(plane, wanted, signal);
      this.#failures.forget(key);
      if (this.#kept.size >= mostKept) this.#kept.clear();
      // The answer may be of another account than the one that was asked for.
      if ((await this.#parts.planes.cacheKey()) !== account) return undefined;
      this.#kept.set(key, { until: this.#now() + keptMs, list });
      return list;
    } catch (error) {
      const { kind, message } = toModalError(error);
      this.#failures.note(key, remembered(kind));
      this.#parts.logger.debug(`Names for completion (${wanted.of}) could not be read: ${message}`);
      return undefined;
    }
  }

  async #list(plane: ControlPlane, wanted: NameList, signal: AbortSignal): Promise<AccountNameList> {
    switch (wanted.of) {
      case 'environment':
        return all((await plane.listEnvironments(signal)).map(({ name }) => name));
      case 'app':
        return all((await this.#deployedApps(plane, wanted.environment, signal)).map(({ name }) => name));
      case 'function':
      case 'cls':
      case 'server': {
        const apps = await this.#deployedApps(plane, wanted.environment, signal);
        const app = apps.find(({ name }) => name === wanted.app);
        return all(app ? namesIn(await this.#details(plane, app, signal), wanted.of) : []);
      }
      default:
        return plane.objectNames(wanted.of, wanted.environment, mostPages, signal);
    }
  }

  /** As the rows show them, where they were read in this window. */
  async #deployedApps(plane: ControlPlane, environment: string, signal: AbortSignal): Promise<App[]> {
    const { snapshot } = this.#parts.store.state;
    const listed = snapshot.listedAt.has(environment)
      ? snapshot.apps.filter((app) => app.environment === environment)
      : await plane.listApps(environment, signal);
    return listed.filter(({ state, name }) => state === 'deployed' && name !== '');
  }

  async #details(plane: ControlPlane, app: App, signal: AbortSignal): Promise<AppDetails> {
    const known = this.#parts.store.state.snapshot.details.get(app.id);
    const isFresh = known?.version !== undefined && known.version === app.version;
    return isFresh ? known : plane.describeApp(app.id, signal);
  }
}

const deadConnections: ReadonlySet<AppStoreState['connection']> = new Set([
  'signedOut',
  'unauthenticated',
  'profileBroken',
]);

/** One that took too long was cancelled by our own limit. */
const remembered = (kind: ErrorKind): ErrorKind => (kind === 'cancelled' ? 'timeout' : kind);

/** They are put into code, so that only what is a name for Modal is one here. */
const all = (names: readonly string[]): AccountNameList => ({
  names: [...new Set(names.filter(isObjectName))],
  more: false,
});

const kinds = { function: 'function', cls: 'class', server: 'server' } as const;

function namesIn({ functions }: AppDetails, of: keyof typeof kinds): string[] {
  return functions.filter(({ kind }) => kind === kinds[of]).map(({ tag }) => tag.replace(/\.\*$/, ''));
}

const keyOf = (account: string, wanted: NameList) => JSON.stringify([account, ...Object.entries(wanted)]);
