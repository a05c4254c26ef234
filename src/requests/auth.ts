import type { Endpoint } from '../domain/app.ts';
import type { CatalogApp } from '../domain/catalog.ts';
import type { AuthChoice, AuthKind, RequestAuth } from '../domain/request.ts';
import { endpointKeyName } from './keys.ts';

/** Whose keys are meant. */
export interface AuthTarget {
  readonly app: { readonly name: string; readonly environment: string };
  readonly endpoint: Pick<Endpoint, 'name' | 'requiresProxyAuth'>;
}

/** Proxy tokens open every endpoint of an environment that asks for one, so that one name serves them all. */
const proxySecret = 'modal-proxy-token';

/** What an endpoint is known to ask for: by the server, else by the manifest of a bundled app. */
export function defaultAuth({ endpoint }: AuthTarget, bundled?: CatalogApp): AuthChoice {
  const auth = manifestAuth(endpoint.name, bundled);
  if (endpoint.requiresProxyAuth || auth?.secretName === proxySecret) return { kind: 'proxy', header: '' };
  if (!auth) return { kind: 'none', header: '' };
  if (auth.scheme) return { kind: 'bearer', header: '' };
  const isSecretKey = auth.header.toLowerCase() === 'x-secret-key';
  return isSecretKey ? { kind: 'secretKey', header: '' } : { kind: 'header', header: auth.header };
}

/** @returns undefined where no key is sent */
export function requestAuth(
  { kind, header }: AuthChoice,
  target: AuthTarget,
  bundled?: CatalogApp,
): RequestAuth | undefined {
  const secretRef = keyName(kind, target, bundled);
  switch (kind) {
    case 'none':
      return undefined;
    case 'bearer':
      return { secretRef, header: 'Authorization', scheme: 'Bearer' };
    case 'secretKey':
      return { secretRef, header: 'X-SECRET-KEY', scheme: '' };
    case 'header':
      return header ? { secretRef, header, scheme: '' } : undefined;
    case 'proxy':
      return { secretRef, idHeader: 'Modal-Key', header: 'Modal-Secret', scheme: '' };
  }
}

/** By reference what an endpoint is known to ask for; undefined where nothing is. */
export function knownAuth(target: AuthTarget, bundled?: CatalogApp): RequestAuth | undefined {
  return requestAuth(defaultAuth(target, bundled), target, bundled);
}

/** The choice behind a reference that was kept with a request. */
export function authChoice(auth: RequestAuth | undefined): AuthChoice {
  if (!auth) return { kind: 'none', header: '' };
  if (auth.idHeader !== undefined) return { kind: 'proxy', header: '' };
  const header = auth.header.toLowerCase();
  if (header === 'authorization' && auth.scheme === 'Bearer') return { kind: 'bearer', header: '' };
  return header === 'x-secret-key'
    ? { kind: 'secretKey', header: '' }
    : { kind: 'header', header: auth.header };
}

/** Name under which the key of an endpoint is kept. */
export function keyName(kind: AuthKind, { app, endpoint }: AuthTarget, bundled?: CatalogApp): string {
  const own = manifestAuth(endpoint.name, bundled)?.secretName;
  const name = kind === 'proxy' ? proxySecret : own === undefined || own === proxySecret ? app.name : own;
  return endpointKeyName(app.environment, name);
}

function manifestAuth(name: string, bundled: CatalogApp | undefined) {
  return bundled?.endpoints.find((endpoint) => endpoint.function === name)?.auth ?? undefined;
}
