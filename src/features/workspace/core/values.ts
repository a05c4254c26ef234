import type { SyntaxNode } from '@lezer/common';
import { gpuObject } from './gpuObject.ts';
import type { ImportedNames } from './names.ts';
import type { Argument, PythonSource } from './pythonSource.ts';
import { childrenOf } from './pythonSource.ts';
import type { Value } from './value.ts';
import { readNumber, readText } from './literals.ts';

/** Constants that name constants are followed this deep. */
const deepest = 20;
/** Items of a list that is made by a comprehension. */
const mostItems = 200;

const mutators = new Set([
  'append',
  'clear',
  'extend',
  'insert',
  'pop',
  'popitem',
  'remove',
  'reverse',
  'setdefault',
  'sort',
  'update',
]);

/** Reads literals, names that the module sets once to such a value, and what can be worked out of those. */
export class Values {
  readonly #source: PythonSource;
  readonly #names: ImportedNames;
  readonly #constants = new Map<string, SyntaxNode | undefined>();
  /** Names of comprehensions while their items are made. */
  readonly #items = new Map<string, Value>();
  /** Environment variables whose defaults were taken; undefined = they are not to be taken. */
  #unless: Set<string> | undefined;

  constructor(source: PythonSource, names: ImportedNames) {
    this.#source = source;
    this.#names = names;
  }

  /** Takes in a binding of a name; one that is bound twice is no constant. */
  bind(name: string, value: SyntaxNode | undefined): void {
    this.#constants.set(name, this.#constants.has(name) ? undefined : value);
  }

  /** Whether the module binds a name in a way that is read. */
  binds(name: string): boolean {
    return this.#constants.has(name);
  }

  /** What a name is bound to, once. */
  constant(name: string): SyntaxNode | undefined {
    return this.#constants.get(name);
  }

