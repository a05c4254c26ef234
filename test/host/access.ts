/** Who may talk to the editor: whoever has the printed address, from the editor's own pages. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** How the editor gets the token: in the printed address once, then in this cookie. */
const parameter = 'tkn';
const cookie = 'vscode-tkn';

export interface Access {
  readonly port: number;
  readonly token: string;
}

/** Folder in the address under which all of the editor lies. A browser sends its cookie there and to no other port. */
export function editorPath(token: string): string {
  return `/${createHash('sha256').update(`path ${token}`).digest('hex').slice(0, 32)}/`;
}

export function editorAddress({ port, token }: Access, query: Readonly<Record<string, string>>): string {
  const search = new URLSearchParams({ ...query, [parameter]: token });
  return `http://127.0.0.1:${port}${editorPath(token)}?${search.toString()}`;
}

/** @returns why the request gets no answer, or undefined when it may have one */
export function refusal(request: IncomingMessage, access: Access): string | undefined {
  // VS Code's server looks at none of these, so any page that a browser shows could use it, by DNS rebinding too.
  const host = only(request, 'host')?.toLowerCase();
  if (!host || !ownHosts(access.port).includes(host)) return 'This address belongs to another host.';
  if (has(request, 'origin') && only(request, 'origin') !== `http://${host}`)
    return 'Pages of other sites have no access.';
  // Says where a request without an Origin comes from, e.g. that of a picture, a script or a frame.
  if (
    has(request, 'sec-fetch-site') &&
    !['same-origin', 'none'].includes(only(request, 'sec-fetch-site') ?? '')
  )
    return 'Links from other sites do not work. Copy the address into the address bar.';
  if (!request.url?.startsWith(editorPath(access.token)) || !hasToken(request, access.token))
    return 'The token is missing. Open the whole address that was printed at the start.';
  return undefined;
}

/** As a browser writes them: port 80 is left out. */
function ownHosts(port: number): string[] {
  return ['127.0.0.1', 'localhost'].map((name) => new URL(`http://${name}:${port}`).host);
}

function hasToken(request: IncomingMessage, token: string): boolean {
  const { searchParams } = new URL(request.url ?? '', 'http://localhost');
  const given = searchParams.getAll(parameter);
  if (given.length > 0) return given.length === 1 && equal(given[0] ?? '', token);
  const cookies = (request.headers.cookie ?? '').split(';').map((each) => each.trim());
  return cookies.some((each) => each.startsWith(`${cookie}=`) && equal(each.slice(cookie.length + 1), token));
}

function has(request: IncomingMessage, name: string): boolean {
  return request.headersDistinct[name] !== undefined;
}

/** Value of a header that came once. Of one that came twice, two readers may each take another. */
function only(request: IncomingMessage, name: string): string | undefined {
  const values = request.headersDistinct[name] ?? [];
  return values.length === 1 ? values[0] : undefined;
}

function equal(a: string, b: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}
