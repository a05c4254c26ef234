/** Small faults that can be put into a TypeScript file, one at a time. */
import ts from 'typescript';

export const mutationKinds = [
  'condition',
  'signal',
  'limit',
  'cleanup',
  'redaction',
  'statement',
  'return',
] as const;

export type MutationKind = (typeof mutationKinds)[number];

export interface Mutation {
  readonly kind: MutationKind;
  /** From 1. */
  readonly line: number;
  /** The lines that it stands in. */
  readonly context: string;
  /** Where the text stands that is replaced. */
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

type Found = readonly [kind: MutationKind, node: ts.Node, replacement: string];

/** Everything that could be wrong in a file without its types noticing at once. */
export function mutationsOf(file: string, text: string): Mutation[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Mutation[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node)) return;
    for (const [kind, target, replacement] of faultsAt(node)) {
      const [start, end] = [target.getStart(source), target.end];
      const line = source.getLineAndCharacterOfPosition(start).line + 1;
      const context = text.slice(text.lastIndexOf('\n', start) + 1, text.indexOf('\n', end));
      if (text.slice(start, end) !== replacement)
        found.push({ kind, line, context, start, end, replacement });
    }
    node.forEachChild(visit);
  };
  visit(source);
  return found;
}

function faultsAt(node: ts.Node): Found[] {
  return [
    ...conditions(node),
    ...signals(node),
    ...limits(node),
    ...cleanups(node),
    ...redactions(node),
    ...statements(node),
  ];
}

/** The other of two operators that a slip confuses. */
const swapped: Partial<Record<ts.SyntaxKind, string>> = {
  [ts.SyntaxKind.AmpersandAmpersandToken]: '||',
  [ts.SyntaxKind.BarBarToken]: '&&',
  [ts.SyntaxKind.LessThanToken]: '<=',
  [ts.SyntaxKind.LessThanEqualsToken]: '<',
  [ts.SyntaxKind.GreaterThanToken]: '>=',
  [ts.SyntaxKind.GreaterThanEqualsToken]: '>',
  [ts.SyntaxKind.EqualsEqualsEqualsToken]: '!==',
  [ts.SyntaxKind.ExclamationEqualsEqualsToken]: '===',
  [ts.SyntaxKind.PlusToken]: '-',
  [ts.SyntaxKind.MinusToken]: '+',
};

function conditions(node: ts.Node): Found[] {
  if (ts.isIfStatement(node)) return [['condition', node.expression, `!(${node.expression.getText()})`]];
  if (ts.isConditionalExpression(node))
    return [['condition', node.condition, `!(${node.condition.getText()})`]];
  if (!ts.isBinaryExpression(node)) return [];
  const other = swapped[node.operatorToken.kind];
  return other === undefined ? [] : [['condition', node.operatorToken, other]];
}

/** Names under which signals are passed on. */
const signalName = /^(?:this\.#?\w+\.)?(?:\w*signal|ends|cancel|both|limit|abandoned)$/i;

function signals(node: ts.Node): Found[] {
  if (ts.isCallExpression(node)) {
    const callee = node.expression.getText();
    if (callee === 'AbortSignal.any') {
      const [list] = node.arguments;
      if (!list || !ts.isArrayLiteralExpression(list)) return [];
      return list.elements.map((kept) => ['signal', node, kept.getText()]);
    }
    if (/\.(?:abort|throwIfAborted)$/.test(callee)) return [['signal', node, 'undefined']];
    if (/^(?:Number|String|clearTimeout|signalGroup|(?:Math|Array|Object|process)\..*)$/.test(callee))
      return [];
    return node.arguments
      .filter((argument) => signalName.test(argument.getText()))
      .map((argument) => ['signal', argument, 'undefined as never']);
  }
  if (ts.isShorthandPropertyAssignment(node) && signalName.test(node.name.text))
    return [['signal', node, `${node.name.text}: undefined as never`]];
  if (ts.isPropertyAssignment(node) && signalName.test(node.initializer.getText()))
    return [['signal', node.initializer, 'undefined as never']];
  return [];
}

/** Constants of a file, apart from times: a test must not measure those. */
function limits(node: ts.Node): Found[] {
  if (!ts.isNumericLiteral(node)) return [];
  let declaration: ts.Node = node;
  while (ts.isExpression(declaration)) declaration = declaration.parent;
  if (!ts.isVariableDeclaration(declaration) || !ts.isSourceFile(declaration.parent.parent.parent)) return [];
  return /(?:Ms|Seconds|Minutes|Days)$/.test(declaration.name.getText())
    ? []
    : [['limit', node, `(${node.getText()} + 1)`]];
}

function cleanups(node: ts.Node): Found[] {
  if (ts.isTryStatement(node)) {
    const { catchClause, finallyBlock } = node;
    const error = catchClause?.variableDeclaration?.name.getText();
    return [
      ...(finallyBlock && finallyBlock.statements.length > 0
        ? [['cleanup', finallyBlock, '{}'] as const]
        : []),
      ...(catchClause
        ? [['cleanup', catchClause, `catch (${error ?? 'thrown'}) { throw ${error ?? 'thrown'}; }`] as const]
        : []),
    ];
  }
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return [];
  const { name, expression } = node.expression;
  return name.text === 'catch' || name.text === 'finally' ? [['cleanup', node, expression.getText()]] : [];
}

const redaction =
  /^(?:redact\w*|mask\w*|masked\w*|without|clean|keepText|writtenHeader|replaceCredentials|this\.#redact|mask\.\w+)$/;

function redactions(node: ts.Node): Found[] {
  if (!ts.isCallExpression(node) || !redaction.test(node.expression.getText())) return [];
  const [first, second] = node.arguments;
  const isOfHeader = node.expression.getText().endsWith('Header');
  const shown = isOfHeader ? second : first;
  return shown ? [['redaction', node, `(${shown.getText()} as never)`]] : [];
}

function statements(node: ts.Node): Found[] {
  if (ts.isExpressionStatement(node) && !/\blogger\b|^super\b/.test(node.getText()))
    return [['statement', node, ';']];
  if (ts.isReturnStatement(node) && node.expression && node.expression.getText() !== 'undefined')
    return [['return', node.expression, 'undefined as never']];
  return [];
}
