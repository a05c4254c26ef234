import { without } from '../../../shared/without.ts';
import type {
  ModalScript,
  ModuleMode,
  ScriptApp,
  ScriptEntryPoint,
  ScriptOrigin,
  ScriptUnit,
  SourcePlace,
  UnreadReason,
} from '../../../domain/script.ts';
import type { ForeignApp, ImportedName, ModuleReading } from './reading.ts';
import { folderOf, isIdentifier, join, stemOf } from './slashPath.ts';

/** Files of the workspace by path, with slashes. */
export interface LinkFiles {
  /** Every Python file that there is, read or not. */
  exists(path: string): boolean;
  /** undefined for a file that was not read. */
  get(path: string): LinkFile | undefined;
  /** The outermost folder in which Python may be told to look for modules. */
  top(path: string): string;
}

export interface LinkFile extends ScriptOrigin {
  readonly reading: ModuleReading;
}

/** Imports are followed through this many files. */
const mostFiles = 500;
/** Names that are passed on from module to module are followed this deep. */
const deepest = 30;

/** What a name stands for across files. */
type Meaning =
  | { readonly kind: 'app'; readonly path: string; readonly app: ScriptApp }
  | { readonly kind: 'module'; readonly path: string }
  /** An app perhaps: only running the file would tell. */
  | { readonly kind: 'maybe'; readonly path: string; readonly name: string; readonly place: SourcePlace }
  /** Of a package that is not in the workspace. */
  | { readonly kind: 'outside'; readonly module: string };

/** Which app is meant, across files. */
export interface AppIdentity {
  readonly path: string;
  readonly variable: string;
}

export interface LinkedApp {
  readonly app: ScriptApp;
  readonly identity: AppIdentity;
}

/** A file with its imports followed, as Python does. */
export interface LinkedScript {
  readonly script: ModalScript;
  /** Those of `script.apps`, in their order. */
  readonly linked: readonly LinkedApp[];
  /** All files of the workspace that importing this one imports, with itself. */
  readonly files: readonly string[];
}

/** Reads apps over several files: what importing one file gives to each of its apps. */
export class Linker {
  readonly #files: LinkFiles;
  readonly #linked = new Map<string, LinkedScript | undefined>();

  constructor(files: LinkFiles) {
    this.#files = files;
  }

  /** @returns undefined for a file that was not read */
  link(path: string): LinkedScript | undefined {
    if (!this.#linked.has(path)) this.#linked.set(path, this.#link(path));
    return this.#linked.get(path);
  }

  #link(path: string): LinkedScript | undefined {
    const file = this.#files.get(path);
    if (!file) return undefined;
    const layout = this.#layoutOf(path);
    return new OneFile(this.#files, path, file, layout).link();
  }

  /** The folder in which Python looks for modules, and how the file is given to the CLI. */
  #layoutOf(path: string): Layout {
    const candidates = this.#roots(path).map((root) => this.#walk(path, root));
    const own = folderOf(path);
    const inPackage = this.#files.exists(join(own, '__init__.py'));
    const isRelative =
      this.#files.get(path)?.reading.importing.some(({ module }) => module.startsWith('.')) ?? false;
    const least = Math.min(...candidates.map(({ missing }) => missing));
    const best = candidates.filter(({ missing }) => missing === least);
    const script = best.find(({ root }) => root === own);
    const outside = best.filter(({ root }) => root !== own);
    const nearest = outside.find(({ root }) => !this.#files.exists(join(root, '__init__.py'))) ?? outside[0];
    const chosen = inPackage || isRelative ? (nearest ?? script) : (script ?? nearest);
    return chosen ?? this.#walk(path, own);
  }

  /** From the file's own folder up. A folder whose name is no Python name cannot be a package. */
  #roots(path: string): string[] {
    const top = this.#files.top(path);
    const roots = [folderOf(path)];
    const stem = stemOf(path);
    if (!isIdentifier(stem)) return roots;
    for (let at = roots[0] ?? ''; at !== top && at.startsWith(top);) {
      if (!isIdentifier(at.slice(folderOf(at).length).replace('/', ''))) break;
      at = folderOf(at);
      roots.push(at);
    }
    return roots;
  }

