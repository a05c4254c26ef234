import { pathToFileURL } from 'node:url';
import type { RequestSpec } from '../../../domain/request.ts';
import type { DraftBody, Pair, RequestDraft } from '../../../domain/requestDraft.ts';
import { withoutEndSlashes } from '../../../shared/endSlashes.ts';

/**
 * A request of a file or of the history as one that can be edited. What is sent of it is the same; the key stays a
 * reference.
 * @param baseUrl address of the endpoint
 * @returns undefined for a body of bytes, which no editor shows, and for a credential in address or body
 */
export function draftOf(spec: RequestSpec, baseUrl: string): RequestDraft | undefined {
  const body = spec.hidden ? undefined : bodyOf(spec);
  if (!body) return undefined;
  const { path, query } = addressOf(spec.url, baseUrl);
  const headers = Object.entries(spec.headers)
    .filter(([name]) => body.kind !== 'text' || name.toLowerCase() !== 'content-type')
    .map(([name, value]) => ({ name, value, on: true }));
  return {
    method: spec.method,
    path,
    pathValues: {},
    query,
    headers,
    body,
    ...(spec.auth ? { auth: spec.auth } : {}),
  };
}

function bodyOf({ body, headers }: RequestSpec): DraftBody | undefined {
  if (body === undefined) return { kind: 'none' };
  if (typeof body === 'string') {
    const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
    return { kind: 'text', type, text: body, files: [] };
  }
  if (!('parts' in body)) return undefined;
  const parts = body.parts.map(({ name, text, file, type, fileName }) => ({
    name,
    on: true,
    ...(type === undefined ? {} : { type }),
    ...(fileName === undefined ? {} : { fileName }),
    ...(file
      ? { file: { uri: pathToFileURL(file.path).href, name: file.name, type: file.type } }
      : { text: text ?? '' }),
  }));
  return { kind: 'multipart', parts };
}

/** The query becomes a table where that gives the same address again. */
function addressOf(url: string, baseUrl: string): { path: string; query: Pair[] } {
  const base = withoutEndSlashes(new URL(baseUrl).pathname);
  const { pathname, search, searchParams, hash, href } = new URL(url);
  const below = pathname.startsWith(`${base}/`) ? pathname.slice(base.length) : pathname;
  const again = new URL(url);
  again.search = '';
  for (const [name, value] of searchParams) again.searchParams.append(name, value);
  if (hash === '' && again.href === href)
    return { path: below, query: [...searchParams].map(([name, value]) => ({ name, value, on: true })) };
  // Braces in a path would ask for a value.
  const rest = `${search}${hash}`.replaceAll('{', '%7B').replaceAll('}', '%7D');
  return { path: `${below}${rest}`, query: [] };
}
