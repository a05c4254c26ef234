import type { SyntaxNode } from '@lezer/common';
import type { ImportedNames, PythonSource } from '../../workspace/core/index.ts';
import { childrenOf } from '../../workspace/core/index.ts';
import { ownValue } from '../../../shared/ownValue.ts';

/** What a name or an expression holds, as far as the file tells. */
export type Kind = 'app' | 'image' | 'function' | 'cls' | 'object';

const deepest = 60;

const makers: Readonly<Record<string, Kind>> = {
  'modal.App': 'app',
  'modal.Stub': 'app',
  'modal.app.App': 'app',
  'modal.Function.from_name': 'function',
  'modal.Function.lookup': 'function',
  'modal.Cls.from_name': 'cls',
  'modal.Cls.lookup': 'cls',
};

const registered: Readonly<Record<string, Kind>> = { function: 'function', cls: 'cls', server: 'cls' };

/** The names that the module binds, to what they hold for all of its life; a name that is bound twice holds nothing. */
export class Bindings {
  readonly #source: PythonSource;
  readonly #names: ImportedNames;
  readonly #kinds = new Map<string, Kind | undefined>();
  readonly #bound = new Set<string>();

  constructor(source: PythonSource, names: ImportedNames) {
    this.#source = source;
    this.#names = names;
  }

  /** Takes in a statement of the module, in order. */
  add(statement: SyntaxNode): void {
    if (statement.name === 'AssignStatement') this.#assign(statement);
    else if (statement.name === 'DecoratedStatement')
      this.#define(statement.lastChild, this.#decorated(statement));
    else if (/^(?:Function|Class)Definition$/.test(statement.name)) this.#define(statement, undefined);
  }

  /** The module itself binds it, and not by an import. */
  isBound(name: string): boolean {
    return this.#bound.has(name);
  }

  kindOf(node: SyntaxNode | null, depth = 0): Kind | undefined {
    if (!node || depth > deepest) return undefined;
    switch (node.name) {
      case 'VariableName':
        return this.#kinds.get(this.#source.textOf(node));
      case 'ParenthesizedExpression':
        return this.kindOf(node.firstChild?.nextSibling ?? null, depth + 1);
      case 'MemberExpression':
        return this.kindOf(node.firstChild, depth + 1) === 'object' ? 'function' : undefined;
      case 'CallExpression':
        return this.#made(node, depth);
      default:
        return undefined;
    }
  }

  #made(call: SyntaxNode, depth: number): Kind | undefined {
    const callee = call.firstChild;
    if (!callee) return undefined;
    const meaning = this.meaning(callee);
    const maker = meaning && ownValue(makers, meaning);
    if (maker) return maker;
    if (meaning?.startsWith('modal.Image.')) return 'image';
    if (callee.name !== 'MemberExpression')
      return this.kindOf(callee, depth + 1) === 'cls' ? 'object' : undefined;
    // Asked once: each step of a chain would double the time of those before it.
    const base = this.kindOf(callee.firstChild, depth + 1);
    // Every method of an image makes an image; `app.include(…)` is the app.
    if (base === 'image') return 'image';
    return base === 'app' && this.#lastName(callee) === 'include' ? 'app' : undefined;
  }

  /** The dotted name of an expression with its imports resolved, as in `modal.App`. */
  meaning(node: SyntaxNode): string | undefined {
    const path = this.#source.dottedName(node);
    if (!path?.[0] || this.#bound.has(path[0])) return undefined;
    return this.#names.meaning(path);
  }

  #lastName(member: SyntaxNode): string {
    return member.lastChild ? this.#source.textOf(member.lastChild) : '';
  }

  #assign(statement: SyntaxNode): void {
    const parts = [...childrenOf(statement)].filter(({ name }) => name !== 'Comment' && name !== 'TypeDef');
    const value = parts.at(-1);
    const targets = parts.slice(0, -1).filter(({ name }) => name === 'VariableName');
    const isUnpacking = parts.some(({ name }) => name === ',');
    const kind = isUnpacking ? undefined : this.kindOf(value ?? null);
    for (const target of targets) this.#bind(this.#source.textOf(target), kind);
  }

  #define(definition: SyntaxNode | null, kind: Kind | undefined): void {
    const name = definition?.getChild('VariableName');
    if (name) this.#bind(this.#source.textOf(name), kind);
  }

  #bind(name: string, kind: Kind | undefined): void {
    const isSame = !this.#bound.has(name) || this.#kinds.get(name) === kind;
    this.#kinds.set(name, isSame ? kind : undefined);
    this.#bound.add(name);
  }

  #decorated(statement: SyntaxNode): Kind | undefined {
    for (const decorator of statement.getChildren('Decorator')) {
      const [variable, method, ...more] = namesOf(decorator).map((name) => this.#source.textOf(name));
      if (variable === undefined || method === undefined || more.length > 0) continue;
      const kind = this.#kinds.get(variable) === 'app' ? ownValue(registered, method) : undefined;
      if (kind) return kind;
    }
    return undefined;
  }
}

/** The names of a decorator's dotted path. */
export function namesOf(decorator: SyntaxNode): SyntaxNode[] {
  return [...decorator.getChildren('VariableName'), ...decorator.getChildren('PropertyName')].sort(
    (a, b) => a.from - b.from,
  );
}
