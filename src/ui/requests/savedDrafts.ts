import type { Logger } from '../../domain/logger.ts';
import type { KeyedFiles } from '../../requests/keyedFiles.ts';
import type { SealKeys } from '../../requests/seal.ts';
import { Seal } from '../../requests/seal.ts';
import type { SavedSession } from './savedSession.ts';
import { readSession, sealedIn, writeSession } from './savedSession.ts';

/** The drafts of endpoints between windows, by address. Credentials in them are sealed. */
export class SavedDrafts {
  readonly #files: KeyedFiles;
  readonly #keys: SealKeys;
  readonly #logger: Logger;
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
    return readSession(text, this.#seal);
  }

  /** @throws what the file system does */
  async write(url: string, session: SavedSession): Promise<void> {
    await this.#files.write(url, writeSession(session, this.#seal));
  }

  /** The same at once, for when the window closes. @throws what the file system does */
  writeNow(url: string, session: SavedSession): void {
    this.#files.writeNow(url, writeSession(session, this.#seal));
  }

  /** Another window may have sealed it with a key of its own. */
  async #learnKey(text: string | undefined): Promise<void> {
    try {
      await this.#seal?.learn(sealedIn(text));
    } catch (error) {
      this.#logger.warn(`Credentials in a request draft cannot be read: ${String(error)}`);
    }
  }

  async #unlock(): Promise<void> {
    try {
      this.#seal = await Seal.with(this.#keys);
    } catch (error) {
      this.#unlocking = undefined;
      this.#logger.warn(`Credentials in request drafts are not kept: ${String(error)}`);
    }
  }
}
