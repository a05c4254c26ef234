import { Agent, EnvHttpProxyAgent, Pool, buildConnector } from 'undici';
import type { Dispatcher } from 'undici';
import type { NetworkSettings } from '../domain/network.ts';
import { ownMachine, withEnvironment } from '../domain/network.ts';
import { trustedContext } from './certificates.ts';

export const connectLimitMs = 10_000;
const idleBodyLimitMs = 5 * 60_000;

export interface ConnectionOptions {
  readonly network: NetworkSettings;
  readonly isHttps: boolean;
  /** Limit for the first byte of each leg, in milliseconds. */
  readonly headersTimeoutMs: number;
}

export interface DispatcherOptions extends ConnectionOptions {
  /** A connection stands; with TLS, after its handshake, also through a proxy. */
  readonly onConnect: () => void;
}

/** A dispatcher for one request and its redirects; the caller destroys it. */
export function makeDispatcher({ onConnect, ...options }: DispatcherOptions): Dispatcher {
  const common = {
    ...commonOptions(options),
    factory: (origin: string | URL, opts: object) => new Pool(origin, opts).on('connect', onConnect),
  };
  return throughProxy(options, common) ?? new Agent(common);
}

/** How one request after the other goes out: over a socket, or through a proxy. The caller destroys either. */
export type Connection =
  | { readonly kind: 'direct'; readonly connect: buildConnector.connector; readonly bodyTimeoutMs: number }
  | { readonly kind: 'proxied'; readonly dispatcher: Dispatcher };

export function makeConnection(options: ConnectionOptions): Connection {
  const common = commonOptions(options);
  const dispatcher = throughProxy(options, { ...common, connections: 1 });
  if (dispatcher) return { kind: 'proxied', dispatcher };
  const connect = buildConnector({ ...common.connect, allowH2: false });
  return { kind: 'direct', connect, bodyTimeoutMs: common.bodyTimeout };
}

function commonOptions({ network, isHttps, headersTimeoutMs }: ConnectionOptions) {
  return {
    connect: tlsOptions(network, isHttps),
    headersTimeout: headersTimeoutMs,
    bodyTimeout: idleBodyLimitMs,
  };
}

function tlsOptions({ strictSsl, systemCertificates }: NetworkSettings, isHttps: boolean) {
  return {
    timeout: connectLimitMs,
    rejectUnauthorized: strictSsl,
    ...(isHttps ? { secureContext: trustedContext(systemCertificates) } : {}),
  };
}

/** @returns undefined when no proxy is to be used */
function throughProxy({ network, isHttps }: ConnectionOptions, common: object): Dispatcher | undefined {
  const { proxy, noProxy } = withEnvironment(network, isHttps, process.env);
  if (!network.useProxy || !proxy) return undefined;
  return new EnvHttpProxyAgent({
    ...common,
    requestTls: tlsOptions(network, isHttps),
    proxyTls: tlsOptions(network, proxy.startsWith('https:')),
    ...(network.proxyAuthorization ? { token: network.proxyAuthorization } : {}),
    httpProxy: proxy,
    httpsProxy: proxy,
    noProxy: [...ownMachine, ...noProxy].join(),
  });
}
