/** Deploys under way, written down so that a window that is opened again knows what the one before it left. */

/** What was deployed, by names: it may have changed meanwhile. */
export type JournalTarget =
  | { readonly kind: 'bundled'; readonly id: string }
  | { readonly kind: 'script'; readonly script: string; readonly variable?: string };

export interface JournalEntry {
  /** Of this one deploy: an app may be deployed twice, to two environments. */
  readonly id: string;
  /** Whose Modal it is: server and workspace, whatever token opens them; another account knows nothing of it. */
  readonly account: string;
  readonly title: string;
  /** '' when only the script knows. */
  readonly appName: string;
  readonly environment: string;
  /** Absent in entries of earlier versions. */
  readonly target?: JournalTarget;
  /** Unix milliseconds. */
  readonly startedAt: number;
  /** Version that was live before; absent when none was. */
  readonly versionBefore?: number;
  /** Head of the CLI's process group, once it runs. */
  readonly pid?: number;
  /** Of an app that this deploy has made. */
  readonly appId?: string;
}

/** Where it is kept: the editor's memory of the workspace in production. */
export interface JournalMemory {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const memoryKey = 'deploys';

/** What was cut off longer ago is no news, and process ids are used again. */
const oldestMs = 7 * 24 * 60 * 60_000;

export class DeployJournal {
  readonly #memory: JournalMemory;
  #entries: readonly JournalEntry[];

  constructor(memory: JournalMemory, now = Date.now()) {
    this.#memory = memory;
    const stored = memory.get(memoryKey);
    this.#entries = (Array.isArray(stored) ? (stored as JournalEntry[]) : [])
      .filter(isEntry)
      .filter(({ startedAt }) => now - startedAt < oldestMs)
      .map((entry) => ({ ...entry, account: withoutToken(entry.account) }));
  }

  get entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  /** Adds an entry, or replaces what is known of the same deploy. */
  async write(entry: JournalEntry): Promise<void> {
    await this.#store([...this.#entries.filter(({ id }) => id !== entry.id), entry]);
  }

  async remove(id: string): Promise<void> {
    if (this.#entries.some((entry) => entry.id === id))
      await this.#store(this.#entries.filter((entry) => entry.id !== id));
  }

  async #store(entries: readonly JournalEntry[]): Promise<void> {
    this.#entries = entries;
    await this.#memory.update(memoryKey, entries);
  }
}

/** Another version of the extension may have written something else. */
function isEntry(value: Partial<JournalEntry> | undefined | null): boolean {
  return (
    typeof value?.id === 'string' &&
    typeof value.account === 'string' &&
    typeof value.title === 'string' &&
    typeof value.environment === 'string' &&
    typeof value.startedAt === 'number'
  );
}

/** Versions up to 0.7.0 noted server, profile and a hash of the token, which a new sign-in changes. */
function withoutToken(account: string): string {
  const [, server, profile] = /^snapshot:(.+):([^:]*):[0-9a-f]{12}$/.exec(account) ?? [];
  return server === undefined ? account : `${server}|${profile ?? ''}`;
}
