import { Agent, Client, Pool, ProxyAgent, buildConnector } from 'undici';
import type { Dispatcher } from 'undici';
import type { NetworkSettings } from '../../../domain/network.ts';
import { trustedContext } from '../../../modal/network/certificates.ts';
import type { Proxy } from '../../../modal/network/proxy.ts';
import { proxyFor } from '../../../modal/network/proxy.ts';
import { openTunnel } from '../../../modal/network/tunnel.ts';

export const connectLimitMs = 10_000;
const idleBodyLimitMs = 5 * 60_000;

export interface ConnectionOptions {
  readonly network: NetworkSettings;
  /** Of the only server that is asked. */
  readonly url: string;
  /** Limit for the first byte of each leg, in milliseconds. */
  readonly headersTimeoutMs: number;
}

export interface DispatcherOptions extends ConnectionOptions {
  /** A connection stands; with TLS, after its handshake, also through a proxy. */
  readonly onConnect: () => void;
}

/**
 * A dispatcher for one request and its redirects; the caller destroys it.
 * @throws kind `invalid` when what is set as proxy is none
 */
export function makeDispatcher({ onConnect, ...options }: DispatcherOptions): Dispatcher {
  const factory = (origin: string | URL, opts: object) => new Pool(origin, opts).on('connect', onConnect);
  const forward = forwardingProxy(options);
  return forward
    ? new ProxyAgent({ ...forwardOptions(forward, options), factory })
    : new Agent({ ...timeouts(options), connect: connector(options), factory });
}

/**
 * A dispatcher that keeps one connection, for one request after the other; the caller destroys it.
 * @throws kind `invalid` when what is set as proxy is none
 */
export function makeConnection(options: ConnectionOptions): Dispatcher {
  const forward = forwardingProxy(options);
  if (forward) return new ProxyAgent({ ...forwardOptions(forward, options), connections: 1 });
  const connect = connector(options, { allowH2: false });
  return new Client(new URL(options.url).origin, { ...timeouts(options), connect });
}

function timeouts({ headersTimeoutMs }: ConnectionOptions) {
  return { headersTimeout: headersTimeoutMs, bodyTimeout: idleBodyLimitMs };
}

/** Most proxies open tunnels for TLS alone, and are told the requests that are not encrypted. */
function forwardingProxy({ url, network }: ConnectionOptions): Proxy | undefined {
  const proxy = proxyFor(url, network);
  const isForwarded =
    new URL(url).protocol === 'http:' && (proxy?.kind === 'http' || proxy?.kind === 'https');
  return isForwarded ? proxy : undefined;
}

function forwardOptions({ kind, host, authorization }: Proxy, options: ConnectionOptions) {
  return {
    ...timeouts(options),
    uri: `${kind}://${host}`,
    proxyTunnel: false,
    proxyTls: tlsOptions(options.network, kind === 'https'),
    ...(authorization ? { token: authorization } : {}),
  };
}

function tlsOptions(network: NetworkSettings, isHttps: boolean) {
  return {
    timeout: connectLimitMs,
    rejectUnauthorized: network.strictSsl,
    ...(isHttps ? { secureContext: trustedContext(network) } : {}),
  };
}

/** Connects directly, or through a tunnel. */
function connector(
  { url, network }: ConnectionOptions,
  more: buildConnector.BuildOptions = {},
): buildConnector.connector {
  const { protocol, hostname, port } = new URL(url);
  const isHttps = protocol === 'https:';
  const connect = buildConnector({ ...tlsOptions(network, isHttps), ...more });
  const proxy = proxyFor(url, network);
  if (!proxy) return connect;
  const target = { hostname, port: Number(port) || (isHttps ? 443 : 80) };
  return (options, callback) => {
    const { signal } = new AbortController();
    openTunnel(proxy, target, { network, signal, limitMs: connectLimitMs }).then(
      (socket) => {
        if (isHttps) connect({ ...options, httpSocket: socket }, callback);
        else callback(null, socket);
      },
      (error: unknown) => callback(error as Error, null),
    );
  };
}
