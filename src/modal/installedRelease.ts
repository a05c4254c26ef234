import { access, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { InterpreterInput } from './cliCandidates.ts';
import { cliCandidates } from './cliCandidates.ts';

/** Where a `modal` is installed. */
export interface InstalledModal {
  readonly release: string;
  /** Where the packages of this Python lie. */
  readonly folders: readonly string[];
}

/**
 * The release of the nearest installed `modal`, read from the name of its metadata folder: nothing is run.
 * @returns undefined where no environment with a `modal` was found
 */
export async function installedRelease(input: InterpreterInput): Promise<string | undefined> {
  for (const { command } of await cliCandidates(input)) {
    const environment = await environmentOf(command);
    const found = environment === undefined ? undefined : await modalIn(environment);
    if (found) return found.release;
  }
  return undefined;
}

/** The folder of the environment of a program that exists; undefined where there is none. */
export async function environmentOf(command: string): Promise<string | undefined> {
  if (!path.isAbsolute(command)) return undefined;
  // uv and pipx link to the command in its environment; a Python of an environment is itself a link out of it.
  const isModal = /^modal(?:\.exe)?$/i.test(path.basename(command));
  const file = await (isModal ? realpath(command) : access(command).then(() => command)).catch(
    () => undefined,
  );
  return file && path.dirname(path.dirname(file));
}

/** @param environment a virtual environment's folder, or a prefix such as `/usr` */
export async function modalIn(environment: string): Promise<InstalledModal | undefined> {
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
      if (release !== undefined) return { release, folders };
    }
  }
  return undefined;
}

const names = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
