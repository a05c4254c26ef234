import type { Disposable } from '../../../shared/emitter.ts';
import type { Logger } from '../../../shared/logger.ts';
import type { SavedRequest } from '../../../domain/savedRequest.ts';
import { SingleFlight } from '../../../store/singleFlight.ts';

export interface SavedParts {
  /** Reads the requests of the workspace's files. */
  readonly saved: () => Promise<readonly SavedRequest[]>;
  readonly onDidChangeSaved: (changed: () => void) => Disposable;
  readonly logger: Logger;
}

/**
 * The saved requests by the origin that they go to: read once somebody wants them, and when their files change after
 * that. However many files change, one read is on its way and one waits, so what was read last is what is kept.
 */
export class SavedByOrigin implements Disposable {
  readonly #parts: SavedParts;
  readonly #changed: () => void;
  readonly #reading = new SingleFlight(() => this.#read());
  #watcher: Disposable | undefined;
  #current: ReadonlyMap<string, readonly SavedRequest[]> | undefined;

  /** @param changed called after each read that worked */
  constructor(parts: SavedParts, changed: () => void) {
    this.#parts = parts;
    this.#changed = changed;
  }

  /** What was read last; undefined = nothing yet. */
  get current(): ReadonlyMap<string, readonly SavedRequest[]> | undefined {
    return this.#current;
  }

  /** Reads, and from now on reads what changes. */
  watch(): void {
    if (this.#watcher) return;
    const read = () => void this.#reading.run();
    this.#watcher = this.#parts.onDidChangeSaved(read);
    read();
  }

  dispose(): void {
    this.#watcher?.dispose();
  }

  async #read(): Promise<void> {
    try {
      this.#current = Map.groupBy(await this.#parts.saved(), ({ origin }) => origin);
      this.#changed();
    } catch (error) {
      this.#parts.logger.error("Couldn't load the saved requests", error);
    }
  }
}
