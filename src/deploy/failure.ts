/** Finds the cause of a failed deploy in what the CLI printed. */

export interface SourceFrame {
  readonly file: string;
  readonly line: number;
  readonly scope: string;
}

export interface DeployFailure {
  /** One sentence: what went wrong. */
  readonly cause: string;
  /** What to do about it, '' when the cause says it. */
  readonly nextStep: string;
  /** Innermost last, as Python prints them. */
  readonly frames: readonly SourceFrame[];
}

const boxCharacters = /[│╭╮╰╯─┃┏┓┗┛━]/g;

/** @param stderr what the CLI wrote to its error stream, at full width */
export function explainFailure(stderr: string, exitCode: number): DeployFailure {
  const lines = stderr.split('\n').map((line) => line.replace(boxCharacters, ' ').trim());
  const panel = errorPanel(stderr);
  const frames = readFrames(lines);
  const exception = lines.findLast((line) =>
    /^[\w.]*(?:Error|Exception|Exit|Interrupt|Warning)\b.*(?::|$)/.test(line),
  );
  const cause =
    panel ||
    exception ||
    lines.findLast((line) => line !== '') ||
    `The Modal CLI ended with exit code ${exitCode}.`;
  return { cause: firstSentence(cause), nextStep: nextStepFor(cause), frames };
}

/** Text of the last panel titled "Error", its lines joined. */
function errorPanel(stderr: string): string {
  let inside = false;
  let text: string[] = [];
  for (const line of stderr.split('\n')) {
    if (/╭─+ Error ─+╮/.test(line)) {
      inside = true;
      text = [];
    } else if (inside && line.includes('╰')) inside = false;
    else if (inside) text.push(line.replace(boxCharacters, ' ').trim());
  }
  return text.filter(Boolean).join(' ');
}

/** Frames of rich tracebacks (`file.py:3 in <module>`) and of plain ones (`File "file.py", line 3, in x`). */
function readFrames(lines: readonly string[]): SourceFrame[] {
  return lines.flatMap((line) => {
    const rich = /^(\S.*\.py):(\d+) in (.+)$/.exec(line);
    const plain = /^File "(.+\.py)", line (\d+)(?:, in (.+))?$/.exec(line);
    const [, file, number, scope = '<module>'] = rich ?? plain ?? [];
    return file && number ? [{ file, line: Number(number), scope }] : [];
  });
}

const nextSteps: readonly (readonly [RegExp, string])[] = [
  [
    /No module named/i,
    'Install that package in the interpreter that has modal, or import it inside the function.',
  ],
  [
    /secret.*(?:not found|missing)|No secret named/i,
    'Create the secret in this environment, then deploy again.',
  ],
  [/GPU/i, 'Choose another GPU.'],
  [/Image build .*failed/i, 'The failing step is in the build log.'],
  [/spend limit|budget/i, "Raise the workspace's spend limit or wait for the next billing cycle."],
];

function nextStepFor(cause: string): string {
  return nextSteps.find(([pattern]) => pattern.test(cause))?.[1] ?? '';
}

function firstSentence(text: string): string {
  const short = text.length > 300 ? `${text.slice(0, 300)}…` : text;
  return /[.!?…]$/.test(short) ? short : `${short}.`;
}
