import type { ModalScript, ScriptFile } from '../../../src/domain/script.ts';
import type { LinkFile, LinkFiles } from '../../../src/features/workspace/core/linking.ts';
import { parseScript } from '../../../src/features/workspace/core/parseScript.ts';
import { readLinked } from '../../../src/features/workspace/core/readLinked.ts';
import { folderOf } from '../../../src/features/workspace/core/slashPath.ts';
import { workspaceScripts } from '../../../src/features/workspace/core/workspaceScripts.ts';

/** Texts by path below the workspace folder `/w`. */
export type Texts = Readonly<Record<string, string>>;

const pathOf = (label: string) => `/w/${label}`;

function fileOf(label: string, text: string): LinkFile {
  return { uri: `file://${pathOf(label)}`, label, reading: parseScript(text) };
}

/** One file with what it imports, read as before a deploy. */
export async function linkedScript(texts: Texts, start: string): Promise<ModalScript> {
  const all = Object.keys(texts);
  const linked = await readLinked(pathOf(start), {
    list: (folder) => {
      const below = all.map(pathOf).filter((path) => path.startsWith(`${folder}/`));
      return Promise.resolve(new Set(below.map((path) => path.slice(folder.length + 1).split('/')[0] ?? '')));
    },
    read: (path) => {
      const label = path.slice('/w/'.length);
      const text = texts[label];
      return Promise.resolve(text === undefined ? undefined : fileOf(label, text));
    },
    top: () => '/w',
  });
  if (!linked) throw new Error(`${start} was not read`);
  return linked.script;
}

/** All of them, as the Scripts view lists them. */
export function workspaceOf(texts: Texts): ScriptFile[] {
  const read = new Map(Object.entries(texts).map(([label, text]) => [pathOf(label), fileOf(label, text)]));
  const present = new Set(
    [...read.keys()].flatMap((path) => [path, folderOf(path), folderOf(folderOf(path))]),
  );
  const files: LinkFiles = {
    exists: (path) => present.has(path),
    get: (path) => read.get(path),
    top: () => '/w',
  };
  return workspaceScripts([...read.keys()], files);
}
