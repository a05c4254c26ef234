import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { ModalError } from '../../domain/errors.ts';

const largestBodyFile = 50 * 1024 * 1024;

export interface BodyFilesOptions {
  /** Folders whose files may be sent without a question. */
  readonly roots: () => readonly string[];
  /** @returns whether the file may go to this server */
  readonly ask: (file: string, host: string) => Promise<boolean>;
}

/** A request that somebody else wrote must not carry away files that its reader does not expect. */
export class BodyFiles {
  readonly #options: BodyFilesOptions;
  readonly #allowed = new Set<string>();

  constructor(options: BodyFilesOptions) {
    this.#options = options;
  }

  /**
   * Asks once for each file outside of the roots and each server.
   * @returns where the file really is, behind its links
   * @throws kind `invalid` for what is not a file or too large, `cancelled` when the user says no
   */
  async allow(name: string, url: string): Promise<string> {
    const file = await realpath(name).catch(() => undefined);
    const facts = file === undefined ? undefined : await stat(file);
    if (file === undefined || !facts?.isFile())
      throw new ModalError('invalid', `The body names ${name}, which is not there or is no file.`);
    if (facts.size > largestBodyFile)
      throw new ModalError('invalid', `${name} is larger than 50 MB and is not sent.`);
    const host = URL.canParse(url) ? new URL(url).host : url;
    const question = `${file}\n${host}`;
    if (this.#allowed.has(question) || (await this.#isInside(file))) return file;
    if (!(await this.#options.ask(file, host))) throw new ModalError('cancelled', 'Cancelled');
    this.#allowed.add(question);
    return file;
  }

  async #isInside(file: string): Promise<boolean> {
    for (const folder of this.#options.roots()) {
      const way = path.relative(await realpath(folder).catch(() => folder), file);
      if (way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way)) return true;
    }
    return false;
  }
}
