import type { SyntaxNode } from '@lezer/common';
import type { Argument, PythonSource } from './pythonSource.ts';

export interface Decorator {
  /** `['app', 'function']`; empty for an expression that is no dotted name. */
  readonly path: readonly string[];
  readonly args: readonly Argument[];
  /** As written, behind the `@`. */
  readonly text: string;
}

export function decoratorsOf(statement: SyntaxNode, source: PythonSource): Decorator[] {
  return statement.getChildren('Decorator').map((node) => {
    const names = [...node.getChildren('VariableName'), ...node.getChildren('PropertyName')];
    const text = source.textOf({ from: node.from + 1, to: node.to });
    const path = names.sort((a, b) => a.from - b.from).map((name) => source.textOf(name));
    const isPlain = path.every((name) => /^[\p{L}\p{N}_]+$/u.test(name));
    return { path: isPlain ? path : [], args: source.argumentsOf(node.getChild('ArgList')), text };
  });
}
