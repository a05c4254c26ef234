import type { SyntaxNode } from '@lezer/common';
import type { ScriptProblem } from '../domain/script.ts';
import { PythonSource } from './pythonSource.ts';
import { ownValue } from '../domain/ownValue.ts';

/** More errors than this mostly follow from the first ones. */
const mostProblems = 20;

/** Forms that the grammar knows only in part; what looks wrong in them may be right. */
const doubtful = new Set(['FormatString', 'WithStatement', 'MatchStatement']);

const brackets: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** Where Python would refuse the text. Nothing is said where the grammar is known to be narrower than Python. */
export function syntaxProblems(source: PythonSource): ScriptProblem[] {
  const found: ScriptProblem[] = [];
  source.tree.iterate({
    enter: (node) => {
      if (found.length >= mostProblems || doubtful.has(node.name)) return false;
      if (!node.type.isError) return undefined;
      if (!isSpurious(source, node.node)) found.push(describe(source, node.node));
      return false;
    },
  });
  const lines = new Set<number>();
  return found.filter(({ line }) => !lines.has(line) && lines.add(line));
}

/** The parser sees an error now and then in long files where there is none: then the statements around it, read alone, have none. */
function isSpurious(source: PythonSource, error: SyntaxNode): boolean {
  let statement = error;
  while (statement.parent?.parent) statement = statement.parent;
  const from = (statement.prevSibling ?? statement).from;
  const to = (statement.nextSibling ?? statement).to;
  if (from === 0 && to >= source.text.trimEnd().length) return false;
  const alone = new PythonSource(source.text.slice(from, to));
  let wrong = false;
  alone.tree.iterate({ enter: ({ type }) => void (wrong ||= type.isError) });
  return !wrong;
}

function describe(source: PythonSource, error: SyntaxNode): ScriptProblem {
  const opening = unclosed(error);
  if (opening) {
    const bracket = source.textOf(opening);
    return { ...source.place(opening.from), message: `Syntax error: "${bracket}" is never closed` };
  }
  const near = /\S[^\n]*/.exec(source.text.slice(error.from, error.from + 200))?.[0].slice(0, 30) ?? '';
  const at = near ? source.text.indexOf(near, error.from) : error.from;
  return { ...source.place(at), message: near ? `Syntax error near "${near}"` : 'Syntax error' };
}

/** The bracket that the error's surroundings open and do not close. */
function unclosed(error: SyntaxNode): SyntaxNode | undefined {
  const { parent } = error;
  const first = parent?.firstChild;
  const closing = first && ownValue(brackets, first.name);
  if (!parent || !closing || error.nextSibling) return undefined;
  return parent.lastChild?.name === closing ? undefined : first;
}
