import type { SyntaxNode } from '@lezer/common';
import type { ParameterType, ScriptParameter } from '../../../domain/script.ts';
import type { ImportedNames } from './names.ts';
import { PythonSource, childrenOf } from './pythonSource.ts';
import type { Value } from './value.ts';
import { Values, innerOf } from './values.ts';
import { ownValue } from '../../../shared/ownValue.ts';

/** A file's text with what its names and constants mean. */
export interface Scope {
  readonly source: PythonSource;
  readonly names: ImportedNames;
  readonly values: Values;
}

const unsupported: ParameterType = { kind: 'unsupported' };

/** Parameters of a `def`, as `modal run` turns them into flags. @param isMethod leaves out `self` */
export function readParameters(list: SyntaxNode | null, scope: Scope, isMethod: boolean): ScriptParameter[] {
  const found: ScriptParameter[] = [];
  let marker = '';
  let current: { name: string; annotation?: SyntaxNode; value?: SyntaxNode } | undefined;
  const end = () => {
    if (current) found.push(toParameter(current.name, marker, current.annotation, current.value, scope));
    current = undefined;
    marker = '';
  };
  for (const child of childrenOf(list)) {
    if (child.name === ',' || child.name === ')') end();
    else if (child.name === '*' || child.name === '**') marker = child.name;
    else if (!current && child.name === 'VariableName') current = { name: scope.source.textOf(child) };
    else if (current && child.name === 'TypeDef') current.annotation = child;
    else if (current && child.name !== 'AssignOp' && child.name !== 'Comment' && !child.type.isError) {
      current.value = child;
    }
  }
  end();
  return isMethod ? found.slice(1) : found;
}

/** `size: int = modal.parameter(default=3)` of a class; the CLI takes it beside the method's own. */
export function readClassParameters(body: SyntaxNode | null, scope: Scope): ScriptParameter[] {
  const { source, names } = scope;
  return [...childrenOf(body)].flatMap((statement) => {
    if (statement.name !== 'AssignStatement') return [];
    const variable = statement.firstChild;
    const annotation = statement.getChild('TypeDef');
    const call = withoutBrackets(statement.lastChild);
    if (variable?.name !== 'VariableName' || !annotation || call?.name !== 'CallExpression') return [];
    if (!call.firstChild || names.meaning(source.dottedName(call.firstChild)) !== 'modal.parameter')
      return [];
    const fallback = source.argumentsOf(call.lastChild).find(({ name }) => name === 'default');
    return [toParameter(source.textOf(variable), '', annotation, fallback?.value, scope)];
  });
}

function withoutBrackets(expression: SyntaxNode | null): SyntaxNode | null {
  let inner = expression;
  while (inner?.name === 'ParenthesizedExpression') inner = innerOf(inner) ?? null;
  return inner;
}

function toParameter(
  name: string,
  marker: string,
  typeDef: SyntaxNode | undefined,
  value: SyntaxNode | undefined,
  scope: Scope,
): ScriptParameter {
  const written = typeDef ? scope.source.textOf(typeDef).replace(/^:\s*/, '').trim() : '';
  const annotationNode = typeDef?.lastChild;
  const input = value && typedText(scope.values.read(value));
  return {
    name,
    annotation: `${marker}${written}`,
    ...(value ? { defaultValue: scope.source.textOf(value) } : {}),
    ...(input === undefined ? {} : { defaultInput: input }),
    type: typeOf(marker, annotationNode, scope),
  };
}

function typedText(value: Value): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

function typeOf(marker: string, annotation: SyntaxNode | null | undefined, scope: Scope): ParameterType {
  if (marker === '*') return { kind: 'words' };
  if (marker === '**') return unsupported;
  return annotation ? readType(annotation, scope) : { kind: 'any' };
}

const plainTypes: Readonly<Record<string, ParameterType>> = {
  str: { kind: 'str' },
  int: { kind: 'int' },
  float: { kind: 'float' },
  bool: { kind: 'bool' },
  'datetime.datetime': { kind: 'datetime' },
};

/** Follows the CLI, which knows plain types, `Optional` of those, and `Literal`. */
function readType(node: SyntaxNode, scope: Scope): ParameterType {
  switch (node.name) {
    case 'VariableName':
      return plainType(node, scope);
    case 'MemberExpression':
      return node.getChild('[') ? readSubscript(node, scope) : plainType(node, scope);
    case 'BinaryExpression': {
      const { firstChild, lastChild } = node;
      // `None | int` is another text to the CLI, which it does not know.
      if (!firstChild || scope.source.textOf(node).includes('&') || lastChild?.name !== 'None')
        return unsupported;
      return plainType(firstChild, scope);
    }
    case 'String':
      return readQuoted(node, scope);
    default:
      return unsupported;
  }
}

function plainType(node: SyntaxNode, { names, source }: Scope): ParameterType {
  return ownValue(plainTypes, names.meaning(source.dottedName(node)) ?? '') ?? unsupported;
}

function readSubscript(node: SyntaxNode, scope: Scope): ParameterType {
  const { firstChild } = node;
  const outer = firstChild && scope.names.meaning(scope.source.dottedName(firstChild));
  const items = scope.source.argumentsOf(node).slice(1);
  const [first, second] = items.map(({ value }) => value);
  switch (outer?.replace(/^typing_extensions\./, 'typing.')) {
    case 'typing.Optional':
      return first && !second ? plainType(first, scope) : unsupported;
    case 'typing.Union':
      return first && second?.name === 'None' && items.length === 2 ? plainType(first, scope) : unsupported;
    case 'typing.Annotated':
      return first ? readType(first, scope) : unsupported;
    case 'typing.Literal':
      return readLiteral(items.map(({ value }) => scope.values.read(value)));
    default:
      return unsupported;
  }
}

function readLiteral(values: readonly Value[]): ParameterType {
  const texts = values.every((value) => typeof value === 'string');
  const numbers = values.every((value) => typeof value === 'number' && Number.isInteger(value));
  return texts || numbers ? { kind: 'choice', choices: values.map(String) } : unsupported;
}

/** An annotation in quotes has text and tree of its own. */
function readQuoted(node: SyntaxNode, { values, names }: Scope): ParameterType {
  const value = values.read(node);
  if (typeof value !== 'string') return unsupported;
  const source = new PythonSource(value);
  const expression = source.tree.topNode.firstChild?.firstChild;
  if (!expression || expression.name === 'String') return unsupported;
  return readType(expression, { source, names, values: new Values(source, names) });
}
