import { withoutEndSlashes } from '../../../../shared/endSlashes.ts';
import type { Schema } from '../../../../shared/schema/schema.ts';
import { isSchema, textOf } from '../../../../shared/schema/schema.ts';
import { ownValue } from '../../../../shared/ownValue.ts';

export interface ServerPath {
  /** What stands before every path, without a slash at its end. */
  readonly prefix: string;
  /** In words, where a description names only other servers; else ''. */
  readonly note: string;
}

/** Addresses are compared with this one where the endpoint's own is not known. */
const unknownEndpoint = 'https://endpoint.invalid';
const mostServers = 20;

/**
 * Where below the endpoint the paths of a description begin. Requests never go to another server, which would get the
 * key: that is left to the user.
 */
export function serverPath(servers: readonly unknown[], endpointUrl: string): ServerPath {
  const endpoint = URL.parse(endpointUrl) ?? new URL(unknownEndpoint);
  const base = withoutEndSlashes(endpoint.pathname);
  const urls = servers
    .slice(0, mostServers)
    .filter(isSchema)
    .flatMap((server) => URL.parse(filled(server), `${endpoint.origin}${base}/`) ?? []);
  // Behind a proxy that ends TLS, frameworks write http:// and a port of their own for the same server.
  const own = urls.find(({ hostname }) => hostname === endpoint.hostname);
  if (own) {
    // A variable without a default is asked for.
    const path = withoutEndSlashes(own.pathname).replaceAll('%7B', '{').replaceAll('%7D', '}');
    const isBelow = base !== '' && (path === base || path.startsWith(`${base}/`));
    return { prefix: isBelow ? path.slice(base.length) : path, note: '' };
  }
  const [other] = urls;
  if (!other) return { prefix: '', note: '' };
  const note = `The API description names another server, ${other.origin}${withoutEndSlashes(other.pathname)}. Requests still go to this endpoint, so that your key isn't sent elsewhere.`;
  return { prefix: '', note };
}

/** The address with its variables at their defaults. */
function filled(server: Schema): string {
  const variables = isSchema(server['variables']) ? server['variables'] : {};
  return textOf(server['url']).replaceAll(/\{([^{}]*)\}/g, (whole, name: string) => {
    const variable = ownValue(variables, name);
    if (!isSchema(variable)) return whole;
    const [first] = Array.isArray(variable['enum']) ? (variable['enum'] as unknown[]) : [];
    return textOf(variable['default']) || textOf(first);
  });
}
