import type { SyntaxNode } from '@lezer/common';
import type { SourcePlace } from '../../../domain/script.ts';
import type { PythonSource } from './pythonSource.ts';
import { childrenOf } from './pythonSource.ts';
import type { ImportedName } from './reading.ts';

/** What the names of a file stand for, as far as its imports tell. */
export class ImportedNames {
  readonly #source: PythonSource;
  readonly #names = new Map<string, ImportedName & SourcePlace>();
  readonly #importing: ImportedName[] = [];
  readonly #stars: string[] = [];
  /** Names that the file itself gives a meaning. */
  readonly #own = new Set<string>();
  #importsModal = false;
  #allOfModal = false;

  constructor(source: PythonSource) {
    this.#source = source;
  }

  /** Everything that is imported, in order. */
  get importing(): readonly ImportedName[] {
    return this.#importing;
  }

  /** Modules of which all names are imported. */
  get stars(): readonly string[] {
    return this.#stars;
  }

  get importsModal(): boolean {
    return this.#importsModal;
  }

  /** Modules that were imported, with the dots of relative ones. */
  get modules(): readonly string[] {
    // `from . import x` may mean a module x.
    const paths = this.#importing.map(({ module, member = '' }) =>
      /^\.*$/.test(module) ? `${module}${member}` : module,
    );
    return [...new Set(paths)];
  }

  /** What each name stands for that an import binds. */
  get bound(): Readonly<Record<string, ImportedName & SourcePlace>> {
    return Object.fromEntries(this.#names);
  }

  /** Takes in an `import …` or `from … import …`. */
  add(statement: SyntaxNode): void {
    const words = [...childrenOf(statement)].filter(({ name }) => name !== 'Comment' && name !== '⚠');
    const isFrom = words[0]?.name === 'from';
    const at = isFrom ? words.findIndex(({ name }) => name === 'import') : 0;
    if (at < 0) return;
    const module = words
      .slice(1, at)
      .map((word) => this.#source.textOf(word))
      .join('');
    if (firstPart(module) === 'modal') this.#importsModal = true;
    for (const { path, alias, from } of this.#clauses(words.slice(at + 1))) {
      const place = this.#source.place(from);
      if (!isFrom) this.#addModule(path, alias, place);
      else if (path === '*') this.#addStar(module);
      else {
        this.#importing.push({ module, member: path });
        this.#names.set(alias ?? path, { module, member: path, ...place });
      }
    }
  }

  /** The name means something else from here on. */
  forget(name: string): void {
    this.#names.delete(name);
    this.#own.add(name);
  }

  /** What an import gave a name. */
  imported(name: string): ImportedName | undefined {
    return this.#names.get(name);
  }

  /** `modal.App` for `m.App` after `import modal as m`; names that no import made stand for themselves. @param path a dotted name */
  meaning([first, ...rest]: readonly string[] = []): string | undefined {
    if (first === undefined) return undefined;
    const known = this.#names.get(first);
    if (!known && this.#own.has(first)) return undefined;
    const root = known
      ? [known.module, known.member].filter((part) => part !== undefined).join('.')
      : this.#allOfModal
        ? `modal.${first}`
        : first;
    return [root, ...rest].join('.');
  }

  #addModule(path: string, alias: string | undefined, place: SourcePlace): void {
    this.#importing.push({ module: path });
    this.#names.set(alias ?? firstPart(path), {
      module: alias === undefined ? firstPart(path) : path,
      ...place,
    });
    if (firstPart(path) === 'modal') this.#importsModal = true;
  }

  #addStar(module: string): void {
    this.#importing.push({ module });
    this.#stars.push(module);
    if (module === 'modal') this.#allOfModal = true;
  }

  #clauses(words: readonly SyntaxNode[]): { path: string; alias?: string; from: number }[] {
    const clauses: { path: string; alias?: string; from: number }[] = [];
    let path = '';
    let alias: string | undefined;
    let afterAs = false;
    let from = 0;
    const end = () => {
      if (path) clauses.push({ path, from, ...(alias === undefined ? {} : { alias }) });
      path = '';
      alias = undefined;
      afterAs = false;
    };
    for (const word of words) {
      if (word.name === ',') end();
      else if (word.name === 'as') afterAs = true;
      else if (word.name !== '(' && word.name !== ')') {
        if (path === '') ({ from } = word);
        if (afterAs) alias = this.#source.textOf(word);
        else path += this.#source.textOf(word);
      }
    }
    end();
    return clauses;
  }
}

function firstPart(path: string): string {
  return path.split('.')[0] ?? path;
}
