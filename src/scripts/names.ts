import type { SyntaxNode } from '@lezer/common';
import type { PythonSource } from './pythonSource.ts';
import { childrenOf } from './pythonSource.ts';

/** What the names of a file stand for, as far as its imports tell. */
export class ImportedNames {
  readonly #source: PythonSource;
  readonly #meanings = new Map<string, string>();
  readonly #modules = new Set<string>();
  #allOfModal = false;

  constructor(source: PythonSource) {
    this.#source = source;
  }

  /** Modules that were imported, with the dots of relative ones. */
  get modules(): readonly string[] {
    return [...this.#modules];
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
    for (const [path, alias] of this.#clauses(words.slice(at + 1))) {
      if (!isFrom) this.#modules.add(path);
      // `from . import x` may mean a module x.
      else this.#modules.add(/^\.*$/.test(module) ? `${module}${path}` : module);
      if (isFrom) this.#meanings.set(alias ?? path, `${module}.${path}`);
      else this.#meanings.set(alias ?? firstPart(path), alias === undefined ? firstPart(path) : path);
      if (isFrom && module === 'modal' && path === '*') this.#allOfModal = true;
    }
  }

  /** `modal.App` for `m.App` after `import modal as m`; names that no import made stand for themselves. @param path a dotted name */
  meaning([first, ...rest]: readonly string[] = []): string | undefined {
    if (first === undefined) return undefined;
    const known = this.#meanings.get(first) ?? (this.#allOfModal ? `modal.${first}` : first);
    return [known, ...rest].join('.');
  }

  #clauses(words: readonly SyntaxNode[]): [path: string, alias?: string][] {
    const clauses: [string, string?][] = [];
    let path = '';
    let alias: string | undefined;
    let afterAs = false;
    const end = () => {
      if (path) clauses.push(alias === undefined ? [path] : [path, alias]);
      path = '';
      alias = undefined;
      afterAs = false;
    };
    for (const word of words) {
      if (word.name === ',') end();
      else if (word.name === 'as') afterAs = true;
      else if (word.name !== '(' && word.name !== ')') {
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