  /** Whatever changes a list or dict in place makes it no constant: `X.append(…)`, `X["a"] = …`, also inside functions. */
  forgetChanged(): void {
    const { tree } = this.#source;
    tree.iterate({
      enter: ({ node }) => {
        if (node.name === 'ScopeStatement') this.#forgetGlobals(node);
        if (node.name !== 'MemberExpression') return;
        const { firstChild, lastChild, parent } = node;
        if (!firstChild || !lastChild) return;
        const calls =
          parent?.name === 'CallExpression' &&
          lastChild.name === 'PropertyName' &&
          mutators.has(this.#source.textOf(lastChild));
        const isTarget =
          lastChild.name === ']' &&
          (parent?.name === 'UpdateStatement' ||
            parent?.name === 'DeleteStatement' ||
            this.#isAssigned(node));
        if (calls || isTarget) this.#forgetRoot(firstChild);
      },
    });
  }

  /** Its default where it is one of an environment variable: `os.environ.get("X", "L4")`. */
  readWithDefaults(node: SyntaxNode): { value: Value; unless: readonly string[] } {
    this.#unless = new Set();
    const value = this.read(node);
    const unless = [...this.#unless];
    this.#unless = undefined;
    return { value, unless };
  }

  read(node: SyntaxNode, depth = 0): Value {
    if (depth > deepest) return undefined;
    switch (node.name) {
      case 'String':
      case 'FormatString':
        return readText(this.#source, node, (inner) => this.read(inner, depth + 1));
      case 'ContinuedString': {
        const parts = [...childrenOf(node)].map((part) => this.read(part, depth + 1));
        return parts.every((part) => typeof part === 'string') ? parts.join('') : undefined;
      }
      case 'Number':
        return readNumber(this.#source.textOf(node));
      case 'UnaryExpression': {
        const value = node.lastChild && this.read(node.lastChild, depth + 1);
        return typeof value === 'number' && this.#source.textOf(node).startsWith('-') ? -value : undefined;
      }
      case 'Boolean':
        return this.#source.textOf(node) === 'True';
      case 'None':
        return this.#source.textOf(node) === 'None' ? null : undefined;
      case 'ArrayExpression':
      case 'TupleExpression':
      case 'SetExpression':
        return this.#list(node, depth);
      case 'ArrayComprehensionExpression':
        return this.comprehension(node, (item) => this.read(item, depth + 1), depth);
      case 'ParenthesizedExpression': {
        const inner = innerOf(node);
        return inner ? this.read(inner, depth + 1) : undefined;
      }
      case 'BinaryExpression':
        return this.#binary(node, depth);
      case 'VariableName': {
        const name = this.#source.textOf(node);
        if (this.#items.has(name)) return this.#items.get(name);
        const constant = this.#constants.get(name);
        return constant && this.read(constant, depth + 1);
      }
      case 'MemberExpression': {
        const environment = this.#environmentItem(node);
        if (environment) return undefined;
        const item = this.node(node, depth + 1);
        return item && item !== node ? this.read(item, depth + 1) : undefined;
      }
      case 'CallExpression':
        return this.#call(node, depth);
      default:
        return undefined;
    }
  }

  /** The expression that a name or `X["key"]` stands for; the node itself where it is none of these. */
  node(node: SyntaxNode, depth = 0): SyntaxNode | undefined {
    if (depth > deepest) return undefined;
    if (node.name === 'ParenthesizedExpression') {
      const inner = innerOf(node);
      return inner && this.node(inner, depth + 1);
    }
    if (node.name === 'VariableName') {
      const constant = this.#constants.get(this.#source.textOf(node));
      return constant && this.node(constant, depth + 1);
    }
    if (node.name !== 'MemberExpression' || node.lastChild?.name !== ']') return node;
    const [object, key] = this.#source.argumentsOf(node);
    const container = object && this.node(object.value, depth + 1);
    const wanted = key && this.read(key.value, depth + 1);
    if (!container || wanted === undefined) return undefined;
    if (container.name === 'DictionaryExpression') {
      const entry = this.entries(container, depth + 1)?.findLast((each) => each.key === wanted);
      return entry && this.node(entry.value, depth + 1);
    }
    if (typeof wanted !== 'number' || !/^(?:Array|Tuple)Expression$/.test(container.name)) return undefined;
    const items = this.#source.argumentsOf(container);
    const item = items.some(({ unpacked }) => unpacked) ? undefined : items.at(wanted);
    return item && this.node(item.value, depth + 1);
  }

  /** Of a literal dict, also one with `**OTHER` in it; undefined where a part of it is unclear. */
  entries(dict: SyntaxNode, depth = 0): { key: Value; value: SyntaxNode }[] | undefined {
    const found: { key: Value; value: SyntaxNode }[] = [];
    let key: Value;
    let state: 'key' | 'value' | 'unpacked' = 'key';
    for (const child of childrenOf(dict)) {
      if (child.name === '{' || child.name === '}' || child.name === 'Comment') continue;
      if (child.name === ',') state = 'key';
      else if (child.name === ':') state = 'value';
      else if (child.name === '**') state = 'unpacked';
      else if (state === 'key') key = this.read(child, depth + 1);
      else if (state === 'value') {
        if (key === undefined) return undefined;
        found.push({ key, value: child });
      } else {
        const other = this.node(child, depth + 1);
        const more = other?.name === 'DictionaryExpression' ? this.entries(other, depth + 1) : undefined;
        if (!more) return undefined;
        found.push(...more);
      }
      if (depth > deepest || found.length > mostItems) return undefined;
    }
    return found;
  }

  /** Arguments with those of literal dicts in the place of `**OPTS`. */
  expanded(args: readonly Argument[]): Argument[] {
    return args.flatMap((argument) => {
      if (!argument.unpacked) return [argument];
      const dict = this.node(argument.value);
      const named = dict?.name === 'CallExpression' ? this.#dictCall(dict) : undefined;
      if (named) return named;
      const entries = dict?.name === 'DictionaryExpression' ? this.entries(dict) : undefined;
      if (!entries?.every(({ key }) => typeof key === 'string')) return [argument];
      return entries.flatMap(({ key, value }) => (typeof key === 'string' ? [{ name: key, value }] : []));
    });
  }

  /** `[item for x in LIST]`, for a list whose values are known. @param make reads the item, once for each value */
  comprehension(
    node: SyntaxNode,
    make: (item: SyntaxNode) => Value,
    depth = 0,
  ): readonly Value[] | undefined {
    const parts = [...childrenOf(node)].filter(
      ({ name }) => name !== 'Comment' && name !== '[' && name !== ']',
    );
    const [item, loop, variable, , list, ...more] = parts;
    if (!item || loop?.name !== 'for' || variable?.name !== 'VariableName' || !list || more.length > 0)
      return undefined;
    const values = this.read(list, depth + 1);
    if (!isList(values) || values.length > mostItems) return undefined;
    const name = this.#source.textOf(variable);
    const before = this.#items.get(name);
    const made = values.map((value) => {
      this.#items.set(name, value);
      return make(item);
    });
    if (before === undefined) this.#items.delete(name);
    else this.#items.set(name, before);
    return made;
  }

  #list(node: SyntaxNode, depth: number): Value {
    const items = this.#source.argumentsOf(node);
    if (items.some(({ name }) => name)) return undefined;
    const made: Value[] = [];
    for (const { value, unpacked } of items) {
      const read = this.read(value, depth + 1);
      if (!unpacked) made.push(read);
      else if (isList(read)) made.push(...read);
      else return undefined;
    }
    return made;
  }

  #binary(node: SyntaxNode, depth: number): Value {
    const [left, operator, right] = childrenOf(node);
    const sign = operator ? this.#source.textOf(operator) : '';
    if (!left || !right) return undefined;
    if (sign === 'or' && this.#unless) {
      // `os.environ.get("X") or "L4"`
      const variable = this.#environmentVariable(left);
      if (variable !== undefined) return this.#defaultOf(variable, right, depth);
    }
    if (sign !== '+') return undefined;
    const [a, b] = [this.read(left, depth + 1), this.read(right, depth + 1)];
    if (isList(a) && isList(b)) return [...a, ...b];
    return typeof a === 'string' && typeof b === 'string' ? a + b : undefined;
  }

  #call(call: SyntaxNode, depth: number): Value {
    const { firstChild, lastChild } = call;
    const meaning = firstChild && this.#names.meaning(this.#source.dottedName(firstChild));
    if (!meaning) return undefined;
    const args = this.#source.argumentsOf(lastChild);
    const [first, second] = args;
    switch (meaning) {
      case 'modal.Secret.from_name': {
        const named = args.find(({ name }) => name === undefined || name === 'name');
        const secret = named && this.read(named.value, depth + 1);
        return typeof secret === 'string' ? { secret } : undefined;
      }
      case 'os.environ.get':
      case 'os.getenv': {
        const variable = this.#environmentVariable(call);
        return second && variable !== undefined ? this.#defaultOf(variable, second.value, depth) : undefined;
      }
      case 'int':
      case 'str': {
        const value = first && args.length === 1 ? this.read(first.value, depth + 1) : undefined;
        if (typeof value !== 'string' && typeof value !== 'number') return undefined;
        if (meaning === 'str') return String(value);
        return /^\s*[+-]?\d+\s*$/.test(String(value)) ? Number(value) : undefined;
      }
      case 'list':
      case 'tuple':
        return first && args.length === 1 ? this.read(first.value, depth + 1) : [];
      default:
        return gpuObject(meaning, args, (value) => this.read(value, depth + 1));
    }
  }

  #defaultOf(variable: string, value: SyntaxNode, depth: number): Value {
    if (!this.#unless) return undefined;
    this.#unless.add(variable);
    return this.read(value, depth + 1);
  }

  /** `X` of `os.environ.get("X", …)`, `os.getenv("X")` and `os.environ["X"]`. */
  #environmentVariable(node: SyntaxNode): string | undefined {
    if (node.name === 'MemberExpression') return this.#environmentItem(node);
    const { firstChild, lastChild } = node;
    if (node.name !== 'CallExpression' || !firstChild) return undefined;
    const meaning = this.#names.meaning(this.#source.dottedName(firstChild));
    if (meaning !== 'os.environ.get' && meaning !== 'os.getenv') return undefined;
    const [name] = this.#source.argumentsOf(lastChild);
    const variable = name && this.read(name.value);
    return typeof variable === 'string' ? variable : undefined;
  }

  #environmentItem(node: SyntaxNode): string | undefined {
    const { firstChild } = node;
    if (node.lastChild?.name !== ']' || !firstChild) return undefined;
    if (this.#names.meaning(this.#source.dottedName(firstChild)) !== 'os.environ') return undefined;
    const name = this.#source.argumentsOf(node)[1];
    const variable = name && this.read(name.value);
    return typeof variable === 'string' ? variable : '';
  }

  /** `dict(gpu="T4")` */
  #dictCall(call: SyntaxNode): Argument[] | undefined {
    const { firstChild, lastChild } = call;
    if (!firstChild || this.#source.textOf(firstChild) !== 'dict') return undefined;
    const args = this.expanded(this.#source.argumentsOf(lastChild));
    return args.every(({ name }) => name !== undefined) ? args : undefined;
  }

  #isAssigned(node: SyntaxNode): boolean {
    return node.parent?.name === 'AssignStatement' && node.nextSibling?.name === 'AssignOp';
  }

  #forgetRoot(object: SyntaxNode): void {
    let root: SyntaxNode | null = object;
    for (let depth = 0; root?.name === 'MemberExpression' && depth < deepest; depth++) root = root.firstChild;
    if (root?.name === 'VariableName') this.#constants.set(this.#source.textOf(root), undefined);
  }

  #forgetGlobals(statement: SyntaxNode): void {
    if (statement.firstChild?.name !== 'global') return;
    for (const name of statement.getChildren('VariableName'))
      this.#constants.set(this.#source.textOf(name), undefined);
  }
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** What brackets are around. */
export function innerOf(brackets: SyntaxNode): SyntaxNode | undefined {
  return [...childrenOf(brackets)].find(({ name }) => name !== '(' && name !== ')' && name !== 'Comment');
}
