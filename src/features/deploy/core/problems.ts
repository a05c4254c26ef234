/** Places in the user's files that the output of the CLI is about. */
import type { DeployFailure, SourceFrame } from './failure.ts';
import { boxCharacters } from './failure.ts';

export interface SourceProblem {
  readonly file: string;
  /** Counts from 1. */
  readonly line: number;
  readonly message: string;
  readonly severity: 'error' | 'warning';
}

/**
 * Where a failure stands: the innermost frame in the user's own files, else the line of the script that names what was
 * refused, such as a GPU, a secret or a package of a failed build step.
 * @param own whether a file is the user's
 * @param source text of the script
 * @param output everything that the CLI printed
 */
export function failureProblems(
  failure: DeployFailure,
  own: (frame: SourceFrame) => boolean,
  script: string,
  source: string,
  output: string,
): SourceProblem[] {
  const { cause, nextStep } = failure;
  const message = [cause, nextStep].filter(Boolean).join(' ');
  const frame = failure.frames.findLast(own);
  if (frame) return [{ file: frame.file, line: frame.line, message, severity: 'error' }];
  const line = lineNaming(source, [...quotedWords(cause), ...failedStepWords(cause, output)]);
  return line === undefined ? [] : [{ file: script, line, message, severity: 'error' }];
}

/** What stands in quotes in a message is what the user has written somewhere. */
function quotedWords(text: string): string[] {
  return [...text.matchAll(/'([^'\n]{1,200})'|"([^"\n]{1,200})"/g)].flatMap(
    ([, single, double]) => single ?? double ?? [],
  );
}

/** Words of the last build step, the last first: installers name what they are about at the end. */
function failedStepWords(cause: string, output: string): string[] {
  if (!/image build/i.test(cause)) return [];
  const step = [...output.matchAll(/^=> Step \d+: (.*)$/gm)].at(-1)?.[1] ?? '';
  const words = step.split(/\s+/).map((word) => word.replace(/^["']|["']$/g, ''));
  return words.filter((word) => word.length > 1 && !word.startsWith('-')).reverse();
}

/** First line that has one of the words inside a string literal. @returns counted from 1 */
function lineNaming(source: string, words: readonly string[]): number | undefined {
  const literals = source
    .split('\n')
    .map((line) => (line.trimStart().startsWith('#') ? '' : literalsOf(line)));
  for (const word of words) {
    const at = literals.findIndex((text) => text.includes(word.toLowerCase()));
    if (at >= 0) return at + 1;
  }
  return undefined;
}

function literalsOf(line: string): string {
  return [...line.matchAll(/(["'])(.*?)\1/g)]
    .map(([, , text]) => text)
    .join('\n')
    .toLowerCase();
}

/** The upper edge of a panel on the error stream, with its title. */
const panelTitle = /╭─+ (Modal (?:Deprecation )?Warning[^─]*) ─+╮$/;

/** Title and lines of each panel, up to the lower edge. */
function warningPanels(stderr: string): { title: string; body: string[] }[] {
  const panels: { title: string; body: string[] }[] = [];
  let open: (typeof panels)[number] | undefined;
  for (const line of stderr.split('\n')) {
    const end = open ? line.indexOf('╰') : -1;
    if (open && end < 0) open.body.push(line);
    else if (open) {
      panels.push(open);
      open = undefined;
    } else {
      const title = panelTitle.exec(line)?.[1];
      if (title !== undefined) open = { title, body: [] };
    }
  }
  return panels;
}

/** Modal's warnings about the user's code, each at the line that causes it. */
export function warningProblems(stderr: string): SourceProblem[] {
  return warningPanels(stderr).flatMap(({ title, body }) => {
    const lines = body.map((line) => line.replace(boxCharacters, ' ').trim());
    const at = lines.findIndex((line) => line.startsWith('Source: '));
    const place = /^Source: (.+):(\d+)$/.exec(lines[at] ?? '');
    if (!place?.[1]) return [];
    const text = lines.slice(0, at).filter(Boolean).join(' ');
    return [
      { file: place[1], line: Number(place[2]), message: `${title}: ${text}`, severity: 'warning' as const },
    ];
  });
}
