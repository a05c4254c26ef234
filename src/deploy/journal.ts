/** Deploys under way, written down so that a window that is opened again knows what the one before it left. */

export interface JournalEntry {
  readonly key: string;
  readonly title: string;
  /** '' when only the script knows. */
  readonly appName: string;
  readonly environment: string;
  /** Unix milliseconds. */
  readonly startedAt: number;
  /** Version that was live before; absent when none was. */
  readonly versionBefore?: number;
  /** Head of the CLI's process group, once it runs. */
  readonly pid?: number;
}

/** Where it is kept: the editor's memory of the workspace in production. */
export interface JournalMemory {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const memoryKey = 'deploys';

export class DeployJournal {
  readonly #memory: JournalMemory;
  #entries: readonly JournalEntry[];

  constructor(memory: JournalMemory) {
    this.#memory = memory;
    const stored = memory.get(memoryKey);
    this.#entries = Array.isArray(stored) ? (stored as JournalEntry[]).filter(isEntry) : [];
  }

  get entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  /** Adds an entry, or replaces the one of the same deploy. */
  async write(entry: JournalEntry): Promise<void> {
    await this.#store([...this.#entries.filter(({ key }) => key !== entry.key), entry]);
  }

  async remove(key: string): Promise<void> {
    if (this.#entries.some((entry) => entry.key === key))
      await this.#store(this.#entries.filter((entry) => entry.key !== key));
  }

  async #store(entries: readonly JournalEntry[]): Promise<void> {
    this.#entries = entries;
    await this.#memory.update(memoryKey, entries);
  }
}

/** Another version of the extension may have written something else. */
function isEntry(value: Partial<JournalEntry> | undefined): boolean {
  return (
    typeof value?.key === 'string' && typeof value.title === 'string' && typeof value.startedAt === 'number'
  );
}
