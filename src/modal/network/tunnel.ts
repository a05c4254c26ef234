/** Connections through proxies. A bundle of its own: without a proxy, nobody needs the libraries. */
import { restoreDispatcher } from './keepDispatcher.ts';
import { once } from 'node:events';
import { Socket, connect } from 'node:net';
import { SocksClient } from 'socks';
import { Client } from 'undici';
import { ModalError } from '../../domain/errors.ts';
import type { NetworkSettings } from '../../domain/network.ts';
import { untilAborted } from '../../shared/untilAborted.ts';
import type { TunnelTarget } from './bridge.ts';
import { trustedContext } from './certificates.ts';
import { proxyError, refusedTunnel } from './connectError.ts';
import type { Proxy } from './proxy.ts';

restoreDispatcher();

export type { TunnelTarget } from './bridge.ts';
export { openBridge } from './bridge.ts';

export interface TunnelOptions {
  readonly network: NetworkSettings;
  readonly signal: AbortSignal;
  readonly limitMs: number;
}

/**
 * Opens a connection through a proxy; what is sent over it the server gets.
 * @throws kind `offline` with what is wrong with the proxy and where it is set, `cancelled` when aborted
 */
export async function openTunnel(
  proxy: Proxy,
  target: TunnelTarget,
  options: TunnelOptions,
): Promise<Socket> {
  const way = { host: `${target.hostname}:${target.port}`, proxy, network: options.network };
  const limit = AbortSignal.timeout(options.limitMs);
  const signal = AbortSignal.any([options.signal, limit]);
  const open = proxy.kind === 'http' || proxy.kind === 'https' ? throughHttp : throughSocks;
  try {
    return await open(proxy, target, { ...options, signal });
  } catch (error) {
    if (options.signal.aborted) throw new ModalError('cancelled', 'Cancelled', { cause: error });
    throw proxyError(
      limit.aborted ? Object.assign(new Error('too late'), { code: 'ETIMEDOUT' }) : error,
      way,
    );
  }
}

async function throughHttp(proxy: Proxy, target: TunnelTarget, options: TunnelOptions): Promise<Socket> {
  const { network, signal, limitMs } = options;
  const client = new Client(`${proxy.kind}://${proxy.host}`, {
    headersTimeout: limitMs,
    connect: {
      timeout: limitMs,
      rejectUnauthorized: network.strictSsl,
      ...(proxy.kind === 'https' ? { secureContext: trustedContext(network) } : {}),
      allowH2: false,
    },
  });
  const host = `${target.hostname}:${target.port}`;
  try {
    const { statusCode, headers, socket } = await client.connect({
      path: host,
      signal,
      headers: {
        host,
        'proxy-connection': 'keep-alive',
        ...(proxy.authorization ? { 'proxy-authorization': proxy.authorization } : {}),
      },
    });
    const refusal = refusedTunnel({ status: statusCode, headers }, { host, proxy, network });
    if (!refusal && socket instanceof Socket) return socket;
    socket.on('error', () => undefined).destroy();
    throw refusal ?? new Error('no socket');
  } finally {
    void client.close().catch(() => undefined);
  }
}

async function throughSocks(
  { kind, hostname, port, username, password }: Proxy,
  target: TunnelTarget,
  { signal, limitMs }: TunnelOptions,
): Promise<Socket> {
  // Connected by us: the library's errors have no codes.
  const socket = connect({ host: hostname, port });
  try {
    await once(socket, 'connect', { signal });
    const opening = SocksClient.createConnection({
      command: 'connect',
      existing_socket: socket,
      proxy: {
        host: hostname,
        port,
        type: kind === 'socks4' ? 4 : 5,
        ...(username ? { userId: username, password } : {}),
      },
      // The proxy resolves the name: inside a company only it may know it.
      destination: { host: target.hostname.replace(/^\[|\]$/g, ''), port: target.port },
      timeout: limitMs,
    });
    return (await untilAborted(opening, signal)).socket;
  } catch (error) {
    socket.on('error', () => undefined).destroy();
    throw error;
  }
}
