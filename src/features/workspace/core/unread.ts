import type { SyntaxNode } from '@lezer/common';
import type { UnreadReason } from '../../../domain/script.ts';
import type { AppTable } from './appTable.ts';
import type { Scope } from './parameters.ts';

const registering = new Set(['function', 'cls', 'server', 'include']);
const laterBody = new Set(['FunctionDefinition', 'ClassDefinition', 'LambdaExpression']);
const loop = new Set(['ForStatement', 'WhileStatement']);
/** Functions that only look at what they are given. */
const lookers = new Set(['print', 'repr', 'str', 'type', 'id', 'isinstance', 'getattr', 'hasattr']);

/**
 * Notes what the file does with its apps beyond what was read: each may add more.
 * @param read where the calls stand that were read
 */
export function noteUnread(scope: Scope, apps: AppTable, read: ReadonlySet<number>): void {
  const { source } = scope;
  const { paths } = apps;
  if (paths.length === 0) return;
  const roots = new Set(paths.map(([[root]]) => root));
  source.tree.iterate({
    enter: ({ node }) => {
      if (node.name !== 'VariableName' || !roots.has(source.textOf(node))) return;
      for (const [path, draft] of paths) {
        const reason = reasonOf(node, path, scope, read);
        if (reason) draft.unread.add(reason);
      }
    },
  });
}

/** @param root a use of the first name of an app's path */
function reasonOf(
  root: SyntaxNode,
  [first, ...rest]: readonly string[],
  { source, names }: Scope,
  read: ReadonlySet<number>,
): UnreadReason | undefined {
  if (source.textOf(root) !== first) return undefined;
  // In decorators the grammar has all names side by side.
  if (root.parent?.name === 'Decorator') {
    if (root.prevSibling?.name !== 'At') return undefined;
    const written = [...root.parent.getChildren('VariableName'), ...root.parent.getChildren('PropertyName')]
      .sort((a, b) => a.from - b.from)
      .map((name) => source.textOf(name));
    const [method = ''] = written.slice(1 + rest.length);
    const fits = rest.every((name, at) => written[at + 1] === name) && written.length === rest.length + 2;
    return fits && registering.has(method) ? placeReason(root.parent) : undefined;
  }
  let node = root;
  for (const name of rest) {
    const { parent } = node;
    if (parent?.name !== 'MemberExpression' || node.prevSibling || !parent.lastChild) return undefined;
    if (source.textOf(parent.lastChild) !== name) return undefined;
    node = parent;
  }
  const { parent } = node;
  if (!parent) return undefined;
  if (parent.name === 'MemberExpression' && !node.prevSibling) {
    const method = parent.lastChild ? source.textOf(parent.lastChild) : '';
    if (!registering.has(method) || read.has(root.from)) return undefined;
    if (method === 'include') return 'include';
    return inLoop(parent) ? 'loop' : 'call';
  }
  if (parent.name !== 'ArgList' || node.nextSibling?.name === 'AssignOp') return undefined;
  const callee = parent.parent?.firstChild;
  const path = callee ? source.dottedName(callee) : undefined;
  const meaning = names.meaning(path) ?? '';
  const isInclude =
    callee?.lastChild?.name === 'PropertyName' && source.textOf(callee.lastChild) === 'include';
  if (isInclude || lookers.has(meaning) || meaning.startsWith('modal.')) return undefined;
  return 'passed';
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

function inLoop(node: SyntaxNode): boolean {
  for (let at: SyntaxNode | null = node; at; at = at.parent) {
    if (laterBody.has(at.name)) return false;
    if (loop.has(at.name) || at.name.endsWith('ComprehensionExpression')) return true;
  }
  return false;
}

const costly = new Set(['gpu', 'min_containers', 'keep_warm']);

/** Whether code calls `with_options(…)` so that a function may cost more than its decorator says. */
export function choosesOptions({ source, values }: Scope): boolean {
  if (!source.text.includes('with_options')) return false;
  let found = false;
  source.tree.iterate({
    enter: ({ node }) => {
      if (found || node.name !== 'CallExpression') return;
      const { firstChild, lastChild } = node;
      if (firstChild?.lastChild?.name !== 'PropertyName') return;
      if (source.textOf(firstChild.lastChild) !== 'with_options') return;
      found = values
        .expanded(source.argumentsOf(lastChild))
        .some(({ name, unpacked }) => unpacked ?? costly.has(name ?? ''));
    },
  });
  return found;
}