  /** The files that importing one imports. */
  #walk(start: string, root: string): Layout {
    const files = new Set([start]);
    let missing = 0;
    const resolver = new Resolver(this.#files, root, start);
    for (const path of files) {
      if (files.size > mostFiles) break;
      for (const imported of this.#files.get(path)?.reading.importing ?? []) {
        const found = resolver.filesOf(imported, path);
        if (found === undefined) missing++;
        else for (const each of found) files.add(each);
        if (found?.length === 0 && this.#isElsewhere(imported, start, root)) missing++;
      }
    }
    return { root, missing, files: [...files] };
  }

  /** Whether a module that is not found in one folder is found in another of the candidates. */
  #isElsewhere({ module }: ImportedName, start: string, root: string): boolean {
    if (module.startsWith('.')) return false;
    const [first = ''] = module.split('.');
    return this.#roots(start).some(
      (other) => other !== root && moduleAt(this.#files, other, first) !== undefined,
    );
  }
}

interface Layout {
  readonly root: string;
  /** How many imports would fail. */
  readonly missing: number;
  readonly files: readonly string[];
}

/** Finds modules by Python's rules. */
class Resolver {
  readonly #files: LinkFiles;
  readonly #root: string;
  readonly #start: string;

  constructor(files: LinkFiles, root: string, start: string) {
    this.#files = files;
    this.#root = root;
    this.#start = start;
  }

