import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { InterpreterInput } from './cliCandidates.ts';
import { cliCandidates } from './cliCandidates.ts';

/**
 * The release of the nearest installed `modal`, read from the name of its metadata folder: nothing is run.
 * @returns undefined where no environment with a `modal` was found
 */
export async function installedRelease(input: InterpreterInput): Promise<string | undefined> {
  for (const { command } of await cliCandidates(input)) {
    if (!path.isAbsolute(command)) continue;
    const release = await releaseIn(path.dirname(path.dirname(command)));
    if (release !== undefined) return release;
  }
  return undefined;
}

/** @param environment a virtual environment's folder, or a prefix such as `/usr` */
async function releaseIn(environment: string): Promise<string | undefined> {
  const versions = (await names(path.join(environment, 'lib'))).filter((name) => /^python3\.\d+$/.test(name));
  const folders = [
    ...versions.map((name) => path.join(environment, 'lib', name, 'site-packages')),
    path.join(environment, 'Lib', 'site-packages'),
  ];
  for (const folder of folders) {
    for (const name of await names(folder)) {
      const release = /^modal-(\d[\w.]{0,40})\.dist-info$/.exec(name)?.[1];
      if (release !== undefined) return release;
    }
  }
  return undefined;
}

const names = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
