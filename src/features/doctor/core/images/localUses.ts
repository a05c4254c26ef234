import type { SyntaxNode } from '@lezer/common';
import type { PythonFile } from '../pythonFile.ts';
import type { Unit } from './units.ts';

/** Who uses which names of the module: what runs when it is read, or a function. */
export class LocalUses {
  readonly #file: PythonFile;
  readonly #units: readonly Unit[];
  /** By name, the functions and classes of the module in whose bodies it stands; undefined for the module itself. */
  readonly #users = new Map<string, Set<SyntaxNode | undefined>>();
  readonly #byName = new Map<string, SyntaxNode>();
  /** How many import statements have a name in them. */
  readonly #imports = new Map<string, number>();
  #local: ReadonlySet<number> | undefined;

  constructor(file: PythonFile, units: readonly Unit[]) {
    this.#file = file;
    this.#units = units;
    const users = new Map<number, SyntaxNode>();
    file.source.tree.iterate({
      enter: ({ node }) => {
        if (node.name === 'ImportStatement') {
          this.#addImport(node);
          return false;
        }
        if (node.name !== 'VariableName') return undefined;
        const user = userOf(node);
        const same = user && (users.get(user.from) ?? user);
        if (same) users.set(same.from, same);
        const name = file.source.textOf(node);
        const isOwnName =
          /^(?:Function|Class)Definition$/.test(node.parent?.name ?? '') &&
          node.parent?.getChild('VariableName')?.from === node.from;
        if (isOwnName && !user && node.parent) this.#byName.set(name, node.parent);
        else this.#users.set(name, (this.#users.get(name) ?? new Set()).add(same));
        return undefined;
      },
    });
  }

  /** The variable of the image in whose containers everything runs that uses imported names, and nothing else does. */
  imageOfAll(names: readonly string[]): string | undefined {
    if (names.some((name) => name === '*' || this.#imports.get(name) !== 1)) return undefined;
    const users = new Set(names.flatMap((name) => [...(this.#users.get(name) ?? [])]));
    this.#local ??= this.#localFunctions();
    const local = this.#local;
    const units = [...users].map((user) => this.#units.find(({ definition }) => isSame(definition, user)));
    if ([...users].some((user) => !user || local.has(user.from))) return undefined;
    // A function of no image may be called by any.
    const concerned = units.every((unit) => unit) ? units : this.#units;
    const variables = new Set(concerned.map((unit) => unit?.variable));
    const [variable] = variables;
    return variables.size === 1 ? variable : undefined;
  }

  #addImport(statement: SyntaxNode): void {
    const words = statement.getChildren('VariableName').map((word) => this.#file.source.textOf(word));
    for (const word of new Set(words)) this.#imports.set(word, (this.#imports.get(word) ?? 0) + 1);
  }

  /** Functions and classes that run on this computer, or perhaps: what the module and its entry points use, and so on. */
  #localFunctions(): ReadonlySet<number> {
    const local = new Set<number>();
    const isUnit = (node: SyntaxNode) => this.#units.some(({ definition }) => isSame(definition, node));
    const fresh: SyntaxNode[] = [...this.#byName.values()].filter(
      (node) => !isUnit(node) && node.parent?.name === 'DecoratedStatement',
    );
    for (const [name, users] of this.#users) {
      const node = users.has(undefined) ? this.#byName.get(name) : undefined;
      if (node && !isUnit(node)) fresh.push(node);
    }
    for (let node = fresh.pop(); node; node = fresh.pop()) {
      if (local.has(node.from)) continue;
      local.add(node.from);
      for (const [name, users] of this.#users) {
        const used = [...users].some((user) => isSame(node, user)) ? this.#byName.get(name) : undefined;
        if (used && !isUnit(used)) fresh.push(used);
      }
    }
    return local;
  }
}

const isSame = (one: SyntaxNode | undefined, other: SyntaxNode | undefined) =>
  one !== undefined && one.from === other?.from && one.name === other.name;

/**
 * The definition of the module in the body of which a name stands, so that it is only needed when that runs; undefined
 * for the module: also decorators, defaults, annotations and the bodies of classes are read with it.
 */
function userOf(node: SyntaxNode): SyntaxNode | undefined {
  let isDeferred = false;
  for (let at: SyntaxNode | null = node; at; at = at.parent) {
    const { parent } = at;
    if (!parent) return undefined;
    if (at.name === 'Body' && parent.name === 'FunctionDefinition') isDeferred = true;
    const isOfModule =
      parent.name === 'Script' || (parent.name === 'DecoratedStatement' && parent.parent?.name === 'Script');
    if (isOfModule && /^(?:Function|Class)Definition$/.test(at.name)) return isDeferred ? at : undefined;
  }
  return undefined;
}
