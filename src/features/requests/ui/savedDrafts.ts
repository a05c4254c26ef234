import type { Logger } from '../../../shared/logger.ts';
import type { KeyedFiles } from '../core/keyedFiles.ts';
import type { SealKeys } from '../core/seal.ts';
import { Seal } from '../core/seal.ts';
import type { SavedSession } from './savedSession.ts';
import { inTurns } from '../../../shared/inTurns.ts';
import { readSession, sealedIn, writeSession, writingSession } from './savedSession.ts';

/** The drafts of endpoints between windows, by address. Credentials in them are sealed. */
export class SavedDrafts {
  readonly #files: KeyedFiles;
  readonly #keys: SealKeys;
  readonly #logger: Logger;
  /** Of the writes of each address. */
  readonly #latest = new Map<string, symbol>();
  #unlocking: Promise<void> | undefined;
  #seal: Seal | undefined;

  constructor(files: KeyedFiles, keys: SealKeys, logger: Logger) {
    this.#files = files;
    this.#keys = keys;
    this.#logger = logger;
  }

  /** Comes before any write, which must not wait for the secret storage. */
  async read(url: string): Promise<SavedSession | undefined> {
    this.#unlocking ??= this.#unlock();
    const [text] = await Promise.all([this.#files.read(url), this.#unlocking]);
    await this.#learnKey(text);
    let isWhole = true as boolean;
    const session = readSession(text, this.#seal, () => {
      isWhole = false;
    });
    if (!isWhole) await this.#setAside(url, session);
    return session;
  }

  /** @throws what the file system does */
  async write(url: string, session: SavedSession): Promise<void> {
    const own = this.#begin(url);
    const text = await inTurns(writingSession(session, this.#seal));
    // A later one has what this one has, and may have been written meanwhile.
    if (this.#latest.get(url) === own) await this.#files.write(url, text);
  }

  /** The same at once, for when the window closes. @throws what the file system does */
  writeNow(url: string, session: SavedSession): void {
    this.#begin(url);
    this.#files.writeNow(url, writeSession(session, this.#seal));
  }

  /** What could be read takes the place of the file, so that it is told of once. */
  async #setAside(url: string, session: SavedSession | undefined): Promise<void> {
    await this.#files.setAside(url);
    if (!session) return;
    await this.write(url, session).catch((error: unknown) =>
      this.#logger.warn(`A request draft could not be kept: ${String(error)}`),
    );
  }

  #begin(url: string): symbol {
    const own = Symbol(url);
    this.#latest.set(url, own);
    return own;
  }

  /** Another window may have sealed it with a key of its own. */
  async #learnKey(text: string | undefined): Promise<void> {
    try {
      await this.#seal?.learn(sealedIn(text));
    } catch (error) {
      this.#logger.warn(`Could not read credentials in a request draft: ${String(error)}`);
    }
  }

  async #unlock(): Promise<void> {
    try {
      this.#seal = await Seal.with(this.#keys);
    } catch (error) {
      this.#unlocking = undefined;
      this.#logger.warn(`Could not save credentials in request drafts: ${String(error)}`);
    }
  }
}
