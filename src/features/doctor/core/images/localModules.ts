import type { SyntaxNode } from '@lezer/common';
import { findingOf } from '../diagnose.ts';
import { modalPrefix } from '../edits.ts';
import type { ModalFile } from '../modalFile.ts';
import type { PythonFile } from '../pythonFile.ts';
import type { Rule } from '../rule.ts';
import type { Contents } from './contents.ts';
import { contentsOf, normalized } from './contents.ts';
import type { ImportPlace } from './importPlaces.ts';
import type { PendingImport, SharedFix } from './pendingImport.ts';
import { standardLibrary } from './standardLibrary.ts';
import type { Unit } from './units.ts';

export const localModule: Rule = {
  code: 'local-module',
  what: 'Importing a module of the workspace that the image does not carry',
  advice: 'Add it: image.add_local_python_source("…").',
  history: { replacedIn: '0.73.11', warnsSince: '0.73.11', failsSince: '1.0.0' },
  examples: {
    hit: `import modal

import helpers  # a file beside this one

app = modal.App("example")


@app.function()
def f():
    helpers.work()
`,
    miss: `import modal

import helpers  # a file beside this one

image = modal.Image.debian_slim().add_local_python_source("helpers")
app = modal.App("example", image=image)


@app.function()
def f():
    helpers.work()
`,
  },
};

/** Python may look elsewhere too, and releases before 1.6 took the image that was set on an app. */
const otherWays = /\bsys\.path\b|\bPYTHONPATH\b|\baddsitedir\b|\.image[ \t]*=[^=]/;

/** Imports that fail in a container, if the module is one of the workspace. */
export function missingModules(
  modal: ModalFile,
  places: readonly ImportPlace[],
  version: string,
): PendingImport[] {
  const { file } = modal;
  if (otherWays.test(file.source.text)) return [];
  const carried = new Map<Unit, Contents | undefined>();
  const carriedBy = (unit: Unit) => {
    if (!carried.has(unit)) carried.set(unit, carriedOf(unit, file));
    return carried.get(unit);
  };
  const insertions = new Map<string, { found: Insertion | undefined }>();
  return places.flatMap(({ imported, runsIn }): PendingImport[] => {
    const [first = ''] = imported.module.split('.');
    if (standardLibrary.has(first) || first === 'modal') return [];
    const lacking = runsIn.filter((unit) => lacks(carriedBy(unit), first));
    const [unit] = lacking;
    if (!unit) return [];
    const others = lacking.length > 1 ? ` and ${lacking.length - 1} more` : '';
    const detail = `${first.slice(0, 60)} is not in the image of ${unit.name.slice(0, 60)}${others}, so that importing it in the container`;
    const [finding] = findingOf(localModule, imported, version, undefined, detail);
    const key = lacking.map(({ definition }) => definition.from).join();
    const place = insertions.get(key) ?? { found: insertionFor(lacking, modal) };
    insertions.set(key, place);
    const fix = place.found && fixOf(first, place.found);
    const { module, members } = imported;
    return finding ? [{ module, members, when: 'local', finding, ...(fix ? { fix } : {}) }] : [];
  });
}

function lacks(contents: Contents | undefined, module: string): boolean {
  if (!contents || contents.modules.has(module)) return false;
  const name = normalized(module);
  // `acme-sdk` may well be what has the module `acme`.
  return ![...contents.packages].some((known) => known.includes(name) || name.includes(known));
}

/** What the image and the volumes of a unit hold; undefined where the text does not tell all of it. */
function carriedOf(unit: Unit, file: PythonFile): Contents | undefined {
  const ofApp = unit.app ? file.source.argumentsOf(unit.app.lastChild) : [];
  const isOther = [...unit.args, ...ofApp].some(({ name }) => name !== undefined && makesOther.has(name));
  if (!unit.image || isOther) return undefined;
  const own =
    unit.image === 'default'
      ? { modules: new Set<string>(), packages: new Set<string>() }
      : contentsOf(unit.image, file);
  const volumes = unit.args.find(({ name }) => name === 'volumes');
  const entries = volumes ? file.entriesOf(volumes.value) : [];
  if (!own || !entries?.every(({ key }) => typeof key === 'string')) return undefined;
  const mounted = entries.flatMap(({ key }) =>
    typeof key === 'string' ? (/^\/root\/([^/]+)/.exec(key)?.[1] ?? []) : [],
  );
  return { ...own, modules: new Set([...own.modules, ...mounted]) };
}

/** With these the file is not imported in the container, or more is there than the image has. */
const makesOther = new Set(['serialized', 'include_source', 'mounts', 'network_file_systems']);

/** Where an image is given modules. */
type Insertion = Pick<SharedFix, 'at' | 'open'>;

const fixOf = (module: string, insertion: Insertion): SharedFix => ({
  ...{ title: ['Add ', ' to the image'], name: module, edits: [] },
  ...insertion,
  ...{ item: `"${module}"`, between: ', ', close: ')' },
});

/** One image that all of them have. */
function insertionFor(units: readonly Unit[], { file }: ModalFile): Insertion | undefined {
  const [first] = units;
  if (!first?.image) return undefined;
  if (first.image === 'default') {
    const call = first.app?.lastChild;
    const prefix = modalPrefix(file.source.text);
    const isShared = units.every(({ image, app }) => image === 'default' && app?.from === first.app?.from);
    if (!call || !isShared || prefix === undefined) return undefined;
    const last = file.source.argumentsOf(call).at(-1)?.value;
    const open = `${last ? ', ' : ''}image=${prefix}Image.debian_slim().add_local_python_source(`;
    return { at: last?.to ?? call.from + 1, open };
  }
  const { node } = first.image;
  const isShared = units.every(({ image }) => typeof image === 'object' && image.node.from === node.from);
  if (!isShared || isBuiltUpon(first, file)) return undefined;
  const open = `${breakBefore(node, file)}.add_local_python_source(`;
  return { at: node.to, open };
}

/** After files were added no step may follow that builds. */
function isBuiltUpon({ variable }: Unit, file: PythonFile): boolean {
  if (variable === undefined) return false;
  const methods: string[] = [];
  file.source.tree.iterate({
    enter: ({ node: { name, firstChild, lastChild } }) => {
      const isOfImage = name === 'MemberExpression' && firstChild?.name === 'VariableName' && lastChild;
      if (isOfImage && file.source.textOf(firstChild) === variable)
        methods.push(file.source.textOf(lastChild));
    },
  });
  return methods.some((method) => method !== 'imports') || file.constant(variable)?.name === 'VariableName';
}

/** The line break before the last step, where the steps stand below each other. */
function breakBefore(image: SyntaxNode, file: PythonFile): string {
  const dot = image.firstChild?.getChild('.');
  const { text } = file.source;
  const start = dot ? text.lastIndexOf('\n', dot.from) + 1 : 0;
  const indent = dot ? text.slice(start, dot.from) : '-';
  if (indent.trim() !== '' || start === 0) return '';
  return `${text[start - 2] === '\r' ? '\r\n' : '\n'}${indent}`;
}
