import type { SyntaxNode } from '@lezer/common';
import type { Argument, PythonSource } from './pythonSource.ts';
import { childrenOf } from './pythonSource.ts';
import type { Values } from './values.ts';
import type { Value } from './value.ts';
import { innerOf } from './values.ts';

/** Names of secrets that code asks for. */
export interface SecretNames {
  readonly always: readonly string[];
  /** Those that a condition may leave out. */
  readonly maybe: readonly string[];
}

const deepest = 20;

/** The secrets that the arguments of an app or of a decorator give. What is unclear hides no others. */
export function secretNames(args: readonly Argument[], source: PythonSource, values: Values): SecretNames {
  const found = { always: new Set<string>(), maybe: new Set<string>() };
  const take = (node: SyntaxNode | undefined, isSure: boolean, depth: number): void => {
    if (!node || depth > deepest) return;
    const add = (value: Value) => {
      for (const secret of secretsIn(value)) (isSure ? found.always : found.maybe).add(secret);
    };
    switch (node.name) {
      case 'ArrayExpression':
      case 'TupleExpression':
      case 'SetExpression':
        for (const { value } of source.argumentsOf(node)) take(value, isSure, depth + 1);
        return;
      case 'BinaryExpression': {
        const isChoice = /^(?:or|and)$/.test(source.textOf(node.firstChild?.nextSibling ?? node));
        take(node.firstChild ?? undefined, isSure && !isChoice, depth + 1);
        take(node.lastChild ?? undefined, isSure && !isChoice, depth + 1);
        return;
      }
      case 'ConditionalExpression': {
        const [yes, , , , no] = childrenOf(node);
        take(yes, false, depth + 1);
        take(no, false, depth + 1);
        return;
      }
      case 'ParenthesizedExpression':
        take(innerOf(node), isSure, depth + 1);
        return;
      case 'VariableName': {
        const constant = values.node(node);
        if (constant && constant !== node) take(constant, isSure, depth + 1);
        else add(values.read(node));
        return;
      }
      default:
        add(values.read(node));
    }
  };
  for (const { name, value } of args) if (name === 'secrets' || name === 'secret') take(value, true, 0);
  return { always: [...found.always], maybe: [...found.maybe].filter((name) => !found.always.has(name)) };
}

function secretsIn(value: Value): string[] {
  if (Array.isArray(value)) return (value as readonly Value[]).flatMap(secretsIn);
  return value !== null && typeof value === 'object' && 'secret' in value ? [value.secret] : [];
}
