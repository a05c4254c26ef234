/** Where a redirect leads, and what is sent there: the rules of fetch, for one server. */

export interface Target {
  readonly method: string;
  readonly url: string;
  readonly withBody: boolean;
}

/** Modal's web edge cuts a request that takes longer than 150 s, and says where the answer can be waited for. */
const pollParameter = '__modal_function_call_id';
const redirects = [301, 302, 303, 307, 308];

/** @returns the next target; undefined when the answer is not a redirect, or leads to another server */
export function redirected(status: number, location: string | undefined, from: Target): Target | undefined {
  const url = locationOf(status, location, from.url);
  // The key must not go to another server.
  if (url?.origin !== new URL(from.url).origin) return undefined;
  const asGet = (status === 303 && from.method !== 'HEAD') || (status <= 302 && from.method === 'POST');
  return asGet
    ? { method: 'GET', url: url.href, withBody: false }
    : { method: from.method, url: url.href, withBody: from.withBody };
}

export function isPoll(status: number, target: Target): boolean {
  return status === 303 && new URL(target.url).searchParams.has(pollParameter);
}

function locationOf(status: number, location: string | undefined, from: string): URL | undefined {
  if (!redirects.includes(status) || location === undefined) return undefined;
  return URL.parse(location, from) ?? undefined;
}
