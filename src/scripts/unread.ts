import type { SyntaxNode } from '@lezer/common';
import type { UnreadReason } from '../domain/script.ts';
import type { AppDraft } from './appDraft.ts';
import type { PythonSource } from './pythonSource.ts';

const registering = new Set(['function', 'cls', 'server', 'include']);
const laterBody = new Set(['FunctionDefinition', 'ClassDefinition', 'LambdaExpression']);
const loop = new Set(['ForStatement', 'WhileStatement']);

/** What the file does with its apps beyond decorators of its own functions and classes: each may add more. */
export function unreadReasons(
  source: PythonSource,
  apps: ReadonlyMap<string, AppDraft>,
): ReadonlyMap<AppDraft, ReadonlySet<UnreadReason>> {
  const reasons = new Map<AppDraft, Set<UnreadReason>>();
  if (apps.size === 0) return reasons;
  source.tree.iterate({
    enter: ({ node }) => {
      if (node.name !== 'VariableName') return;
      const draft = apps.get(source.textOf(node));
      const reason = draft && reasonOf(node, source);
      if (!draft || !reason) return;
      const known = reasons.get(draft);
      if (known) known.add(reason);
      else reasons.set(draft, new Set([reason]));
    },
  });
  return reasons;
}

/** @param name a use of an app's variable */
function reasonOf(name: SyntaxNode, source: PythonSource): UnreadReason | undefined {
  const { parent } = name;
  if (!parent) return undefined;
  // Behind the dot, which the grammar calls a property in expressions and a variable in decorators.
  const property = name.nextSibling?.name === '.' ? name.nextSibling.nextSibling : null;
  const method = property ? source.textOf(property) : '';
  if (parent.name === 'Decorator' && name.prevSibling?.name === 'At')
    return registering.has(method) ? placeReason(parent) : undefined;
  if (parent.name === 'MemberExpression' && name.prevSibling === null && registering.has(method))
    return method === 'include' ? 'include' : 'call';
  return parent.name === 'ArgList' && name.nextSibling?.name !== 'AssignOp' ? 'passed' : undefined;
}

/** A decorator that is read where it stands has no reason. */
function placeReason(decorator: SyntaxNode): UnreadReason | undefined {
  let reason: UnreadReason | undefined;
  // From the decorated statement on: its own definition is beside the decorator, not around it.
  for (let node = decorator.parent?.parent ?? null; node; node = node.parent) {
    if (laterBody.has(node.name)) return 'call';
    if (loop.has(node.name)) reason = 'loop';
  }
  return reason;
}
