import type { Line } from './lines.ts';
import { scriptEnd } from './lines.ts';
import type {
  BodyPiece,
  FileBody,
  HttpBody,
  HttpPart,
  HttpProblem,
  HttpRequest,
  TextRange,
} from './model.ts';
import { headerOf } from './model.ts';

type Report = (range: TextRange, severity: HttpProblem['severity'], message: string) => void;

/** Of a line without the blanks at its end. */
const fileLine = /^<(@?)\w*[ \t]+(\S.*)$/;

/** Reads the lines after the blank one. */
export function readBody(
  all: readonly Line[],
  request: Pick<HttpRequest, 'headers'>,
  report: Report,
): HttpBody | undefined {
  const lines = trim(withoutScripts(all, report));
  const [first] = lines;
  const last = lines.at(-1);
  if (!first || !last) return undefined;
  const range = { start: first.start, end: last.end };
  const type = headerOf(request, 'content-type') ?? '';
  if (!/^multipart\/form-data\b/i.test(type)) return { range, pieces: pieces(lines, isForm(type)) };
  const boundary = /;\s*boundary\s*=\s*(?:"([^"]+)"|([^\s;]+))/i.exec(type);
  const parts = boundary ? readParts(lines, boundary[1] ?? boundary[2] ?? '') : undefined;
  if (!parts) {
    report(
      range,
      'error',
      'The parts cannot be told: the content type needs a boundary, and each part a name.',
    );
    return { range, pieces: pieces(lines, false) };
  }
  return { range, pieces: pieces(lines, false), parts };
}

const isForm = (type: string) => /^application\/x-www-form-urlencoded\b/i.test(type);

function trim(lines: readonly Line[]): Line[] {
  const filled = (line: Line) => line.text.trim() !== '';
  const first = lines.findIndex(filled);
  return first < 0 ? [] : lines.slice(first, lines.findLastIndex(filled) + 1);
}

/** Handlers of answers, assertions and names of answer files are other clients' business. */
function withoutScripts(lines: readonly Line[], report: Report): Line[] {
  const kept: Line[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as Line;
    const end = scriptEnd(lines, at) ?? (/^(?:>{1,2}!?|<>|\?\?)\s+\S/.test(line.text) ? at : undefined);
    if (end === undefined) {
      kept.push(line);
      continue;
    }
    report(line, 'information', 'Scripts and checks of the answer are left to other clients.');
    at = end;
  }
  return kept;
}

function pieces(lines: readonly Line[], form: boolean): BodyPiece[] {
  const found: BodyPiece[] = [];
  let text: string[] = [];
  const flush = (more: boolean) => {
    if (text.length > 0) found.push({ kind: 'text', text: join(text, form) + (more ? '\n' : '') });
    text = [];
  };
  lines.forEach((line, at) => {
    const file = fileOf(line);
    if (!file) {
      text.push(line.text);
      return;
    }
    flush(true);
    found.push({ kind: 'file', ...file });
    if (at < lines.length - 1) text.push('');
  });
  flush(false);
  return found;
}

/** Fields of a form may stand on lines of their own. */
function join(lines: readonly string[], form: boolean): string {
  return form ? lines.map((line) => line.trim()).join('') : lines.join('\n');
}

function fileOf(line: Line): FileBody | undefined {
  const [, fill, path] = fileLine.exec(line.text.trimEnd()) ?? [];
  return path === undefined
    ? undefined
    : { path, fillIn: fill === '@', range: { start: line.start, end: line.end } };
}

/** @returns undefined when a part has no end or no name */
function readParts(lines: readonly Line[], boundary: string): HttpPart[] | undefined {
  const parts: HttpPart[] = [];
  const isMark = (line: Line) => line.text.startsWith(`--${boundary}`);
  /** Where the part begins that is not read yet. */
  let begin: number | undefined;
  for (const [at, line] of lines.entries()) {
    if (!isMark(line)) continue;
    const part = begin === undefined ? undefined : readPart(lines.slice(begin, at));
    if (part) parts.push(part);
    else if (begin !== undefined) return undefined;
    if (line.text.startsWith(`--${boundary}--`)) return parts.length > 0 ? parts : undefined;
    begin = at + 1;
  }
  return undefined;
}

function readPart(lines: readonly Line[]): HttpPart | undefined {
  const blank = lines.findIndex((line) => line.text.trim() === '');
  const head = blank < 0 ? lines : lines.slice(0, blank);
  const content = blank < 0 ? [] : lines.slice(blank + 1);
  const header = (name: string) =>
    head
      .map((line) => line.text)
      .find((text) => text.toLowerCase().startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim();
  const disposition = header('content-disposition') ?? '';
  const name = parameter(disposition, partName);
  if (name === undefined) return undefined;
  const fileName = parameter(disposition, partFileName);
  const type = header('content-type');
  const [piece = { kind: 'text', text: '' } as const, ...more] = pieces(content, false);
  if (more.length > 0) return undefined;
  return {
    name,
    ...(fileName === undefined ? {} : { fileName }),
    ...(type === undefined ? {} : { type }),
    content: piece,
  };
}

const partName = /;\s*name\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]+))/i;
const partFileName = /;\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]+))/i;

function parameter(header: string, form: RegExp): string | undefined {
  const match = form.exec(header);
  return match ? (match[1]?.replaceAll(/\\(.)/g, '$1') ?? match[2]) : undefined;
}
