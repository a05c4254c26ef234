import { parseBody } from './body.ts';
import { directiveOf } from './directives.ts';
import type { Line } from './lines.ts';
import { isComment, linesOf, scriptEnd } from './lines.ts';
import type { HttpFile, HttpHeader, HttpProblem, HttpRequest, HttpVariable } from './model.ts';
import type { TextRange } from '../../../requests/core/index.ts';
import { beginsRequest, targetOf, withoutVersion } from './requestLine.ts';

/** Larger files are not requests that a person wrote. Large bodies are files of their own. */
export const largestHttpFile = 1024 * 1024;

/** As many as a person never writes, though they fit into the size. */
const mostLines = 100_000;

export const tooLarge =
  "is larger than 1 MB and isn't read. Split it, or put large bodies into separate files.";

/** Each is compared with the others when it is sent. */
const mostHeaders = 1000;

const separator = /^###(.*)$/;
// These are of a line without the blanks at its end.
const nameComment = /^\s*(?:#|\/\/)\s*@name[\s=]+([^\s=].*)$/;
const variable = /^\s*@([^\s=@:]+)\s*:?=(.*)$/;
const header = /^\s*([^\s:=/?]+)\s*:(.*)$/;
/** A response that was pasted beside its request. */
const response = /^\s*HTTP\/[\d.]+\s+\d/;
/** The script of a file, before a request. */
const scriptFile = /^\s*<\s+\S/;
const otherFile = /^\s*(?:import|run)\s+\S/;

/**
 * Reads what REST Client, httpyac and JetBrains have in common. Never throws: what cannot be understood is a problem
 * with its place, and the requests around it stay usable.
 */
export function parseHttpFile(text: string): HttpFile {
  const reader = new Reader();
  if (text.length > largestHttpFile) {
    reader.problem({ start: 0, end: 0 }, 'error', `The file ${tooLarge}`);
    return { text, requests: [], variables: [], problems: reader.problems };
  }
  const lines = linesOf(text, mostLines);
  if (!lines) {
    reader.problem(
      { start: 0, end: 0 },
      'error',
      `The file has more than ${mostLines} lines and isn't read. Split it.`,
    );
    return { text, requests: [], variables: [], problems: reader.problems };
  }
  let region: Line[] = [];
  for (const line of lines) {
    if (separator.test(line.text) && region.length > 0) {
      reader.region(region);
      region = [];
    }
    region.push(line);
  }
  reader.region(region);
  return { text, requests: reader.requests, variables: reader.variables, problems: reader.problems };
}

class Reader {
  readonly requests: HttpRequest[] = [];
  readonly variables: HttpVariable[] = [];
  readonly problems: HttpProblem[] = [];

  problem(range: TextRange, severity: HttpProblem['severity'], message: string): void {
    this.problems.push({ range: { start: range.start, end: range.end }, severity, message });
  }

  /** One `###` and all until the next. */
  region(lines: readonly Line[]): void {
    let name = (separator.exec(lines[0]?.text ?? '')?.[1] ?? '').replace(/^#+/, '').trim();
    for (let at = 0; at < lines.length; at++) {
      const line = lines[at] as Line;
      const told = nameComment.exec(line.text.trimEnd())?.[1];
      if (told) name ||= told;
      if (line.text.trim() === '' || this.#comment(line) || this.#variable(line)) continue;
      if (response.test(line.text)) return;
      const end = this.#other(lines, at);
      if (end === undefined) {
        this.#request(lines, at, name);
        return;
      }
      at = end;
    }
  }

  /** Also says what the comment asks for in vain. */
  #comment(line: Line): boolean {
    if (!isComment(line.text)) return false;
    const directive = directiveOf(line.text);
    if (directive) this.problem(line, directive.severity, directive.message);
    return true;
  }

  /** @returns the last line of what only other clients do before a request */
  #other(lines: readonly Line[], at: number): number | undefined {
    const line = lines[at] as Line;
    const isBlock = /^\s*\/\*/.test(line.text);
    const script = isBlock ? blockEnd(lines, at) : scriptEnd(lines, at);
    if (script) {
      if (!script.closed) this.problem(line, 'error', "This isn't closed. Close it, or remove it.");
      else if (!isBlock) this.problem(line, 'information', scriptsLeftOut);
      return script.at;
    }
    if (scriptFile.test(line.text)) this.problem(line, 'information', scriptsLeftOut);
    else if (otherFile.test(line.text))
      this.problem(line, 'warning', "Other files and requests can't be run from here. Copy what you need.");
    else return undefined;
    return at;
  }

  #variable(line: Line): boolean {
    const [, name, value] = variable.exec(line.text.trimEnd()) ?? [];
    if (name === undefined) return false;
    this.variables.push({
      name,
      value: value?.trimStart() ?? '',
      range: { start: line.start, end: line.end },
    });
    return true;
  }

  #request(lines: readonly Line[], first: number, name: string): void {
    const { text, head, next: afterHead } = this.#head(lines, first);
    const { method, url, isGraphql, problem } = targetOf(text);
    if (problem) this.problem(head, 'error', problem);
    const { headers, end, next } = this.#headers(lines, afterHead, head.end);
    const body = parseBody(lines.slice(next), { headers, isGraphql }, (range, severity, message) =>
      this.problem(range, severity, message),
    );
    const range = { start: lines[0]?.start ?? 0, end: lines.at(-1)?.end ?? 0 };
    const request = { name, method, url, headers, head, headEnd: end, range };
    this.requests.push({ ...request, ...(body ? { body } : {}) });
  }

  /** The request line with the lines that carry its address on, which may have comments between them. */
  #head(lines: readonly Line[], first: number): { text: string; head: TextRange; next: number } {
    const line = lines[first] as Line;
    const pieces = [withoutVersion(line.text.trim())];
    let head: TextRange = { start: line.start, end: line.end };
    let next = first + 1;
    for (let at = next; at < lines.length; at++) {
      const more = lines[at] as Line;
      if (isComment(more.text)) continue;
      if (!continuesAddress(more.text)) break;
      for (const between of lines.slice(next, at)) this.#comment(between);
      pieces.push(more.text.trim());
      head = { start: head.start, end: more.end };
      next = at + 1;
    }
    return { text: pieces.join(''), head, next };
  }

  /** @returns the headers, where they end, and the first line of the body */
  #headers(
    lines: readonly Line[],
    from: number,
    headEnd: number,
  ): { headers: HttpHeader[]; end: number; next: number } {
    const headers: HttpHeader[] = [];
    let end = headEnd;
    for (let at = from; at < lines.length; at++) {
      const line = lines[at] as Line;
      if (line.text.trim() === '') return { headers, end, next: at + 1 };
      if (this.#comment(line) || this.#variable(line)) continue;
      const [, name, value] = header.exec(line.text.trimEnd()) ?? [];
      if (name === undefined || beginsRequest(line.text)) {
        this.problem(line, 'error', noHeader(line.text));
        continue;
      }
      if (headers.length === mostHeaders) {
        this.problem(line, 'error', `A request can have at most ${mostHeaders} headers. Remove the others.`);
        return { headers, end, next: lines.length };
      }
      headers.push({ name, value: value?.trimStart() ?? '', range: { start: line.start, end: line.end } });
      end = line.end;
    }
    return { headers, end, next: lines.length };
  }
}

const scriptsLeftOut = "Scripts aren't supported; the request is sent without them.";

/** Query lines with or without indent, and, with it, whatever else cannot be a header. */
function continuesAddress(text: string): boolean {
  if (/^\s*[?&]/.test(text) || /^\s+\//.test(text)) return true;
  return /^\s+\S/.test(text) && !header.test(text.trimEnd()) && !variable.test(text.trimEnd());
}

function noHeader(text: string): string {
  return beginsRequest(text)
    ? 'This begins another request. Write a line with ### before it.'
    : 'This isn\'t a header. Write headers as "Name: value"; a blank line starts the body.';
}

/** The end of a comment that stands on lines of its own, as httpyac has it. */
function blockEnd(lines: readonly Line[], from: number): { at: number; closed: boolean } {
  for (let at = from; at < lines.length; at++)
    if (lines[at]?.text.includes('*/')) return { at, closed: true };
  return { at: lines.length - 1, closed: false };
}
