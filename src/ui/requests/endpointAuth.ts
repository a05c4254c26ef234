import type { CatalogApp } from '../../domain/catalog.ts';
import type { RequestAuth } from '../../domain/request.ts';
import { endpointKeyName } from '../../requests/keys.ts';
import type { AppEndpoint } from '../commands/pick.ts';

/**
 * The key that an endpoint takes, by reference: what the manifest of a bundled app says, or a token of Modal's proxy,
 * which is sent as a bearer token `ID.SECRET`.
 * @returns undefined where nothing is known to be needed
 */
export function endpointAuth({ app, endpoint }: AppEndpoint, bundled?: CatalogApp): RequestAuth | undefined {
  const auth = bundled?.endpoints.find((candidate) => candidate.function === endpoint.name)?.auth;
  if (auth) {
    const { header, scheme, secretName } = auth;
    return { secretRef: endpointKeyName(app.environment, secretName), header, scheme };
  }
  if (!endpoint.requiresProxyAuth) return undefined;
  return { secretRef: endpointKeyName(app.environment, app.name), header: 'Authorization', scheme: 'Bearer' };
}
