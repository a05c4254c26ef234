import path from 'node:path';
import { ModalError } from '../../../../domain/errors.ts';
import { redact } from '../../../../shared/redact.ts';
import type { MultipartPart, RequestSpec } from '../../../../domain/request.ts';
import { authHeaders } from '../../../../domain/request.ts';
import {
  addHeader,
  checkHeaders,
  filledHeaders,
  hasEscape,
  hasVariables,
  referencesIn,
  spellVariables,
  withVariables,
  writtenHeader,
} from '../../../requests/core/index.ts';
import type { SecretVariable } from '../../../requests/core/index.ts';
import type { HttpFile, HttpRequest } from './model.ts';
import { parseHttpFile } from './parse.ts';
import { basicCredentials, basicVariable, isAuthorization } from './authorization.ts';
import { formText } from './formText.ts';
import { ownValue } from '../../../../shared/ownValue.ts';

export interface WrittenRequest {
  readonly text: string;
  /** A body that a `.http` file cannot hold as it is, to be written beside it. */
  readonly bodyFile?: { readonly name: string; readonly bytes: Uint8Array };
}

export interface WriteOptions {
  readonly name: string;
  /** Folder of the file: paths are written relative to it. '' = absolute. */
  readonly folder: string;
  /** `@name = value` of the file that may stand for the beginning of the address. */
  readonly variables?: HttpFile['variables'];
  /** Where a body goes that is a file, relative to the folder. @param name with its ending */
  readonly bodyName?: (name: string) => string;
}

/** Longer bodies are files of their own, so that the requests stay readable. */
const longestInline = 64 * 1024;
const boundary = 'modal-request-boundary';

/**
 * A request as text, from its `###` line on, with LF. Credentials are variables.
 * @throws kind `invalid` for headers that no client would send, and for what a `.http` file cannot say
 */
export function requestText(given: RequestSpec, options: WriteOptions): WrittenRequest {
  checkHeaders(given.headers);
  const { spec, variables } = withVariables(given);
  const { body, bodyFile } = bodyText(spec, options);
  // The name may be made of the address.
  const name = redact(options.name);
  const lines = [
    `### ${oneLine(name)}`,
    `# @name ${identifier(name)}`,
    ...secretNotes(spec, variables),
    `${spec.method} ${address(spec.url, options.variables ?? [])}`,
    ...headerLines(spec),
    ...(body === undefined ? [] : ['', body]),
  ];
  return { text: inFile(`${lines.join('\n')}\n`), ...(bodyFile ? { bodyFile } : {}) };
}

const inFile = (text: string) => spellVariables(text, (variable) => `{{${variable}}}`);

/** What a new file begins with. */
export function fileHead(title: string, baseUrl: string): string {
  return [
    `# Requests to ${oneLine(title)}, for GPU Apps for Modal, REST Client, httpyac and the JetBrains HTTP Client.`,
    "# MODAL_API_KEY is the endpoint's key. GPU Apps for Modal takes it from the editor's secret storage. Elsewhere, give",
    '# it a value in http-client.private.env.json (httpyac, JetBrains) or in the setting',
    '# rest-client.environmentVariables (REST Client), and keep it out of version control.',
    '',
    `@baseUrl = ${baseUrl}`,
    '',
    '',
  ].join('\n');
}

/** Adds a request at the end, with the line ends that the file has. Nothing else is touched. */
export function addRequest(text: string, request: string): string {
  const gap =
    text === '' || text.endsWith('\n\n') || text.endsWith('\r\n\r\n')
      ? ''
      : text.endsWith('\n')
        ? '\n'
        : '\n\n';
  return text + asIn(text, gap + request);
}

export interface UpdateOptions {
  readonly folder: string;
  /** Fills in the variables of a text, to see whether it says the same; undefined when it cannot. */
  readonly says: (template: string) => string | undefined;
  /** The body says the same already, e.g. in a file that it names. */
  readonly keepBody: boolean;
  readonly bodyName?: (name: string) => string;
}

/**
 * Puts a request in the place of one of the same file. Lines that already say the same stay as they are, with their
 * variables and the comments around them.
 */
