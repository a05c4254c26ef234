import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@lezer/python';
import type { SourcePlace } from '../domain/script.ts';

/** An argument of a call: positional, `name=value`, or unpacked by `*` or `**`. */
export interface Argument {
  readonly name?: string;
  readonly unpacked?: true;
  readonly value: SyntaxNode;
}

/** Names in dots are followed this deep; deeper is nonsense. */
const deepestName = 20;

/** Python text with its syntax tree. Positions in the tree are positions in the text. */
export class PythonSource {
  readonly text: string;
  readonly tree: Tree;
  readonly #lineStarts: number[];

  constructor(text: string) {
    this.text = text;
    this.tree = parsePython(text);
    this.#lineStarts = [0];
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#lineStarts.push(at + 1);
  }

  textOf({ from, to }: { readonly from: number; readonly to: number }): string {
    return this.text.slice(from, to);
  }

  place(position: number): SourcePlace {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= position) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: position - (this.#lineStarts[low] ?? 0) + 1 };
  }

  /** `['modal', 'App']` of `modal.App`; undefined for anything that is no dotted name. */
  dottedName(node: SyntaxNode): string[] | undefined {
    const names: string[] = [];
    let current = node;
    while (current.name === 'MemberExpression' && names.length < deepestName) {
      const { firstChild, lastChild } = current;
      if (!firstChild || lastChild?.name !== 'PropertyName') return undefined;
      names.unshift(this.textOf(lastChild));
      current = firstChild;
    }
    if (current.name !== 'VariableName') return undefined;
    return [this.textOf(current), ...names];
  }

  argumentsOf(list: SyntaxNode | null): Argument[] {
    const found: Argument[] = [];
    let name: string | undefined;
    let unpacked = false;
    for (const child of childrenOf(list)) {
      if (child.name === '*' || child.name === '**') unpacked = true;
      else if (child.name === 'AssignOp') {
        const before = found.pop();
        name = before && this.textOf(before.value);
      } else if (!isPunctuation(child)) {
        found.push({
          value: child,
          ...(name === undefined ? {} : { name }),
          ...(unpacked ? { unpacked } : {}),
        });
        name = undefined;
        unpacked = false;
      }
    }
    return found;
  }
}

export function parsePython(text: string): Tree {
  return parser.parse(respell(text));
}

/**
 * The grammar does not know some forms that Python does. They are replaced by others of the same length, so that
 * positions stay true: `1.` by `10`, a bare `yield` by `None`, `for a, *b in` by `for a,  b in`, `with x as (a, b):`
 * by `with x as ______:`. Inside texts this does no harm: a text is always read from the file, not from the tree.
 */
function respell(text: string): string {
  return withoutStars(text)
    .replace(/(?<![\w.])\d[\d_]*\.(?![\w.])/g, (number) => `${number.slice(0, -1)}0`)
    .replace(/\byield(?=[ \t]*(?:[)\]};#\r\n]|$))/g, 'None ')
    .replace(/\bas[ \t]+\([ \t]*[A-Za-z_][\w \t,]*\)(?=[ \t]*[:,)])/g, (target) =>
      'as '.padEnd(target.length, '_'),
    );
}

/** Blanks the stars between a `for` and the next `in` of its line. */
function withoutStars(text: string): string {
  let result = '';
  let from: number | undefined;
  let done = 0;
  for (const { 0: word, index } of text.matchAll(/\b(?:for|in)\b|[\n:]/g)) {
    if (word === 'for') from ??= index;
    else if (word !== 'in') from = undefined;
    else if (from !== undefined) {
      const clause = text.slice(from, index).replace(/\*(?=\s*[A-Za-z_])/g, ' ');
      result += text.slice(done, from) + clause;
      done = index;
      from = undefined;
    }
  }
  return result + text.slice(done);
}

export function* childrenOf(node: SyntaxNode | null): Generator<SyntaxNode> {
  for (let child = node?.firstChild ?? null; child; child = child.nextSibling) yield child;
}

function isPunctuation({ name, type }: SyntaxNode): boolean {
  return type.isError || name === 'Comment' || /^[^\w]+$/.test(name);
}
