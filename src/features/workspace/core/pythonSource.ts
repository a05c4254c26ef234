import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@lezer/python';
import type { SourcePlace } from '../../../domain/script.ts';
import { respellCommon, respellRare } from './respell.ts';

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
  /** The tree has errors, be they of the text or of the parser. */
  readonly stumbled: boolean;
  readonly #lineStarts: number[];

  constructor(text: string) {
    this.text = text;
    const { tree, stumbled } = parsePython(text);
    this.tree = tree;
    this.stumbled = stumbled;
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

/** @returns a tree of the text; `stumbled` where there is something in it that the parser does not understand */
function parsePython(text: string): { tree: Tree; stumbled: boolean } {
  const common = respellCommon(text);
  const tree = parser.parse(common);
  if (!hasErrors(tree)) return { tree, stumbled: false };
  const again = parser.parse(respellRare(common));
  return { tree: again, stumbled: hasErrors(again) };
}

function hasErrors(tree: Tree): boolean {
  let found = false;
  tree.iterate({ enter: ({ type }) => !found && void (found = type.isError) });
  return found;
}

export function* childrenOf(node: SyntaxNode | null): Generator<SyntaxNode> {
  for (let child = node?.firstChild ?? null; child; child = child.nextSibling) yield child;
}

function isPunctuation({ name, type }: SyntaxNode): boolean {
  return type.isError || name === 'Comment' || /^[^\w]+$/.test(name);
}