export function updateRequest(
  { text, variables }: Pick<HttpFile, 'text' | 'variables'>,
  old: HttpRequest,
  spec: RequestSpec,
  options: UpdateOptions,
): WrittenRequest {
  const { folder, bodyName } = options;
  const written = requestText(spec, {
    name: old.name,
    folder,
    variables,
    ...(bodyName ? { bodyName } : {}),
  });
  const wanted = parseHttpFile(written.text).requests[0] as HttpRequest;
  const edits: Edit[] = [];
  const same = (mine: string, theirs: string) => {
    if (mine === theirs) return true;
    const said = options.says(mine);
    return said !== undefined && said === options.says(theirs);
  };
  const sent = sentHeaders(spec);
  const sameHeader = (name: string, mine: string, theirs: string) =>
    same(mine, theirs) ||
    (sent.has(name.toLowerCase()) && asSent(name, options.says(mine)) === sent.get(name.toLowerCase()));
  const isQuery = options.keepBody && old.body?.graphql !== undefined;
  edits.push(...targetEdits(text, old, wanted, written.text, options.says, isQuery));
  edits.push(...headerEdits(text, old, isQuery ? asQuery(old, wanted) : wanted, written.text, sameHeader));
  const bodyEdit = options.keepBody
    ? undefined
    : editOfBody(text, old, wanted.body && slice(written.text, wanted.body.range), same);
  if (bodyEdit) edits.push(bodyEdit);
  return {
    text: apply(text, edits),
    ...(!options.keepBody && written.bodyFile ? { bodyFile: written.bodyFile } : {}),
  };
}

/** A query that stays has what makes it one, and not what is made of it. */
function asQuery(old: HttpRequest, wanted: HttpRequest): HttpRequest {
  const isTyped = old.headers.some(({ name }) => /^content-type$/i.test(name));
  const headers = wanted.headers.filter(({ name }) => isTyped || !/^content-type$/i.test(name));
  return { ...wanted, headers: [...headers, ...old.headers.filter(({ name }) => isRequestType(name))] };
}

const isRequestType = (name: string) => /^x-request-type$/i.test(name);

/** Name and password are encoded. */
function asSent(name: string, value: string | undefined): string | undefined {
  const basic = value !== undefined && isAuthorization(name) ? basicCredentials(value) : undefined;
  return basic === undefined ? value : `Basic ${basic}`;
}

/** Values as they are sent, by name in lower case; none where one of them is not known. */
function sentHeaders(spec: RequestSpec): ReadonlyMap<string, string> {
  try {
    return new Map(Object.entries(filledHeaders(spec)).map(([name, value]) => [name.toLowerCase(), value]));
  } catch {
    return new Map();
  }
}

