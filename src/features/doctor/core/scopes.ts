import type { SyntaxNode } from '@lezer/common';
import type { PythonSource } from '../../workspace/core/index.ts';
import { childrenOf } from '../../workspace/core/index.ts';

/** The names that a function or lambda binds for itself: parameters, and what its body assigns, defines or imports. */
export function boundInside(scope: SyntaxNode, source: PythonSource): ReadonlySet<string> {
  const names = new Set<string>();
  const add = (node: SyntaxNode | null) => {
    if (node?.name === 'VariableName') names.add(source.textOf(node));
  };
  for (const child of childrenOf(scope.getChild('ParamList'))) {
    // A default value stands behind the `=`.
    if (child.prevSibling?.name !== 'AssignOp') add(child);
  }
  scope
    .getChild('Body')
    ?.cursor()
    .iterate(({ node }) => {
      switch (node.name) {
        case 'FunctionDefinition':
        case 'ClassDefinition':
          add(node.getChild('VariableName'));
          return false;
        case 'LambdaExpression':
          return false;
        case 'AssignStatement':
        case 'ForStatement':
        case 'NamedExpression':
          for (const child of childrenOf(node)) {
            if (child.name === 'in' || child === node.lastChild) break;
            add(child);
          }
          return undefined;
        case 'as':
          add(node.nextSibling);
          return undefined;
        default:
          return undefined;
      }
    });
  return names;
}
