import type { RequestAuth, RequestSpec } from '../../../../domain/request.ts';
import { authHeaders } from '../../../../domain/request.ts';
import { hasReference, variableName, withVariables, writtenHeader } from '../../../requests/core/index.ts';

/** A request as code or a command that somebody can run elsewhere. */
export interface SnippetKind {
  readonly id: 'curl' | 'httpx' | 'openai' | 'fetch' | 'http';
  readonly label: string;
  /** Whether this request can be said in it. */
  readonly fits: (spec: RequestSpec) => boolean;
  /** @throws kind `invalid` for headers that no client would send */
  readonly write: (spec: RequestSpec) => string;
}

/** A header value that holds a key: text before the variable, and the variable's name. */
export interface KeyHeader {
  readonly name: string;
  readonly before: string;
  readonly variable: string;
}

/** Headers that carry a key, with the variables that hold it in the user's own environment. */
export function keyHeaders(spec: RequestSpec): KeyHeader[] {
  const own = writtenHeaders(spec)
    .filter(([, value]) => hasReference(value))
    .map(([name, value]) => {
      const [, before = '', inner] = /^([^{}]*)\{\{\s*(?:\$\w+\s+)?([^{}\s]+)\s*\}\}$/.exec(value) ?? [];
      // Values of several pieces are one variable.
      return inner === undefined
        ? { name, before: '', variable: variableName(name).toUpperCase() }
        : { name, before, variable: variableName(inner) };
    });
  return [...authKeys(spec.auth), ...own];
}

/** Variables of the user's own environment that code of a request reads. */
export function variablesOf(spec: RequestSpec): string[] {
  return [...keyHeaders(spec), ...withVariables(spec).variables].map(({ variable }) => variable);
}

function authKeys(auth: RequestAuth | undefined): KeyHeader[] {
  if (!auth) return [];
  const value = auth.idHeader === undefined ? 'MODAL_API_KEY' : 'MODAL_KEY.MODAL_SECRET';
  return Object.entries(authHeaders(auth, value)).map(([name, said]) => {
    const variable = said.slice(said.lastIndexOf(' ') + 1);
    return { name, before: said.slice(0, said.length - variable.length), variable };
  });
}

export function hasHeader({ headers }: RequestSpec, name: string): boolean {
  return Object.keys(headers).some((each) => each.toLowerCase() === name);
}

/** Whether the answer comes bit by bit, so that a snippet should print it as it arrives. */
export function streams({ headers, body }: RequestSpec): boolean {
  const accept = Object.entries(headers).find(([name]) => name.toLowerCase() === 'accept')?.[1] ?? '';
  if (accept.includes('text/event-stream')) return true;
  const json = jsonBody(body);
  return json?.['stream'] === true;
}

/** The body as a JSON object; undefined for anything else. */
export function jsonBody(body: RequestSpec['body']): Record<string, unknown> | undefined {
  if (typeof body !== 'string') return undefined;
  try {
    const json = JSON.parse(body) as unknown;
    return typeof json === 'object' && json !== null && !Array.isArray(json)
      ? (json as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Headers without those that carry a key. */
export function plainHeaders(spec: RequestSpec): [string, string][] {
  return writtenHeaders(spec).filter(([, value]) => !hasReference(value));
}

/** Without what the client makes itself for a body of parts; credentials are variables. */
function writtenHeaders({ headers, body }: RequestSpec): [string, string][] {
  const parts = typeof body === 'object' && 'parts' in body;
  return Object.entries(headers)
    .filter(([name]) => !parts || name.toLowerCase() !== 'content-type')
    .map(([name, value]) => [name, writtenHeader(name, value)]);
}

/** What the server would get for a text with halves of characters. */
export function wellFormed(text: string): string {
  return text.toWellFormed();
}
