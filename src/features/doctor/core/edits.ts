import type { SyntaxNode } from '@lezer/common';
import type { PythonSource } from '../../workspace/core/index.ts';
import { childrenOf } from '../../workspace/core/index.ts';
import type { Edit } from './rule.ts';

/** Takes an argument out of its call, with the comma that belongs to it. @param value the argument's value */
export function withoutArgument(value: SyntaxNode): Edit {
  const { prevSibling } = value;
  const first = prevSibling?.name === 'AssignOp' ? (prevSibling.prevSibling ?? value) : value;
  const after = value.nextSibling;
  if (after?.name === ',') {
    const next = after.nextSibling;
    // A comment behind the comma belongs to this line.
    const to = next && next.name !== 'Comment' && next.name !== ')' ? next.from : after.to;
    return { from: first.from, to, text: '' };
  }
  const before = first.prevSibling;
  return { from: before?.name === ',' ? before.from : first.from, to: value.to, text: '' };
}

/** Takes a name out of `from modal import …`; the statement goes when nothing else is imported. */
export function withoutImport(
  statement: SyntaxNode,
  name: SyntaxNode,
  source: PythonSource,
): Edit | undefined {
  const words = [...childrenOf(statement)];
  const at = words.findIndex(({ name: word }) => word === 'import');
  const imported = words
    .slice(at + 1)
    .filter(({ name: word }) => word !== '(' && word !== ')' && word !== 'Comment');
  const clause = imported.findIndex(({ from }) => from === name.from);
  if (words[0]?.name !== 'from' || clause < 0) return undefined;
  if (imported[clause + 1]?.name === 'as') return undefined;
  if (imported.length === 1) return wholeLine(statement, source);
  const next = imported[clause + 2];
  if (imported[clause + 1]?.name === ',' && next) return { from: name.from, to: next.from, text: '' };
  const before = imported[clause - 1];
  return before?.name === ',' ? { from: before.from, to: name.to, text: '' } : undefined;
}

/** A statement with its line break; one that shares its line, or is alone in its block, becomes `pass`. */
function wholeLine(statement: SyntaxNode, source: PythonSource): Edit {
  const before = source.text.lastIndexOf('\n', statement.from - 1) + 1;
  const lineEnd = source.text.indexOf('\n', statement.to);
  const to = lineEnd < 0 ? source.text.length : lineEnd + 1;
  const isAlone =
    statement.parent?.name === 'Script' &&
    source.text.slice(before, statement.from).trim() === '' &&
    source.text.slice(statement.to, to).trim() === '';
  return isAlone ? { from: before, to, text: '' } : { from: statement.from, to: statement.to, text: 'pass' };
}

/** The white space before a node's line. */
export function indentOf(node: SyntaxNode, source: PythonSource): string {
  const start = source.text.lastIndexOf('\n', node.from - 1) + 1;
  return source.text.slice(start, node.from).trim() === '' ? source.text.slice(start, node.from) : '';
}

/** The line break that the file uses. */
export function lineBreakOf(source: PythonSource): string {
  return source.text.includes('\r\n') ? '\r\n' : '\n';
}

/** What stands before a name of modal in a file: `modal.` or the alias of `import modal as m`. */
export function modalPrefix(text: string): string | undefined {
  const match = /^import modal(?:[ \t]+as[ \t]+(\w+))?[ \t]*(?:#.*)?\r?$/m.exec(text);
  return match ? `${match[1] ?? 'modal'}.` : undefined;
}

/** The lines of a statement that stands alone on them, with their break; a comment may follow it. */
export function lineOf(
  { from, to }: Pick<SyntaxNode, 'from' | 'to'>,
  text: string,
): { from: number; to: number } | undefined {
  const start = text.lastIndexOf('\n', from - 1) + 1;
  const feed = text.indexOf('\n', to);
  const end = feed < 0 ? text.length : feed + 1;
  const isAlone = text.slice(start, from).trim() === '' && /^\s*(?:#|$)/.test(text.slice(to, end));
  return isAlone ? { from: start, to: end } : undefined;
}

/** A name that an import binds, by its place. */
export function importNameAt(statement: SyntaxNode, from: number): SyntaxNode | undefined {
  return statement.getChildren('VariableName').find((name) => name.from === from);
}
