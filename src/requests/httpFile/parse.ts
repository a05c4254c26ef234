import { readBody } from './body.ts';
import type { Line } from './lines.ts';
import { linesOf, scriptEnd } from './lines.ts';
import type { HttpFile, HttpHeader, HttpProblem, HttpRequest, HttpVariable, TextRange } from './model.ts';

/** Larger files are not requests that a person wrote. Large bodies are files of their own. */
export const largestHttpFile = 1024 * 1024;

/** As many as a person never writes, though they fit into the size. */
const mostLines = 100_000;

export const tooLarge =
  'is larger than 1 MB and is not read. Split it, or put large bodies into files of their own.';

/** Each is compared with the others when it is sent. */
const mostHeaders = 1000;

const separator = /^###(.*)$/;
const comment = /^\s*(?:#|\/\/)/;
// These are of a line without the blanks at its end.
const nameComment = /^\s*(?:#|\/\/)\s*@name[\s=]+([^\s=].*)$/;
const variable = /^@([^\s=@]+)\s*=(.*)$/;
const header = /^\s*([^\s:]+)\s*:(.*)$/;
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'];
const otherKinds = ['GRAPHQL', 'WEBSOCKET', 'WS', 'WSS', 'GRPC', 'SSE', 'EVENTSOURCE', 'MQTT', 'AMQP'];

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
      `The file has more than ${mostLines} lines and is not read. Split it.`,
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
    let name = separator.exec(lines[0]?.text ?? '')?.[1]?.trim() ?? '';
    for (let at = 0; at < lines.length; at++) {
      const line = lines[at] as Line;
      const told = nameComment.exec(line.text.trimEnd())?.[1];
      if (told) name ||= told;
      if (line.text.trim() === '' || comment.test(line.text)) continue;
      if (this.#variable(line)) continue;
      const script = scriptEnd(lines, at);
      if (script !== undefined) {
        this.problem(line, 'information', 'Scripts are left to other clients; the request is sent without.');
        at = script;
        continue;
      }
      this.#request(lines, at, name);
      return;
    }
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
    const line = lines[first] as Line;
    let at = first + 1;
    let target = line.text.trim();
    let head: TextRange = { start: line.start, end: line.end };
    for (let next = lines[at]; next && /^\s+[?&/]/.test(next.text); next = lines[++at]) {
      target += next.text.trim();
      head = { start: head.start, end: next.end };
    }
    const { headers, end, next } = this.#headers(lines, at, head.end);
    const request = { name, ...this.#target(target, head), headers, head, headEnd: end };
    const body = readBody(lines.slice(next), request, (range, severity, message) =>
      this.problem(range, severity, message),
    );
    const range = { start: lines[0]?.start ?? 0, end: lines.at(-1)?.end ?? 0 };
    this.requests.push({ ...request, range, ...(body ? { body } : {}) });
  }

  #target(text: string, range: TextRange): { method: string; url: string } {
    const [, word = '', rest = ''] = /^([A-Za-z]+)\s+(\S.*)$/.exec(text) ?? [];
    const known = methods.includes(word.toUpperCase());
    if (otherKinds.includes(word.toUpperCase())) {
      this.problem(
        range,
        'error',
        `${word} requests are not sent from here. Use one of ${methods.join(', ')}.`,
      );
    }
    // An address may hold blanks, so only a word before what is clearly an address is a method.
    const url = withoutVersion(known || /^(?:https?:|\{\{|\/)/i.test(rest) ? rest : text);
    const method = url === withoutVersion(text) ? 'GET' : word.toUpperCase();
    if (!known && method !== 'GET' && !otherKinds.includes(method))
      this.problem(range, 'error', `The method ${word} is not known. Use one of ${methods.join(', ')}.`);
    else if (!/^(?:https?:\/\/.|\{\{|\/)/i.test(url))
      this.problem(
        range,
        'error',
        'An address is missing: it begins with http://, https:// or a {{variable}}.',
      );
    return { method, url };
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
      if (comment.test(line.text) || this.#variable(line)) continue;
      const [, name, value] = header.exec(line.text.trimEnd()) ?? [];
      if (name === undefined) {
        const hint = 'This is no header. Headers are written as "Name: value"; a blank line begins the body.';
        this.problem(line, 'error', hint);
        continue;
      }
      if (headers.length === mostHeaders) {
        this.problem(line, 'error', `A request has at most ${mostHeaders} headers. Remove the others.`);
        return { headers, end, next: lines.length };
      }
      headers.push({ name, value: value?.trimStart() ?? '', range: { start: line.start, end: line.end } });
      end = line.end;
    }
    return { headers, end, next: lines.length };
  }
}

/** Leaves out the `HTTP/1.1` at the end of a request line. */
function withoutVersion(text: string): string {
  const plain = text.trimEnd();
  const at = plain.search(/HTTP\/[\d.]+$/i);
  return at > 0 && /\s/.test(plain.charAt(at - 1)) ? plain.slice(0, at).trimEnd() : text;
}
