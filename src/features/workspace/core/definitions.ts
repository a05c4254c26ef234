import type { SyntaxNode } from '@lezer/common';
import type { Decorator } from './decorators.ts';
import { decoratorsOf } from './decorators.ts';
import type { PythonSource } from './pythonSource.ts';

/** A function or class with its decorators. */
export interface Definition {
  /** With the decorators. */
  readonly statement: SyntaxNode;
  readonly definition: SyntaxNode;
  readonly decorators: readonly Decorator[];
}

/** Functions and classes of a module by name; a name that is defined twice stands for nothing. */
export class Definitions {
  readonly #source: PythonSource;
  readonly #known = new Map<string, SyntaxNode | undefined>();

  constructor(source: PythonSource) {
    this.#source = source;
  }

  /** @returns the name that the statement defines; undefined for another kind of statement */
  add(statement: SyntaxNode): string | undefined {
    const definition = statement.name === 'DecoratedStatement' ? statement.lastChild : statement;
    if (!definition || !/^(?:Function|Class)Definition$/.test(definition.name)) return undefined;
    const node = definition.getChild('VariableName');
    const name = node ? this.#source.textOf(node) : undefined;
    if (name !== undefined) this.#known.set(name, this.#known.has(name) ? undefined : statement);
    return name;
  }

  get(name: string): Definition | undefined {
    const statement = this.#known.get(name);
    const definition = statement?.name === 'DecoratedStatement' ? statement.lastChild : statement;
    return statement && definition
      ? { statement, definition, decorators: decoratorsOf(statement, this.#source) }
      : undefined;
  }

  /** A class behind the classes of the file that it inherits from, in the order in which Modal looks for methods. */
  lineage(cls: SyntaxNode, seen = new Set<number>()): SyntaxNode[] {
    if (seen.has(cls.from)) return [];
    seen.add(cls.from);
    const bases = this.#source
      .argumentsOf(cls.getChild('ArgList'))
      .filter(({ name, value }) => name === undefined && value.name === 'VariableName')
      .flatMap(({ value }) => this.get(this.#source.textOf(value))?.definition ?? [])
      .filter(({ name }) => name === 'ClassDefinition');
    return [...bases.reverse().flatMap((base) => this.lineage(base, seen)), cls];
  }
}
