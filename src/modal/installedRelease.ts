import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { InterpreterInput } from './cliCandidates.ts';
import { cliCandidates } from './cliCandidates.ts';

/** Where a `modal` is installed. */
export interface InstalledModal {
  readonly release: string;
  /** A virtual environment's folder, or a prefix such as `/usr`. */
  readonly environment: string;
  /** Where the packages of this Python lie. */
  readonly folders: readonly string[];
}

/**
 * The release of the nearest installed `modal`, read from the name of its metadata folder: nothing is run.
 * @returns undefined where no environment with a `modal` was found
 */
export async function installedRelease(input: InterpreterInput): Promise<string | undefined> {
  return (await nearestModal(input))?.release;
}

/** The nearest environment with a `modal`. Nothing is run. */
export async function nearestModal(input: InterpreterInput): Promise<InstalledModal | undefined> {
  for (const { command } of await cliCandidates(input)) {
    if (!path.isAbsolute(command)) continue;
    const found = await modalIn(path.dirname(path.dirname(command)));
    if (found) return found;
  }
  return undefined;
}

async function modalIn(environment: string): Promise<InstalledModal | undefined> {
  const versions = (await names(path.join(environment, 'lib'))).filter((name) => /^python3\.\d+$/.test(name));
  const places = [
    ...versions.map((name) =>
      ['lib', 'lib64'].map((lib) => path.join(environment, lib, name, 'site-packages')),
    ),
    [path.join(environment, 'Lib', 'site-packages')],
  ];
  for (const folders of places) {
    for (const name of (await Promise.all(folders.map(names))).flat()) {
      const release = /^modal-(\d[\w.]{0,40})\.dist-info$/.exec(name)?.[1];
      if (release !== undefined) return { release, environment, folders };
    }
  }
  return undefined;
}

const names = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
