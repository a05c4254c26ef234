import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { ModalError } from '../../../../domain/errors.ts';

const largestBodyFile = 50 * 1024 * 1024;

/** Files that are about to leave, and where to. */
export interface LeavingFiles {
  /** Where they really are, behind their links. */
  readonly files: readonly string[];
  /** Name and port of the server that gets them. */
  readonly server: string;
}

export interface BodyFilesOptions {
  /** Folders whose files may be sent without a question; none where the request's author is not trusted. */
  readonly roots: () => readonly string[];
  /** @returns whether the files may go to this server */
  readonly ask: (leaving: LeavingFiles) => Promise<boolean>;
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
   * @param url that the files are sent to, with nothing left to fill in
   * @returns where the files really are, behind their links
   * @throws kind `invalid` for what is not a file or too large, `cancelled` when the user says no
   */
  async allow(names: readonly string[], url: string): Promise<string[]> {
    const { origin, host } = new URL(url);
    const files: string[] = [];
    for (const name of names) files.push(await realFile(name));
    const asked: string[] = [];
    for (const file of new Set(files))
      if (!this.#allowed.has(`${file}\n${origin}`) && !(await this.#isInside(file))) asked.push(file);
    if (asked.length === 0) return files;
    if (!(await this.#options.ask({ files: asked, server: host })))
      throw new ModalError('cancelled', 'Cancelled');
    for (const file of asked) this.#allowed.add(`${file}\n${origin}`);
    return files;
  }

  async #isInside(file: string): Promise<boolean> {
    for (const folder of this.#options.roots()) if (await isBelow(file, folder)) return true;
    return false;
  }
}

async function realFile(name: string): Promise<string> {
  const file = await realpath(name).catch(() => undefined);
  const facts = file === undefined ? undefined : await stat(file);
  if (file === undefined || !facts?.isFile())
    throw new ModalError('invalid', `The body refers to ${name}, which doesn't exist or isn't a file.`);
  if (facts.size > largestBodyFile)
    throw new ModalError('invalid', `${name} is larger than 50 MB and isn't sent.`);
  return file;
}

/** @param file without links in it */
export async function isBelow(file: string, folder: string): Promise<boolean> {
  const way = path.relative(await realpath(folder).catch(() => folder), file);
  return way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way);
}
