import type { Line } from './lines.ts';
import { isComment, scriptEnd } from './lines.ts';
import type { HttpBody, HttpProblem, HttpRequest, Report } from './model.ts';
import { headerOf } from './model.ts';
import { readParts } from './parts.ts';
import { pieces } from './pieces.ts';
import { beginsRequest } from './requestLine.ts';

interface BodyHead extends Pick<HttpRequest, 'headers'> {
  /** The method was `GRAPHQL`. */
  readonly isGraphql?: boolean;
}

/** Reads the lines after the blank one. */
export function parseBody(all: readonly Line[], head: BodyHead, report: Report): HttpBody | undefined {
  const type = headerOf(head, 'content-type') ?? '';
  const lines = trim(sentLines(all, type, report));
  const [first] = lines;
  const last = lines.at(-1);
  if (!first || !last) return undefined;
  const range = { start: first.start, end: last.end };
  const isPost = head.isGraphql === true;
  if (isPost || /^graphql$/i.test(headerOf(head, 'x-request-type') ?? ''))
    return { range, ...readGraphql(lines, isPost, report) };
  if (isType(type, 'multipart/form-data')) {
    const parts = readParts(lines, type, report);
    return { range, pieces: pieces(lines, '\r\n', report), ...(parts ? { parts } : {}) };
  }
  const found = pieces(lines, '\n', report);
  if (isType(type, 'application/x-www-form-urlencoded')) return { range, pieces: found, isForm: true };
  // Each document of such a stream ends with a line break, and both clients write the last one.
  const isStream = isType(type, 'application/x-ndjson') && found.every(({ kind }) => kind === 'text');
  return { range, pieces: isStream ? [...found, { kind: 'text', text: '\n' }] : found };
}

function isType(contentType: string, type: string): boolean {
  return contentType.split(';', 1)[0]?.trim().toLowerCase() === type;
}

function trim(lines: readonly Line[]): Line[] {
  const first = lines.findIndex(isFilled);
  return first < 0 ? [] : lines.slice(first, lines.findLastIndex(isFilled) + 1);
}

const isFilled = (line: Line) => line.text.trim() !== '';

/** Comments, handlers of responses, checks and names of files for responses are no part of a body. */
function sentLines(lines: readonly Line[], type: string, report: Report): Line[] {
  const kept: Line[] = [];
  const said = new Set<string>();
  const sayOnce = (line: Line, severity: HttpProblem['severity'], message: string) => {
    if (!said.has(message)) report(line, severity, message);
    said.add(message);
  };
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as Line;
    if (isComment(line.text)) {
      if (keepsComments(type)) sayOnce(line, 'warning', textIsCommented);
      continue;
    }
    const script = scriptEnd(lines, at);
    if (script && !script.closed) report(line, 'error', "This script isn't closed. Close it, or remove it.");
    const message = script ? leftOut : responseLine(line.text);
    if (message === undefined) {
      if (beginsRequest(line.text)) sayOnce(line, 'warning', inBody);
      kept.push(line);
      continue;
    }
    if (script?.closed !== false) report(line, 'information', message);
    at = script?.at ?? at;
  }
  return kept;
}

const leftOut = "Scripts and response checks aren't supported.";
const toFile = "The response isn't written to a file. Save it from its panel.";
const textIsCommented =
  'Lines that begin with # or // are comments in .http files and are not sent. To send them, put the text into a file and write "< ./file" here.';
const inBody =
  'This line is sent as part of the body. To begin another request, write a line with ### before it.';

/** @returns undefined for a line that is sent */
function responseLine(text: string): string | undefined {
  if (/^>>!?\s+\S/.test(text)) return toFile;
  // Of a quotation, more words follow.
  return /^(?:>\s+\S+\s*$|<>\s+\S|\?\?\s+\S)/.test(text) ? leftOut : undefined;
}

/** Types whose texts have lines with such a beginning that are no comments for their reader. */
const keepsComments = (type: string) =>
  /^(?:text\/(?!xml|html|javascript)|application\/(?:.*yaml|octet))/i.test(type);

/** A query, and its variables as JSON after a blank line. */
function readGraphql(
  lines: readonly Line[],
  isPost: boolean,
  report: Report,
): Pick<HttpBody, 'pieces' | 'graphql'> {
  const blank = lines.findIndex((line) => !isFilled(line));
  const query = pieces(blank < 0 ? lines : lines.slice(0, blank), '\n', report);
  const variables = blank < 0 ? [] : pieces(trim(lines.slice(blank)), '\n', report);
  return { pieces: [...query, ...variables], graphql: { query, variables, isPost } };
}
