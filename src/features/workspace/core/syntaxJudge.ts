/**
 * Which texts Python would refuse, as Ruff's parser tells, which follows CPython's. The parser that reads scripts forgives
 * errors, but stumbles over valid code now and then, so it is no judge. A large file that is loaded only when it stumbles.
 */
import { PositionEncoding, Workspace } from '@astral-sh/ruff-wasm-nodejs';
import type { ScriptProblem } from '../../../domain/script.ts';
import { openBracket } from './openBracket.ts';
import { syntaxWords } from './syntaxWords.ts';

/** More errors than this mostly follow from the first ones. */
const mostProblems = 20;

/** The newest that is known, so that nothing is refused which only an older Python would refuse. */
const target = 'py315';

interface Diagnostic {
  readonly code: string | null;
  readonly message: string;
  readonly start_location: { readonly row: number; readonly column: number };
}

/** The judge's words for a bracket that is open at the end. */
const atTheEnd = 'unexpected EOF while parsing';

let workspace: Workspace | undefined;
/** After it has failed once, its memory is not to be trusted. */
let failed = false;

export function syntaxErrors(text: string): ScriptProblem[] {
  if (failed) return [];
  try {
    workspace ??= new Workspace({ 'target-version': target, lint: { select: [] } }, PositionEncoding.Utf16);
    const found = workspace.check(text) as Diagnostic[];
    const lines = new Set<number>();
    return found
      .filter(({ code }) => code === null || code === 'invalid-syntax')
      .map(({ message, start_location: { row, column } }) => ({ line: row, column, message }))
      .map((problem) => atOpenBracket(problem, text))
      .filter(({ line }) => !lines.has(line) && lines.add(line))
      .slice(0, mostProblems)
      .map((problem) => ({ ...problem, message: syntaxWords(problem.message) }));
  } catch {
    failed = true; // e.g. brackets nested deeper than its stack
    return [];
  }
}

/** The end of the file is where it was noticed; what is wrong is the bracket, and CPython points there, in these words. */
function atOpenBracket(problem: ScriptProblem, text: string): ScriptProblem {
  if (problem.message !== atTheEnd) return problem;
  const at = openBracket(text);
  if (at === undefined) return problem;
  const before = text.slice(0, at).split(/\r\n?|\n/);
  const column = (before.at(-1) ?? '').length + 1;
  return { line: before.length, column, message: `'${text[at]}' was never closed` };
}
