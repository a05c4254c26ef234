import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { InterpreterInput } from './cliCandidates.ts';
import { cliCandidates } from './cliCandidates.ts';
import { environmentOf, modalIn } from './installedRelease.ts';

/**
 * Modules that the Python of the nearest `modal` can import, read from the folders of its environment: nothing is run.
 * @returns undefined where they are not all known: outside of virtual environments other folders count too, and what is
 * run when Python starts may add any
 */
export async function installedModules(input: InterpreterInput): Promise<ReadonlySet<string> | undefined> {
  if (input.env['PYTHONPATH']) return undefined;
  for (const { command } of await cliCandidates(input)) {
    const environment = await environmentOf(command);
    if (environment === undefined) continue;
    // A program of another kind may have a `modal` that is not seen here.
    if (!(await isClosed(environment))) return undefined;
    const found = await modalIn(environment);
    if (found) return modulesIn(found.folders);
  }
  return undefined;
}

async function modulesIn(folders: readonly string[]): Promise<ReadonlySet<string> | undefined> {
  const modules = new Set<string>();
  for (const folder of folders) {
    const entries = await names(folder);
    for (const name of entries.flatMap(moduleOf)) modules.add(name);
    for (const name of entries.filter((entry) => entry.endsWith('.pth'))) {
      const added = await addedBy(path.join(folder, name));
      if (!added) return undefined;
      for (const module of added) modules.add(module);
    }
  }
  return modules;
}

/** A virtual environment that does not look into the Python which it was made with. */
async function isClosed(environment: string): Promise<boolean> {
  const config = await readFile(path.join(environment, 'pyvenv.cfg'), 'utf8').catch(() => '');
  return /^include-system-site-packages[ \t]*=[ \t]*false\b/im.test(config);
}

/** `torch` of a folder, a file or a compiled file; none of what Python does not import. */
function moduleOf(entry: string): string[] {
  const [name = '', ...endings] = entry.split('.');
  const ending = endings.at(-1);
  const isModule = ending === undefined || ending === 'py' || ending === 'so' || ending === 'pyd';
  return isModule && /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) ? [name] : [];
}

/** Run at the start, and known to add no module. */
const harmless = /^(?:distutils-precedence|_virtualenv|a1_coverage|\w+-nspkg)\.pth$/;

/** Modules that a file for the start of Python adds; undefined for one that runs what is not known. */
async function addedBy(file: string): Promise<string[] | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const found: string[] = [];
  for (const line of lines) {
    if (!/^import[ \t]/.test(line)) {
      const folder = path.resolve(path.dirname(file), line.trim());
      found.push(...(await names(folder)).flatMap(moduleOf));
      continue;
    }
    const finder = /^import[ \t]+(__editable___\w+)/.exec(line)?.[1];
    if (finder === undefined && !harmless.test(path.basename(file))) return undefined;
    // An installation that can be edited names its modules in a file of its own.
    const source = finder ? await readFile(path.join(path.dirname(file), `${finder}.py`), 'utf8') : line;
    found.push(...[...source.matchAll(/'([\p{L}_][\p{L}\p{N}_]*)'/gu)].map(([, name = '']) => name));
  }
  return found;
}

const names = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
