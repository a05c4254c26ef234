import type { SyntaxNode } from '@lezer/common';
import type { PythonSource } from './pythonSource.ts';
import { childrenOf } from './pythonSource.ts';

/** Statements in statements are followed this deep; Python itself allows 100 indents. */
const deepest = 100;

export interface Statement {
  readonly statement: SyntaxNode;
  /** It may be passed over, or be run more than once. */
  readonly isConditional: boolean;
  /** It stands in a loop. */
  readonly isRepeated: boolean;
}

const withBlocks = /^(?:(?:If|Try|With|For|While|Match)Statement|MatchClause|MatchBody|Body|StatementGroup)$/;
const loop = /^(?:For|While)Statement$/;
const passedOver = /^(?:If|Try|For|While|Match)Statement$/;

/** What runs when the file is imported, in order; bodies of functions and classes do not. */
export function* moduleStatements(
  source: PythonSource,
  block: SyntaxNode,
  around: Omit<Statement, 'statement'> = { isConditional: false, isRepeated: false },
  depth = 0,
): Generator<Statement> {
  if (depth > deepest) return;
  for (const child of childrenOf(block)) {
    if (child.name === 'IfStatement' && isNeverTrue(source, child)) {
      // What stands behind its first block runs instead.
      for (const other of child.getChildren('Body').slice(1))
        yield* moduleStatements(source, other, around, depth + 1);
      continue;
    }
    yield { statement: child, ...around };
    if (!withBlocks.test(child.name)) continue;
    const inside = {
      isConditional: around.isConditional || passedOver.test(child.name),
      isRepeated: around.isRepeated || loop.test(child.name),
    };
    yield* moduleStatements(source, child, inside, depth + 1);
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
