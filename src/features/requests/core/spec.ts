import { readFile } from 'node:fs/promises';
import { ModalError } from '../../../domain/errors.ts';
import { headerProblem } from '../../../domain/headerRules.ts';
import type { MultipartPart, RequestSpec } from '../../../domain/request.ts';
import type { DraftBody, DraftPart, EmbeddedFile, Pair, RequestDraft } from '../../../domain/requestDraft.ts';
import { pathNames } from '../../../domain/requestDraft.ts';
import { ownValue } from '../../../shared/ownValue.ts';
import { withoutEndSlashes } from '../../../shared/endSlashes.ts';
import { addHeader } from './checkHeaders.ts';
import { usablePath } from './files.ts';

/**
 * Makes of a draft what is sent. Files in place of strings are read here; those of parts are left to the client, which
 * streams them.
 * @param baseUrl address of the endpoint
 * @throws kind `invalid` for an address, a header or a file that cannot be sent
 */
export async function specOf(draft: RequestDraft, baseUrl: string): Promise<RequestSpec> {
  const url = addressOf(draft, baseUrl);
  const given = headersOf(draft.headers);
  const withBody = draft.method !== 'GET' && draft.method !== 'HEAD';
  const body = withBody ? await bodyOf(draft.body) : undefined;
  const type = body === undefined ? undefined : typeOf(draft.body);
  const hasType = Object.keys(given).some((name) => name.toLowerCase() === 'content-type');
  return {
    method: draft.method,
    url,
    headers: { ...(type !== undefined && !hasType ? { 'content-type': type } : {}), ...given },
    ...(body === undefined ? {} : { body }),
    ...(draft.auth ? { auth: draft.auth } : {}),
  };
}

/** The address with path values and query filled in. @throws kind `invalid` */
export function addressOf({ path, pathValues, query }: RequestDraft, baseUrl: string): string {
  let filled = path.trim();
  for (const name of pathNames(path)) {
    const value = ownValue(pathValues, name) ?? '';
    if (value === '') throw new ModalError('invalid', `The path needs a value for {${name}}.`);
    filled = filled.replaceAll(`{${name}}`, () => encodeURIComponent(value));
  }
  const base = withoutEndSlashes(baseUrl);
  const url = new URL(`${base}/${filled.replace(/^\/+/, '')}`);
  for (const { name, value, on } of query) if (on && name !== '') url.searchParams.append(name, value);
  return url.href;
}

function headersOf(pairs: readonly Pair[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const { name, value, on } of pairs) {
    if (!on || (name === '' && value === '')) continue;
    const problem = headerProblem(name, value);
    if (problem) throw new ModalError('invalid', problem);
    addHeader(headers, name, value);
  }
  return headers;
}

function typeOf(body: DraftBody): string | undefined {
  if (body.kind === 'text') return body.type || undefined;
  return body.kind === 'form' ? 'application/x-www-form-urlencoded' : undefined;
}

async function bodyOf(body: DraftBody): Promise<RequestSpec['body']> {
  switch (body.kind) {
    case 'none':
      return undefined;
    case 'text':
      return body.text === '' ? undefined : withFiles(body.text, body.files);
    case 'form': {
      const on = body.fields.filter((field) => field.on && field.name !== '');
      return new URLSearchParams(on.map(({ name, value }): [string, string] => [name, value])).toString();
    }
    case 'multipart': {
      const on = body.parts.filter((part) => part.on && part.name !== '');
      return { parts: await Promise.all(on.map(partOf)) };
    }
  }
}

async function partOf({ name, text, file, type, fileName }: DraftPart): Promise<MultipartPart> {
  if (file) return { name, file: { path: await usablePath(file), name: file.name, type: file.type } };
  if (text === undefined) throw new ModalError('invalid', `No file selected for "${name}".`);
  return { name, text, ...(type ? { type } : {}), ...(fileName === undefined ? {} : { fileName }) };
}

/** Only the strings that stand for files are replaced; all else goes out as the user wrote it. */
async function withFiles(text: string, files: readonly EmbeddedFile[]): Promise<string> {
  const used = files.filter(({ note }) => text.includes(JSON.stringify(note)));
  if (used.length === 0) return text;
  const contents = new Map<string, string>();
  for (const file of used) contents.set(JSON.stringify(file.note), await contentOf(file));
  return withReplaced(text, contents);
}

/** What is put in is not looked at again. */
function withReplaced(text: string, contents: ReadonlyMap<string, string>): string {
  const [[note, content] = [], ...others] = contents;
  if (note === undefined || content === undefined) return text;
  return text
    .split(note)
    .map((part) => withReplaced(part, new Map(others)))
    .join(content);
}

/** As a JSON string, with its quotes. */
async function contentOf(file: EmbeddedFile): Promise<string> {
  const bytes = await readFile(await usablePath(file));
  return file.encoding === 'base64'
    ? `"${bytes.toString('base64')}"`
    : JSON.stringify(bytes.toString('utf8'));
}
