import { Agent, Client, EnvHttpProxyAgent, Pool } from 'undici';
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

/** A dispatcher for one request after the other, over one connection that is kept alive; the caller destroys it. */
export function makeConnection(origin: string, options: ConnectionOptions): Dispatcher {
  const common = commonOptions(options);
  const proxied = throughProxy(options, { ...common, connections: 1 });
  // Never more than one is sent at a time; with 1 undici would wait a turn of the event loop before each.
  return proxied ?? new Client(origin, { ...common, pipelining: 2 });
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