  /** @returns undefined for a relative import that leads nowhere */
  moduleOf(module: string, importer: string): ModuleAt | undefined {
    const dots = /^\.*/.exec(module)?.[0].length ?? 0;
    const name = module.slice(dots);
    if (dots === 0) return this.#below(this.#root, name);
    let base = folderOf(importer);
    for (let count = 1; count < dots; count++) base = folderOf(base);
    // A file that is run by its path belongs to no package, and neither does a module at the top.
    const isInPackage = base !== this.#root && base.startsWith(this.#root);
    if (!isInPackage || (importer === this.#start && folderOf(importer) === this.#root)) return undefined;
    if (name) return this.#below(base, name);
    return { path: packageFile(this.#files, base), folder: base };
  }

  /** The files that an import runs; none for a module that is not of the workspace. */
  filesOf({ module, member }: ImportedName, importer: string): string[] | undefined {
    const found = this.moduleOf(module, importer);
    if (!found) return module.startsWith('.') ? undefined : [];
    const submodule = member === undefined ? undefined : this.submodule(found, member);
    const parents = this.#parents(found);
    return [...parents, ...[found.path, submodule?.path].filter((path) => path !== undefined)];
  }

  submodule({ folder }: ModuleAt, name: string): ModuleAt | undefined {
    return folder === undefined ? undefined : moduleAt(this.#files, folder, name);
  }

  #below(base: string, name: string): ModuleAt | undefined {
    let at: ModuleAt | undefined = { path: undefined, folder: base };
    for (const part of name.split('.')) {
      at = at.folder === undefined ? undefined : moduleAt(this.#files, at.folder, part);
      if (!at) return undefined;
    }
    return at;
  }

  /** Packages are run before what is in them. */
  #parents({ path, folder }: ModuleAt): string[] {
    const found: string[] = [];
    let at = path === undefined || folder !== undefined ? folderOf(folder ?? '') : folderOf(path);
    for (; at !== this.#root && at.startsWith(this.#root); at = folderOf(at)) {
      const init = packageFile(this.#files, at);
      if (init !== undefined) found.push(init);
    }
    return found;
  }
}

/** A module of the workspace. */
interface ModuleAt {
  /** Absent for a folder without `__init__.py`. */
  readonly path: string | undefined;
  /** Of a package. */
  readonly folder?: string;
}

function packageFile(files: LinkFiles, folder: string): string | undefined {
  const init = join(folder, '__init__.py');
  return files.exists(init) ? init : undefined;
}

function moduleAt(files: LinkFiles, folder: string, name: string): ModuleAt | undefined {
  const below = join(folder, name);
  const init = packageFile(files, below);
  if (init !== undefined) return { path: init, folder: below };
  if (files.exists(`${below}.py`)) return { path: `${below}.py` };
  return files.exists(below) ? { path: undefined, folder: below } : undefined;
}

/** What one file gives to each app that it names. */
class OneFile {
  readonly #files: LinkFiles;
  readonly #path: string;
  readonly #file: LinkFile;
  readonly #layout: Layout;
  readonly #resolver: Resolver;
  readonly #given = new Map<string, Given[]>();

  constructor(files: LinkFiles, path: string, file: LinkFile, layout: Layout) {
    this.#files = files;
    this.#path = path;
    this.#file = file;
    this.#layout = layout;
    this.#resolver = new Resolver(files, layout.root, path);
  }

  link(): LinkedScript {
    const { reading } = this.#file;
    const { files } = this.#layout;
    for (const path of files) this.#collect(path);
    const linked = [
      ...reading.apps.map((app) => this.#linkedApp({ path: this.#path, app }, app.variable, app)),
      ...this.#imported(),
      ...this.#dotted(),
      ...this.#outside(),
    ];
    const unreadFiles = files
      .filter((path) => !this.#files.get(path) || (this.#files.get(path)?.reading.problems.length ?? 0) > 0)
      .filter((path) => path !== this.#path)
      .map((path) => this.#files.get(path)?.label ?? path.slice(folderOf(path).length + 1));
    const module = this.#moduleMode();
    return {
      script: {
        apps: linked.map(({ app }) => app),
        problems: reading.problems,
        ...(reading.imports ? { imports: reading.imports } : {}),
        ...(module ? { module } : {}),
        ...(files.length > 1 ? { importedFiles: files.slice(1) } : {}),
        ...(unreadFiles.length > 0 ? { unreadFiles } : {}),
      },
      linked,
      files,
    };
  }

  /** What a file gives to apps of others. */
  #collect(path: string): void {
    const file = this.#files.get(path);
    for (const foreign of file?.reading.foreign ?? []) {
      const meaning = this.#meaning(path, foreign.path);
      const key = meaning && keyOf(meaning);
      if (!file || key === undefined) continue;
      this.#given.set(key, [...(this.#given.get(key) ?? []), { path, file, foreign }]);
    }
  }

  /** Names of this file that imports bind to apps. */
  #imported(): LinkedApp[] {
    const { names, stars } = this.#file.reading;
    const found = Object.entries(names).flatMap(([name, place]) => this.#importedApp(name, place) ?? []);
    const known = new Set(found.map(({ identity }) => keyOfIdentity(identity)));
    const byStar = stars.flatMap((module) => {
      const path = this.#resolver.moduleOf(module, this.#path)?.path;
      const reading = path === undefined ? undefined : this.#files.get(path)?.reading;
      const variables = [
        ...(reading?.apps ?? []).map(({ variable }) => variable),
        ...Object.keys(reading?.names ?? {}),
      ];
      return variables
        .filter((name) => !name.startsWith('_') && !(name in names))
        .flatMap((name) => this.#importedApp(name, { line: 1, column: 1 }) ?? []);
    });
    return [...found, ...byStar.filter(({ identity }) => !known.has(keyOfIdentity(identity)))];
  }

  #importedApp(name: string, { line, column }: SourcePlace): LinkedApp | undefined {
    const meaning = this.#meaning(this.#path, [name]);
    if (meaning?.kind === 'app') return this.#linkedApp(meaning, name, { line, column });
    if (meaning?.kind !== 'maybe') return undefined;
    // Only what is used like an app is one.
    if (!this.#given.has(keyOf(meaning) ?? '')) return undefined;
    const app: ScriptApp = { variable: meaning.name, ...meaning.place, units: [], entryPoints: [] };
    return this.#linkedApp({ path: meaning.path, app }, name, { line, column });
  }

  /** `common.app`, to which this file gives something. */
  #dotted(): LinkedApp[] {
    return this.#file.reading.foreign
      .filter(({ path }) => path.length > 1)
      .flatMap(({ path, line, column }) => {
        const meaning = this.#meaning(this.#path, path);
        if (meaning?.kind !== 'app') return [];
        const linked = this.#linkedApp(meaning, path.join('.'), { line, column });
        return [{ ...linked, app: { ...linked.app, unreachable: 'dotted' as const } }];
      });
  }

  /** Apps of packages that are not in the workspace. */
  #outside(): LinkedApp[] {
    const { reading } = this.#file;
    return reading.foreign.flatMap((foreign) => {
      const meaning = this.#meaning(this.#path, foreign.path);
      const [variable = ''] = foreign.path;
      if (meaning?.kind !== 'outside' || foreign.path.length > 1 || !reading.importsModal) return [];
      const { unread } = foreign;
      const given = without(foreign, 'path', 'unread');
      const app: ScriptApp = {
        ...given,
        variable,
        importedFrom: meaning.module,
        ...(unread.length > 0 ? { unread } : {}),
      };
      return [{ app, identity: { path: this.#path, variable } }];
    });
  }

  /** @param place where this file names it */
  #linkedApp(
    { path, app }: { readonly path: string; readonly app: ScriptApp },
    variable: string,
    { line, column }: SourcePlace,
  ): LinkedApp {
    const identity = { path, variable: app.variable };
    const all = this.#contentsOf(path, app, new Set());
    const isOwn = path === this.#path;
    const file = this.#files.get(path);
    const own = without(app, 'includes', 'unread');
    return {
      identity,
      app: {
        ...own,
        variable,
        line,
        column,
        units: all.units,
        entryPoints: all.entryPoints,
        ...(all.includes ? { includes: true } : {}),
        ...(all.unread.length > 0 ? { unread: all.unread } : {}),
        ...(all.choosesOptions ? { choosesOptions: true } : {}),
        ...(!isOwn && file ? { origin: { uri: file.uri, label: file.label } } : {}),
      },
    };
  }

  /** Everything that an app has when this file is imported. @param seen apps that include it */
  #contentsOf(path: string, app: ScriptApp, seen: Set<string>): Contents {
    const key = keyOfIdentity({ path, variable: app.variable });
    seen.add(key);
    const origin = this.#originOf(path);
    const given = this.#given.get(key) ?? [];
    const included = (this.#files.get(path)?.reading.included ?? [])
      .filter(({ variable }) => variable === app.variable)
      .map((include) => this.#includedContents(path, include.path, seen));
    const found = included.filter((contents) => contents !== undefined);
    const isComplete = found.length === included.length;
    const unread = new Set<UnreadReason>(app.unread);
    if (!isComplete) unread.add('include');
    else if (app.includes) unread.delete('include');
    for (const reason of [
      ...given.flatMap(({ foreign }) => foreign.unread),
      ...found.flatMap((each) => each.unread),
    ])
      unread.add(reason);
    return {
      units: [
        ...app.units.map((unit) => ({ ...unit, ...origin })),
        ...given.flatMap((each) =>
          each.foreign.units.map((unit) => ({ ...unit, ...this.#originOf(each.path) })),
        ),
        ...found.flatMap(({ units }) => units),
      ],
      // An app that is included keeps its entry points for itself.
      entryPoints: [
        ...app.entryPoints.map((entry) => ({ ...entry, ...origin })),
        ...given.flatMap((each) =>
          each.foreign.entryPoints.map((entry) => ({ ...entry, ...this.#originOf(each.path) })),
        ),
      ],
      includes: !isComplete || found.some(({ includes }) => includes),
      unread: [...unread],
      choosesOptions:
        app.choosesOptions === true ||
        given.some(({ foreign }) => foreign.choosesOptions) ||
        found.some((contents) => contents.choosesOptions),
    };
  }

  #includedContents(importer: string, path: readonly string[], seen: Set<string>): Contents | undefined {
    const meaning = path.length > 0 ? this.#meaning(importer, path) : undefined;
    if (meaning?.kind !== 'app') return undefined;
    if (seen.has(keyOf(meaning) ?? ''))
      return { units: [], entryPoints: [], unread: [], includes: false, choosesOptions: false };
    return this.#contentsOf(meaning.path, meaning.app, seen);
  }

  #originOf(path: string): { readonly origin?: ScriptOrigin } {
    const file = this.#files.get(path);
    return path === this.#path || !file ? {} : { origin: { uri: file.uri, label: file.label } };
  }

  /** What a dotted name means in a file. */
  #meaning(path: string, [first = '', ...rest]: readonly string[]): Meaning | undefined {
    let meaning = this.#nameIn(path, first, 0);
    for (const name of rest) {
      if (meaning?.kind === 'outside') return meaning;
      if (meaning?.kind !== 'module') return undefined;
      meaning = this.#memberOf({ path: meaning.path, ...packageFolder(meaning.path) }, name, 0);
    }
    return meaning?.kind === 'module' ? undefined : meaning;
  }

  #nameIn(path: string, name: string, depth: number): Meaning | undefined {
    const reading = this.#files.get(path)?.reading;
    if (!reading || depth > deepest) return undefined;
    const app = reading.apps.find(({ variable, unreachable }) => variable === name && !unreachable);
    if (app) return { kind: 'app', path, app };
    const imported = Object.hasOwn(reading.names, name) ? reading.names[name] : undefined;
    if (imported) return this.#importedName(path, imported, depth);
    const place = Object.hasOwn(reading.maybe, name) ? reading.maybe[name] : undefined;
    if (place) return { kind: 'maybe', path, name, place };
    for (const star of reading.stars) {
      const module = this.#resolver.moduleOf(star, path)?.path;
      const found =
        module === undefined || module === path ? undefined : this.#nameIn(module, name, depth + 1);
      if (found) return found;
    }
    return undefined;
  }

  #importedName(path: string, { module, member }: ImportedName, depth: number): Meaning | undefined {
    const found = this.#resolver.moduleOf(module, path);
    if (!found) return { kind: 'outside', module };
    if (member !== undefined) return this.#memberOf(found, member, depth);
    return found.path === undefined && found.folder === undefined
      ? undefined
      : { kind: 'module', path: found.path ?? join(found.folder ?? '', '__init__.py') };
  }

  #memberOf(module: ModuleAt, name: string, depth: number): Meaning | undefined {
    const own = module.path === undefined ? undefined : this.#nameIn(module.path, name, depth + 1);
    if (own) return own;
    const submodule = this.#resolver.submodule(module, name);
    const path = submodule?.path ?? (submodule?.folder && join(submodule.folder, '__init__.py'));
    return path ? { kind: 'module', path } : undefined;
  }

  /** How the CLI is given this file: by path when it belongs to no package. */
  #moduleMode(): ModuleMode | undefined {
    const { root } = this.#layout;
    if (root === folderOf(this.#path)) return undefined;
    const below = this.#path.slice(root.length + 1).replace(/\.py$/, '');
    return { folder: root, name: below.replace(/\/__init__$/, '').replaceAll('/', '.') };
  }
}

/** What a file gives to an app of another. */
interface Given {
  readonly path: string;
  readonly file: LinkFile;
  readonly foreign: ForeignApp;
}

interface Contents {
  readonly units: readonly ScriptUnit[];
  readonly entryPoints: readonly ScriptEntryPoint[];
  readonly unread: readonly UnreadReason[];
  readonly includes: boolean;
  readonly choosesOptions: boolean;
}

function packageFolder(path: string): { readonly folder?: string } {
  return path.endsWith('/__init__.py') ? { folder: folderOf(path) } : {};
}

function keyOf(meaning: Meaning): string | undefined {
  if (meaning.kind === 'app') return keyOfIdentity({ path: meaning.path, variable: meaning.app.variable });
  return meaning.kind === 'maybe' ? keyOfIdentity({ path: meaning.path, variable: meaning.name }) : undefined;
}

export function keyOfIdentity({ path, variable }: AppIdentity): string {
  return `${path}::${variable}`;
}
