import type { App, Endpoint } from '../../../domain/app.ts';
import type { CatalogApp } from '../../../domain/catalog.ts';
import type { AuthChoice, AuthKind, RequestAuth } from '../../../domain/request.ts';
import {
  addressKeyName,
  appKeyName,
  ownPairName,
  runKeyName,
  secretKeyName,
} from '../../../domain/keyNames.ts';

/** Whose keys are meant. */
export interface AuthTarget {
  readonly app: Pick<App, 'id' | 'name' | 'environment' | 'state'>;
  readonly endpoint: Pick<Endpoint, 'name' | 'url' | 'requiresProxyAuth'>;
}

/** Proxy tokens open every endpoint of an environment that asks for one, so that one name serves them all. */
const proxySecret = 'modal-proxy-token';

/** Names of all secrets that the keys of bundled apps are kept for. */
export function secretNames(apps: readonly CatalogApp[]): ReadonlySet<string> {
  const named = apps.flatMap(({ endpoints, secrets }) => [
    ...endpoints.flatMap(({ auth }) => auth?.secretName ?? []),
    ...secrets.map(({ name }) => name),
  ]);
  // Also where a manifest cannot be read: these are what an app may have been named like.
  return new Set([proxySecret, 'modal-apps-key', ...named]);
}

/** What an endpoint is known to ask for: by the server, else by the manifest of a bundled app. */
export function defaultAuth(target: AuthTarget, bundled?: CatalogApp): AuthChoice {
  const auth = manifestAuth(target, bundled);
  if (target.endpoint.requiresProxyAuth || auth?.secretName === proxySecret)
    return { kind: 'proxy', header: '' };
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

/** A reference that was kept with a request, to the key that its endpoint has now. */
export function withOwnKey(auth: RequestAuth, target: AuthTarget, bundled?: CatalogApp): RequestAuth {
  return { ...auth, secretRef: keyName(authChoice(auth).kind, target, bundled) };
}

/** Name under which the key of an endpoint is kept. */
export function keyName(kind: AuthKind, target: AuthTarget, bundled?: CatalogApp): string {
  const { environment } = target.app;
  const secret = manifestAuth(target, bundled)?.secretName;
  if (kind !== 'proxy')
    return secret === undefined || secret === proxySecret
      ? ownKeyName(target)
      : secretKeyName(environment, secret);
  // Where Modal's proxy does not take the token, the app itself would get what opens all the others.
  const isTaken = target.endpoint.requiresProxyAuth ?? secret === proxySecret;
  return isTaken ? secretKeyName(environment, proxySecret) : ownPairName(ownKeyName(target));
}

function ownKeyName({ app, endpoint }: AuthTarget): string {
  if (app.id === '') return addressKeyName(endpoint.url);
  return app.state === 'deployed' ? appKeyName(app.environment, app.name) : runKeyName(app.id);
}

/** A manifest speaks for the app that was deployed from it, not for a run that took its name. */
function manifestAuth({ app, endpoint }: AuthTarget, bundled: CatalogApp | undefined) {
  if (app.state !== 'deployed') return undefined;
  return bundled?.endpoints.find((each) => each.function === endpoint.name)?.auth ?? undefined;
}
