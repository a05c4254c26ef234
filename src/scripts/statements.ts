import type { SyntaxNode } from '@lezer/common';
import type { PythonSource } from './pythonSource.ts';
import { childrenOf } from './pythonSource.ts';

/** Statements in statements are followed this deep; Python itself allows 100 indents. */
const deepest = 100;

export interface Statement {
  readonly statement: SyntaxNode;
  /** It may be passed over, or be run more than once. */
  readonly isConditional: boolean;
}

const withBlocks = /^(?:(?:If|Try|With|For|While|Match)Statement|MatchClause|MatchBody|Body|StatementGroup)$/;
const passedOver = /^(?:If|Try|For|While|Match)Statement$/;

/** What runs when the file is imported, in order; bodies of functions and classes do not. */
export function* moduleStatements(
  source: PythonSource,
  block: SyntaxNode,
  isConditional = false,
  depth = 0,
): Generator<Statement> {
  if (depth > deepest) return;
  for (const child of childrenOf(block)) {
    if (child.name === 'IfStatement' && isNeverTrue(source, child)) continue;
    yield { statement: child, isConditional };
    if (withBlocks.test(child.name))
      yield* moduleStatements(source, child, isConditional || passedOver.test(child.name), depth + 1);
  }
}

/** `if __name__ == "__main__":` and `if TYPE_CHECKING:` are false when the CLI imports the file. */
function isNeverTrue(source: PythonSource, statement: SyntaxNode): boolean {
  const condition = statement.firstChild?.nextSibling;
  return condition
    ? /^\(?\s*(?:__name__\s*==|(?:typing\.|t\.)?TYPE_CHECKING\s*\)?$)/.test(source.textOf(condition))
    : false;
}

/** Targets and value of `a = b = value`; several targets in one, as in `a, b = …`, have no value of their own. */
export function assignment(statement: SyntaxNode): { targets: SyntaxNode[]; value: SyntaxNode | undefined } {
  const parts = [...childrenOf(statement)].filter(({ name, type }) => name !== 'Comment' && !type.isError);
  const isUnpacking = parts.some(({ name }) => name === ',' || name === '*');
  const last = parts.at(-1);
  const hasValue = parts.at(-2)?.name === 'AssignOp' && last !== undefined && !isUnpacking;
  const targets = parts.filter((part) => part.name === 'VariableName' && !(hasValue && part === last));
  return { targets, value: hasValue ? last : undefined };
}
