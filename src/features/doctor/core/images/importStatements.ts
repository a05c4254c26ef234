import type { SyntaxNode } from '@lezer/common';
import type { PythonSource } from '../../../workspace/core/index.ts';
import { childrenOf } from '../../../workspace/core/index.ts';

/** One module that a statement imports. */
export interface ImportedModule {
  readonly statement: SyntaxNode;
  /** `pkg.util`, without dots before it. */
  readonly module: string;
  /** What is taken from it; `*` for all. */
  readonly members: readonly string[];
  /** Names that it binds. */
  readonly bound: readonly string[];
  /** Where the module is named. */
  readonly from: number;
  readonly to: number;
  /** The statement imports nothing else. */
  readonly isAlone: boolean;
}

/** The modules of an `import …` or `from … import …`; none of a relative one. */
export function importedModules(statement: SyntaxNode, source: PythonSource): ImportedModule[] {
  const words = [...childrenOf(statement)].filter(({ name, type }) => name !== 'Comment' && !type.isError);
  const at = words.findIndex(({ name }) => name === 'import');
  if (at < 0) return [];
  const clauses = clausesOf(words.slice(at + 1), source);
  if (words[0]?.name !== 'from')
    return clauses.map(({ path, bound, from, to }) => ({
      ...{ statement, module: path, members: [], bound: [bound], from, to, isAlone: clauses.length === 1 },
    }));
  const named = words.slice(1, at);
  const module = named.map((word) => source.textOf(word)).join('');
  const [first, last] = [named[0], named.at(-1)];
  if (!first || !last || module.startsWith('.')) return [];
  const members = clauses.map(({ path }) => path);
  const bound = clauses.map((clause) => clause.alias ?? clause.path);
  return [{ statement, module, members, bound, from: first.from, to: last.to, isAlone: true }];
}

interface Clause {
  readonly path: string;
  readonly alias?: string;
  readonly bound: string;
  readonly from: number;
  readonly to: number;
}

function clausesOf(words: readonly SyntaxNode[], source: PythonSource): Clause[] {
  const clauses: Clause[] = [];
  let path: SyntaxNode[] = [];
  let alias: string | undefined;
  const end = () => {
    const [first, last] = [path[0], path.at(-1)];
    const text = path.map((word) => source.textOf(word)).join('');
    if (first && last)
      clauses.push({
        ...{ path: text, from: first.from, to: last.to, bound: alias ?? text.split('.')[0] ?? text },
        ...(alias === undefined ? {} : { alias }),
      });
    path = [];
    alias = undefined;
  };
  let isAlias = false;
  for (const word of words) {
    if (word.name === '(' || word.name === ')') continue;
    if (word.name === ',') end();
    if (word.name === 'as') isAlias = true;
    else if (word.name !== ',' && isAlias) {
      alias = source.textOf(word);
      isAlias = false;
    } else if (word.name !== ',') path.push(word);
  }
  end();
  return clauses;
}
