import type { SyntaxNode } from '@lezer/common';
import { childrenOf, ImportedNames, PythonSource, Values } from '../../workspace/core/index.ts';
import type { Value } from '../../workspace/core/index.ts';
import type { Kind } from './bindings.ts';
import { Bindings } from './bindings.ts';
import { boundInside } from './scopes.ts';

/** One name that an import binds. */
export interface ImportClause {
  /** `modal.App` for `App` in `from modal import App as A`. */
  readonly meaning: string;
  /** The imported name; of a dotted one the last. */
  readonly node: SyntaxNode;
}

/** A Python file as the rules see it: its tree, what its names mean, and the values of its constants. */
export class PythonFile {
  readonly source: PythonSource;
  readonly #imported: ImportedNames;
  readonly #bindings: Bindings;
  readonly #values: Values;
  readonly #inside = new Map<number, ReadonlySet<string>>();
  #uses: ReadonlyMap<string, number> | undefined;

  constructor(text: string) {
    this.source = new PythonSource(text);
    this.#imported = new ImportedNames(this.source);
    this.#bindings = new Bindings(this.source, this.#imported);
    this.#values = new Values(this.source, this.#imported);
    this.#readModule(this.source.tree.topNode, 0);
  }

  /** The file imports modal under any name, or names it without having it, as a file does while it is written. */
  get namesModal(): boolean {
    const isImported = this.#imported.modules.some((name) => name === 'modal' || name.startsWith('modal.'));
    return isImported || (!this.#bindings.isBound('modal') && this.#imported.meaning(['modal']) === 'modal');
  }

  /** `modal.App` for an expression that names it, unless a function around it gives the name another meaning. */
  meaning(node: SyntaxNode): string | undefined {
    const path = this.source.dottedName(node);
    if (!path?.[0] || this.#isShadowed(path[0], node)) return undefined;
    return this.#bindings.meaning(node);
  }

  kindOf(node: SyntaxNode | null): Kind | undefined {
    const first = firstName(node);
    if (first && this.#isShadowed(this.source.textOf(first), first)) return undefined;
    return this.#bindings.kindOf(node);
  }

  /** The clauses of an `import …` or `from … import …`; those of a star are unknown. */
  clausesOf(statement: SyntaxNode): ImportClause[] {
    return clausesOf(statement, this.source);
  }

  /** What a decorator names; a name from elsewhere that registers functions is taken for an app. */
  decoratorTarget(path: readonly string[], decorator: SyntaxNode): string | undefined {
    const [first, method] = path;
    if (first === undefined || this.#isShadowed(first, decorator)) return undefined;
    const isOwn = this.#bindings.isBound(first);
    const meaning = isOwn ? undefined : this.#imported.meaning(path);
    if (meaning?.startsWith('modal.')) return meaning;
    if (path.length !== 2 || method === undefined) return undefined;
    const isApp = this.#bindings.kindOf(decorator.getChild('VariableName')) === 'app';
    const registers = /^(?:function|cls|server|local_entrypoint)$/.test(method);
    return isApp || (!isOwn && registers) ? `app.${method}` : undefined;
  }

  valueOf(node: SyntaxNode): Value {
    return this.#values.read(node);
  }

  /** Of a dict that the text tells whole. */
  entriesOf(node: SyntaxNode): readonly { readonly key: Value; readonly value: SyntaxNode }[] | undefined {
    const dict = this.#values.node(node);
    return dict?.name === 'DictionaryExpression' ? this.#values.entries(dict) : undefined;
  }

  /** How often a name stands in the file, wherever and whatever it means there. */
  usesOf(name: string): number {
    this.#uses ??= this.#countNames();
    return this.#uses.get(name) ?? 0;
  }

  /** What the module binds a name to, once. */
  constant(name: string): SyntaxNode | undefined {
    return this.#values.constant(name);
  }

  #countNames(): Map<string, number> {
    const uses = new Map<string, number>();
    this.source.tree.iterate({
      enter: ({ node }) => {
        if (node.name !== 'VariableName') return;
        const name = this.source.textOf(node);
        uses.set(name, (uses.get(name) ?? 0) + 1);
      },
    });
    return uses;
  }

  #isShadowed(name: string, node: SyntaxNode): boolean {
    for (let scope = node.parent; scope; scope = scope.parent) {
      if (!/^(?:FunctionDefinition|LambdaExpression)$/.test(scope.name)) continue;
      const bound = this.#inside.get(scope.from) ?? boundInside(scope, this.source);
      this.#inside.set(scope.from, bound);
      if (bound.has(name)) return true;
    }
    return false;
  }

  /** What runs when the file is imported; bodies of functions and classes do not bind names of the module. */
  #readModule(block: SyntaxNode, depth: number): void {
    if (depth > 100) return;
    for (const statement of childrenOf(block)) {
      if (statement.name === 'ImportStatement') this.#imported.add(statement);
      this.#bindings.add(statement);
      this.#bindConstant(statement);
      if (
        /^(?:(?:If|Try|With|For|While|Match)Statement|MatchClause|MatchBody|Body|StatementGroup)$/.test(
          statement.name,
        )
      )
        this.#readModule(statement, depth + 1);
    }
  }

  #bindConstant(statement: SyntaxNode): void {
    const { firstChild, lastChild } = statement;
    if (firstChild?.name !== 'VariableName') return;
    const isPlain = statement.name === 'AssignStatement' && lastChild?.prevSibling?.name === 'AssignOp';
    if (isPlain && !statement.getChild(',')) this.#values.bind(this.source.textOf(firstChild), lastChild);
    else if (/^(?:Assign|Update)Statement$/.test(statement.name))
      this.#values.bind(this.source.textOf(firstChild), undefined);
  }
}

function firstName(node: SyntaxNode | null): SyntaxNode | undefined {
  let first = node;
  while (first && /^(?:Member|Call)Expression$/.test(first.name)) first = first.firstChild;
  return first?.name === 'VariableName' ? first : undefined;
}

function clausesOf(statement: SyntaxNode, source: PythonSource): ImportClause[] {
  const words = [...childrenOf(statement)].filter(({ name }) => name !== 'Comment' && name !== '⚠');
  const isFrom = words[0]?.name === 'from';
  const at = isFrom ? words.findIndex(({ name }) => name === 'import') : 0;
  if (at < 0) return [];
  const module = words
    .slice(1, at)
    .map((word) => source.textOf(word))
    .join('');
  const clauses: ImportClause[] = [];
  let path: SyntaxNode[] = [];
  let isAlias = false;
  const end = () => {
    const last = path.at(-1);
    const dotted = path.map((word) => source.textOf(word)).join('.');
    if (last) clauses.push({ meaning: isFrom ? `${module}.${dotted}` : dotted, node: last });
    path = [];
    isAlias = false;
  };
  for (const word of words.slice(at + 1)) {
    if (word.name === ',') end();
    else if (word.name === 'as') isAlias = true;
    else if (word.name === 'VariableName' && !isAlias) path.push(word);
  }
  end();
  return clauses;
}
