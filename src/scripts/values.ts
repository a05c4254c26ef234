import type { SyntaxNode } from '@lezer/common';
import type { ImportedNames } from './names.ts';
import type { PythonSource } from './pythonSource.ts';
import { childrenOf } from './pythonSource.ts';
import { ownValue } from '../domain/ownValue.ts';

/** A `modal.Secret.from_name("…")`. */
export interface SecretValue {
  readonly secret: string;
}

/** What an expression is without running it; undefined = only running it would tell. */
export type Value = string | number | boolean | null | SecretValue | readonly Value[] | undefined;

/** Constants that name constants are followed this deep. */
const deepest = 20;

/** Reads literals, and names that the module sets once to such a value. */
export class Values {
  readonly #source: PythonSource;
  readonly #names: ImportedNames;
  readonly #constants = new Map<string, SyntaxNode | undefined>();

  constructor(source: PythonSource, names: ImportedNames) {
    this.#source = source;
    this.#names = names;
  }

  /** Takes in a binding of a name; one that is bound twice is no constant. */
  bind(name: string, value: SyntaxNode | undefined): void {
    this.#constants.set(name, this.#constants.has(name) ? undefined : value);
  }

  read(node: SyntaxNode, depth = 0): Value {
    if (depth > deepest) return undefined;
    switch (node.name) {
      case 'String':
      case 'FormatString':
        return this.#string(node, depth);
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
      case 'ParenthesizedExpression': {
        const inner = node.firstChild?.nextSibling;
        return inner ? this.read(inner, depth + 1) : undefined;
      }
      case 'VariableName': {
        const constant = this.#constants.get(this.#source.textOf(node));
        return constant && this.read(constant, depth + 1);
      }
      case 'CallExpression':
        return this.#secret(node, depth);
      default:
        return undefined;
    }
  }

  #list(node: SyntaxNode, depth: number): Value {
    const items = this.#source.argumentsOf(node);
    if (items.some(({ unpacked, name }) => unpacked ?? name)) return undefined;
    return items.map(({ value }) => this.read(value, depth + 1));
  }

  #secret(call: SyntaxNode, depth: number): Value {
    const { firstChild, lastChild } = call;
    if (!firstChild || this.#names.meaning(this.#source.dottedName(firstChild)) !== 'modal.Secret.from_name')
      return undefined;
    const args = this.#source.argumentsOf(lastChild);
    const named = args.find(({ name }) => name === undefined || name === 'name');
    const secret = named && this.read(named.value, depth + 1);
    return typeof secret === 'string' ? { secret } : undefined;
  }

  #string(node: SyntaxNode, depth: number): Value {
    const whole = this.#source.textOf(node);
    const form = /^([a-zA-Z]*)('''|"""|'|")/.exec(whole);
    const [opening = '', letters = '', quote = ''] = form ?? [];
    if (!quote || !whole.endsWith(quote) || whole.length < opening.length + quote.length) return undefined;
    const flags = letters.toLowerCase();
    if (flags.includes('b') || flags.includes('t')) return undefined;
    const decode = (text: string) => (flags.includes('r') ? text : unescapeText(text));
    const end = node.to - quote.length;
    let result = '';
    let at = node.from + opening.length;
    const isFormat = flags.includes('f');
    const take = (to: number) => {
      const text = decode(this.#source.textOf({ from: at, to }));
      result += isFormat ? text.replaceAll('{{', '{').replaceAll('}}', '}') : text;
    };
    for (const part of childrenOf(node)) {
      if (part.name !== 'FormatReplacement') continue;
      const value = this.#replacement(part, depth);
      if (value === undefined) return undefined;
      take(part.from);
      result += value;
      at = part.to;
    }
    take(end);
    return result;
  }

  /** `{NAME}` of a constant; one with a conversion or a format is left unread. */
  #replacement(node: SyntaxNode, depth: number): string | undefined {
    const [, inner, brace] = childrenOf(node);
    if (!inner || brace?.name !== '}') return undefined;
    const value = this.read(inner, depth + 1);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  }
}

function readNumber(text: string): number | undefined {
  const number = Number(text.replaceAll('_', ''));
  return Number.isFinite(number) ? number : undefined;
}

const escapes: Readonly<Record<string, string>> = {
  '\n': '',
  n: '\n',
  t: '\t',
  r: '\r',
  '0': '\0',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

function unescapeText(text: string): string {
  return text.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([\s\S]))/g,
    (whole, byte?: string, unit?: string, letter?: string) => {
      const code = byte ?? unit;
      if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
      return ownValue(escapes, letter ?? '') ?? whole;
    },
  );
}