/** An address that says the same may stand on several lines, or with blanks that are sent as `%20`. */
function targetEdits(
  text: string,
  old: HttpRequest,
  wanted: HttpRequest,
  source: string,
  says: UpdateOptions['says'],
  isQuery: boolean,
): Edit[] {
  const head = slice(text, old.head);
  const isGraphql = /^\s*graphql\s/i.test(head);
  const method = isGraphql && isQuery ? 'GRAPHQL' : wanted.method;
  const url = says(old.url);
  if (url === undefined || !URL.canParse(url) || new URL(url).href !== says(wanted.url))
    return [{ ...old.head, text: slice(source, wanted.head).replace(/^\S+/, method) }];
  if ((isGraphql ? 'GRAPHQL' : old.method) === method) return [];
  const word = /^\s*(?:[A-Za-z]+\s+(?=https?:|\{\{|\/))?/.exec(head)?.[0] ?? '';
  return [{ start: old.head.start, end: old.head.start + word.length, text: `${method} ` }];
}

function editOfBody(
  text: string,
  { body, headEnd }: HttpRequest,
  wanted: string | undefined,
  same: (mine: string, theirs: string) => boolean,
): Edit | undefined {
  if (!body)
    return wanted === undefined ? undefined : { start: headEnd, end: headEnd, text: `\n\n${wanted}` };
  if (wanted === undefined) return { ...body.range, text: '' };
  return same(lf(slice(text, body.range)), wanted) ? undefined : { ...body.range, text: wanted };
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function headerEdits(
  text: string,
  old: HttpRequest,
  wanted: HttpRequest,
  source: string,
  same: (name: string, mine: string, theirs: string) => boolean,
): Edit[] {
  const left = [...wanted.headers];
  const edits: Edit[] = [];
  /** Names whose lines say the same together. */
  const kept = new Set<string>();
  for (const header of old.headers) {
    if (kept.has(header.name.toLowerCase())) continue;
    const at = left.findIndex((each) => each.name.toLowerCase() === header.name.toLowerCase());
    const [match] = at < 0 ? [] : left.splice(at, 1);
    if (match === header) continue;
    // Boundaries are the file's own business, as long as the parts stay parts.
    const sameType =
      match && /^multipart\/form-data/i.test(match.value) && /^multipart\/form-data/i.test(header.value);
    if (!match) edits.push({ start: lineStart(text, header.range.start), end: header.range.end, text: '' });
    else if (!sameType && same(header.name, joinedValue(old, header.name), match.value))
      kept.add(header.name.toLowerCase());
    else if (!sameType || (old.body && changed(old, wanted, text, source)))
      edits.push({ ...header.range, text: slice(source, match.range) });
  }
  const added = left.map(({ range }) => `\n${slice(source, range)}`).join('');
  return added ? [...edits, { start: old.headEnd, end: old.headEnd, text: added }] : edits;
}

function joinedValue({ headers }: HttpRequest, name: string): string {
  const joined: Record<string, string> = {};
  for (const header of headers)
    if (header.name.toLowerCase() === name.toLowerCase()) addHeader(joined, name, header.value);
  return ownValue(joined, name) ?? '';
}

function changed(old: HttpRequest, wanted: HttpRequest, text: string, source: string): boolean {
  return (
    lf(old.body ? slice(text, old.body.range) : '') !== (wanted.body ? slice(source, wanted.body.range) : '')
  );
}

/** Where the line end before a line begins, so that a removed line leaves no gap. */
function lineStart(text: string, start: number): number {
  if (text[start - 1] !== '\n') return start;
  return text[start - 2] === '\r' ? start - 2 : start - 1;
}

function apply(text: string, edits: readonly Edit[]): string {
  const ordered = edits.map((edit, at) => ({ ...edit, at })).sort((a, b) => b.start - a.start || b.at - a.at);
  return ordered.reduce(
    (result, edit) => result.slice(0, edit.start) + asIn(text, edit.text) + result.slice(edit.end),
    text,
  );
}

const slice = (text: string, range: { start: number; end: number }) => text.slice(range.start, range.end);
const lf = (text: string) => text.replaceAll('\r\n', '\n');

/** A text with the line ends of another. */
function asIn(model: string, text: string): string {
  return model.includes('\r\n') ? text.replaceAll('\n', '\r\n') : text;
}

function address(url: string, variables: HttpFile['variables']): string {
  // Two braces would begin a variable.
  const plain = url.replaceAll(/\{{2,}|\}{2,}/g, (braces) => encodeURIComponent(braces));
  // Of several definitions the last one counts.
  const base = [...new Map(variables.map((variable) => [variable.name, variable])).values()]
    .filter(({ value }) => /^https?:\/\/[^{}]+$/.test(value) && isBelow(plain, value))
    .sort((a, b) => b.value.length - a.value.length)[0];
  return base ? `{{${base.name}}}${plain.slice(base.value.length)}` : plain;
}

function isBelow(url: string, base: string): boolean {
  return url.startsWith(base) && (base.endsWith('/') || /^(?:[/?#]|$)/.test(url.slice(base.length)));
}

/** Says where a value goes that is not written. */
function secretNotes({ headers }: RequestSpec, variables: readonly SecretVariable[]): string[] {
  const ofHeaders = Object.entries(headers)
    .filter(([name, value]) => writtenHeader(name, value) !== value || value === `Basic {{${basicVariable}}}`)
    .map(([name, value]) => ({ name, variable: referencesIn(writtenHeader(name, value))[0]?.name ?? '' }));
  return [...ofHeaders, ...variables].map(
    ({ name, variable }) =>
      `# The value of ${name} isn't saved here: give ${variable} one in http-client.private.env.json.`,
  );
}

function headerLines({ headers, auth, body }: RequestSpec): string[] {
  const keys = auth
    ? authHeaders(auth, auth.idHeader ? '{{MODAL_KEY}}.{{MODAL_SECRET}}' : '{{MODAL_API_KEY}}')
    : {};
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${writtenHeader(name, value)}`);
  const parts = typeof body === 'object' && 'parts' in body;
  return [
    ...lines.filter((line) => !parts || !/^content-type:/i.test(line)),
    ...(parts ? [`Content-Type: multipart/form-data; boundary=${boundaryFor(body.parts)}`] : []),
    ...Object.entries(keys).map(([name, value]) => `${name}: ${value}`),
  ];
}

function bodyText(
  { body, headers }: RequestSpec,
  options: WriteOptions,
): { body?: string; bodyFile?: { name: string; bytes: Uint8Array } } {
  if (body === undefined || body === '') return {};
  if (/^graphql$/i.test(valueOf(headers, 'x-request-type')))
    throw new ModalError(
      'invalid',
      'With the header X-Request-Type: GraphQL, .http files treat the body as a query. Remove the header; the body is already JSON.',
    );
  if (typeof body === 'object' && 'parts' in body) return { body: multipartText(body.parts, options.folder) };
  if (typeof body === 'string' && isPlain(body) && isReadBack(body, valueOf(headers, 'content-type')))
    return { body };
  const json = typeof body === 'string' && /^\s*[[{]/.test(body);
  const { bodyName = (own: string) => `bodies/${own}` } = options;
  const name = bodyName(
    `${identifier(options.name)}.${json ? 'json' : typeof body === 'string' ? 'txt' : 'bin'}`,
  );
  if (typeof body !== 'string') return { body: `< ./${name}`, bodyFile: { name, bytes: body } };
  const isFilled = hasVariables(body);
  if (isFilled && body.includes('{{'))
    throw new ModalError(
      'invalid',
      "The body contains a credential, which isn't saved, and {{, which would become a variable. Remove one of them first.",
    );
  const bytes = new TextEncoder().encode(inFile(body));
  return { body: `${isFilled ? '<@' : '<'} ./${name}`, bodyFile: { name, bytes } };
}

function valueOf(headers: RequestSpec['headers'], name: string): string {
  return Object.entries(headers).find(([each]) => each.toLowerCase() === name)?.[1] ?? '';
}

/** Fields of forms are encoded, and streams of JSON get a line end, by every client. */
function isReadBack(body: string, type: string): boolean {
  const headers = type === '' ? [] : [`Content-Type: ${oneLine(type)}`];
  const { requests } = parseHttpFile(['POST http://h/', ...headers, '', body, ''].join('\n'));
  const { pieces = [], isForm } = requests[0]?.body ?? {};
  const text = pieces.map((piece) => (piece.kind === 'text' ? piece.text : '')).join('');
  return (isForm ? formText(text) : text) === body;
}

/**
 * Comments, files, responses, variables, checks and separators begin lines of their own; for httpyac, requests and
 * queries do too.
 */
const special = /^\s*(?:#|\/[/*]|[<>@?]|--|HTTP\/|[A-Z][A-Z-]+\s|(?:query|mutation|fragment|gql)\b)/;

/** Whether every client reads a text in a `.http` file as exactly this body. */
function isPlain(body: string): boolean {
  return (
    body.length <= longestInline &&
    body.isWellFormed() &&
    !body.includes('{{') &&
    !hasEscape(body) &&
    !/[\u0000-\u0008\u000b-\u001f\u007f\u2028\u2029\ufeff]/.test(body) &&
    !/^\s|\s$/.test(body) &&
    !body.split('\n').some((line) => special.test(line) || /={3}\s*$/.test(line))
  );
}

function multipartText(parts: readonly MultipartPart[], folder: string): string {
  const mark = boundaryFor(parts);
  const lines = parts.flatMap(({ name, text = '', file, ...part }) => {
    const fileName = file?.name ?? part.fileName;
    const type = file?.type ?? part.type;
    const said = fileName === undefined ? '' : `; filename="${quoted(fileName)}"`;
    return [
      `--${mark}`,
      `Content-Disposition: form-data; name="${quoted(name)}"${said}`,
      ...(type === undefined ? [] : [`Content-Type: ${oneLine(type)}`]),
      '',
      file ? `< ${relative(folder, file.path)}` : partText(name, text),
    ];
  });
  return [...lines, `--${mark}--`].join('\n');
}

/** Clients send the lines of a part with CRLF, so that no other line ends are kept. */
function partText(name: string, text: string): string {
  const lines = text.replaceAll('\r\n', '\n');
  if (text !== '' && (!isPlain(lines) || lines.replaceAll('\n', '\r\n') !== text))
    throw new ModalError(
      'invalid',
      `The text of the part "${name}" has line breaks or characters that .http files interpret differently. Send it as a file.`,
    );
  return lines;
}

function boundaryFor(parts: readonly MultipartPart[]): string {
  let mark = boundary;
  while (parts.some(({ text = '' }) => text.includes(mark))) mark += '-';
  return mark;
}

function quoted(text: string): string {
  if (text.includes('{{'))
    throw new ModalError('invalid', `"${text}" contains {{, which .http files read as a variable.`);
  return oneLine(text).replaceAll(/["\\]/g, '\\$&');
}

/** Relative below the folder of the file or beside it; other drives and far places stay absolute. */
function relative(folder: string, file: string): string {
  if (folder === '') return file;
  const way = path.relative(folder, file).replaceAll(path.sep, '/');
  if (path.isAbsolute(way)) return file;
  return way.startsWith('.') ? way : `./${way}`;
}

export function identifier(name: string): string {
  return (
    name
      .normalize('NFKD')
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '_')
      .replaceAll(/^_|_$/g, '')
      .slice(0, 60) || 'request'
  );
}

const oneLine = (text: string) => text.replaceAll(/[\r\n\u2028\u2029]+/g, ' ').trim();
