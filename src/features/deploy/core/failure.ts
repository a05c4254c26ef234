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

export const boxCharacters = /[│╭╮╰╯─┃┏┓┗┛━]/g;

/** @param stderr what the CLI wrote to its error stream */
export function explainFailure(stderr: string, exitCode: number): DeployFailure {
  const text = withoutWrapper(stderr);
  const lines = plainLines(text);
  const cause =
    errorLine(lines) ||
    errorPanel(text) ||
    raisedError(lines) ||
    lines.findLast((line) => line !== '') ||
    `The Modal CLI ended with exit code ${exitCode}.`;
  return { cause: firstSentence(cause), nextStep: nextStepFor(cause), frames: readFrames(lines) };
}

/**
 * Finds the cause of a failed `modal run`. The traceback of a function comes with the container's output; the error
 * stream then only repeats its text.
 */
export function explainRunFailure(stdout: string, stderr: string, exitCode: number): DeployFailure {
  const failure = explainFailure(stderr || stdout, exitCode);
  const lines = plainLines(stdout);
  const text = failure.cause.replace(/[.…]$/, '');
  const exception = lines.findLast((line) => exceptionLine.test(line) && line.endsWith(text));
  return {
    ...failure,
    cause: exception ? firstSentence(exception) : failure.cause,
    frames: [...readFrames(lines), ...failure.frames],
  };
}

/** What a reload prints last only says which file was imported; the cause stands above it. */
function withoutWrapper(stderr: string): string {
  const text = stderr.trimEnd();
  if (!text.slice(text.lastIndexOf('\n') + 1).includes('_CliUserExecutionError: ')) return stderr;
  const at = stderr.lastIndexOf('The above exception was the direct cause of the following exception:');
  return at < 0 ? stderr : stderr.slice(0, at);
}

/** What the CLI says of a failure stands at the end. */
const mostLines = 2000;

function plainLines(text: string): string[] {
  return text
    .split('\n')
    .slice(-mostLines)
    .map((line) => line.replace(boxCharacters, ' ').trim());
}

/** `SomeError: text`, as Python ends a traceback. */
const exceptionLine = /^[A-Za-z_][\w.]*(?:Error|Exception|Exit|Interrupt|Warning)\b(?::|$)/;

/** The exception with its text, which may begin on the next line and has more paragraphs than a message needs. */
function raisedError(lines: readonly string[]): string {
  const at = lines.findLastIndex((line) => exceptionLine.test(line));
  if (at < 0) return '';
  const line = lines[at] ?? '';
  if (!line.endsWith(':')) return line;
  const rest = lines.slice(at + 1);
  const end = rest.indexOf('');
  return [line, ...rest.slice(0, end < 0 ? undefined : end)].join(' ');
}

/** CLI 1.6 ends with `Error: …` when its output is no terminal; the text may go on over more lines. */
function errorLine(lines: readonly string[]): string {
  const at = lines.findLastIndex((line) => line.startsWith('Error: '));
  if (at < 0) return '';
  return lines.slice(at).filter(Boolean).join(' ').slice('Error: '.length);
}

/** Text of the last panel titled "Error", its lines joined, as earlier CLIs print it. */
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

/** A frame of a rich traceback or the place of a syntax error, and a frame of a plain traceback. */
const frameForms = [
  { head: /^(?=\/|[A-Za-z]:\\)/, middle: '.py:', tail: /^(\d+)(?: in (.+))?$/ },
  { head: /^File "/, middle: '.py", line ', tail: /^(\d+)(?:, in (.+))?$/ },
];

function readFrames(lines: readonly string[]): SourceFrame[] {
  return lines.flatMap((line, at) => {
    // Rich breaks a long path at the panel's edge, also in the middle of a word.
    const joined = /^(?:\/|[A-Za-z]:\\)/.test(line) ? [line, line + (lines[at + 1] ?? '')] : [line];
    const found = joined.map(readFrame).find((frame) => frame !== undefined);
    return found ?? [];
  });
}

function readFrame(line: string): SourceFrame | undefined {
  for (const { head, middle, tail } of frameForms) {
    const start = head.exec(line)?.[0].length;
    const end = line.lastIndexOf(middle);
    if (start === undefined || end <= start) continue;
    const [, number, scope = '<module>'] = tail.exec(line.slice(end + middle.length)) ?? [];
    if (number !== undefined) return { file: `${line.slice(start, end)}.py`, line: Number(number), scope };
  }
  return undefined;
}

const createSecret = 'Create the secret in this environment, then deploy again.';
const raiseLimit = "Raise the workspace's spend limit or wait for the next billing cycle.";

/** Words that stand in a cause in this order, in lower case, and what to do then. */
/** The editor has just reached Modal, so what is missing is what only the CLI needs. */
const reachByCli =
  "Behind a proxy the CLI needs more packages, pip install 'modal[api-proxy-support]'; behind a firewall with certificates of its own also pip-system-certs. Install them with the interpreter that has modal.";

const nextSteps: readonly (readonly [readonly string[], string])[] = [
  [
    ['no module named'],
    'Install that package in the interpreter that has modal, or import it inside the function. A file of your own belongs beside the one that is deployed.',
  ],
  [['secret', 'not found'], createSecret],
  [['secret', 'missing'], createSecret],
  [['no secret named'], createSecret],
  [['gpu type'], 'Choose another GPU.'],
  [['no space left on device'], 'Free space on this disk, then try again.'],
  [["has no attribute 'app'"], 'Give the file a variable `app = modal.App(…)`.'],
  [['image build ', 'failed'], 'The failing step is in the build log.'],
  [['spend limit'], raiseLimit],
  [['budget'], raiseLimit],
  [['could not connect to the modal server'], reachByCli],
];

function nextStepFor(cause: string): string {
  const text = cause.toLowerCase();
  return nextSteps.find(([words]) => hasInOrder(text, words))?.[1] ?? '';
}

function hasInOrder(text: string, words: readonly string[]): boolean {
  let at = 0;
  for (const word of words) {
    const found = text.indexOf(word, at);
    if (found < 0) return false;
    at = found + word.length;
  }
  return true;
}

function firstSentence(text: string): string {
  const short = text.length > 300 ? `${text.slice(0, 300)}…` : text;
  return /[.!?…]$/.test(short) ? short : `${short}.`;
}
