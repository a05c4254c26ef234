import { Agent, EnvHttpProxyAgent, Pool } from 'undici';
import type { Dispatcher } from 'undici';
import type { NetworkSettings } from '../domain/network.ts';
import { trustedContext } from './certificates.ts';

export const connectLimitMs = 10_000;
const idleBodyLimitMs = 5 * 60_000;
/** As in the editor's own client: a server on this machine is never asked for through a proxy. */
const ownMachine = ['localhost', '127.0.0.1', '::1'];

export interface DispatcherOptions {
  readonly network: NetworkSettings;
  readonly isHttps: boolean;
  /** Limit for the first byte of each leg, in milliseconds. */
  readonly headersTimeoutMs: number;
  /** A connection stands; with TLS, after its handshake, also through a proxy. */
  readonly onConnect: () => void;
}

/** A dispatcher for one request and its redirects; the caller destroys it. */
export function makeDispatcher(options: DispatcherOptions): Dispatcher {
  const { network, isHttps, headersTimeoutMs, onConnect } = options;
  const tls = {
    timeout: connectLimitMs,
    rejectUnauthorized: network.strictSsl,
    ...(isHttps ? { secureContext: trustedContext(network.systemCertificates) } : {}),
  };
  const common = {
    connect: tls,
    headersTimeout: headersTimeoutMs,
    bodyTimeout: idleBodyLimitMs,
    factory: (origin: string | URL, opts: object) => new Pool(origin, opts).on('connect', onConnect),
  };
  const { env } = process;
  const proxy =
    network.proxy ||
    (isHttps && (env['https_proxy'] ?? env['HTTPS_PROXY'])) ||
    env['http_proxy'] ||
    env['HTTP_PROXY'];
  if (!network.useProxy || !proxy) return new Agent(common);
  const noProxy =
    network.noProxy.length > 0 ? network.noProxy.join() : (env['no_proxy'] ?? env['NO_PROXY'] ?? '');
  return new EnvHttpProxyAgent({
    ...common,
    requestTls: tls,
    proxyTls: {
      ...tls,
      ...(proxy.startsWith('https:') ? { secureContext: trustedContext(network.systemCertificates) } : {}),
    },
    ...(network.proxyAuthorization ? { token: network.proxyAuthorization } : {}),
    httpProxy: proxy,
    httpsProxy: proxy,
    noProxy: [...ownMachine, noProxy].filter(Boolean).join(),
  });
}
