import { lookup } from 'node:dns/promises';
import net from 'node:net';
import tls from 'node:tls';
import { ModalError, isModalError } from '../../../domain/errors.ts';
import type { NetworkSettings } from '../../../domain/network.ts';
import { plainNetwork } from '../../../domain/network.ts';
import { untilAborted } from '../../../shared/untilAborted.ts';
import { trustedContext } from '../../../modal/network/certificates.ts';
import { certificateWords, proxyError } from '../../../modal/network/connectError.ts';
import type { Proxy } from '../../../modal/network/proxy.ts';
import { proxyFor } from '../../../modal/network/proxy.ts';

/** How the way to a server went, in milliseconds. */
export interface Connected {
  readonly address: string;
  /** Absent where a proxy resolves the name. */
  readonly nameMs?: number;
  readonly connectMs: number;
  /** Absent without encryption. */
  readonly tls?: { readonly ms: number; readonly protocol: string };
  /** Host of the proxy through which the connection goes. Without encryption it ends there. */
  readonly proxy?: string;
}

const limitMs = 10_000;

/**
 * Resolves the name, connects and, for https, shakes hands, through the proxy where one is used. Nothing is sent, so
 * that no container starts.
 * @throws kind `offline` with the step that failed, `timeout` after 10 s, `cancelled`, `invalid` for a proxy that is none
 */
export async function connectTo(
  url: string,
  signal: AbortSignal,
  network: NetworkSettings = plainNetwork,
): Promise<Connected> {
  const target = new URL(url);
  const proxy = proxyFor(target, network);
  if (!proxy) return connectDirectly(target, signal, network);
  if (target.protocol === 'https:') return connectThrough(proxy, target, signal, network);
  try {
    const connected = await connectDirectly(new URL(`http://${proxy.host}`), signal, network, raw);
    return { ...connected, proxy: proxy.host };
  } catch (error) {
    throw proxyError(error, { host: target.host, proxy, network });
  }
}

async function connectThrough(
  proxy: Proxy,
  { hostname, port }: URL,
  signal: AbortSignal,
  network: NetworkSettings,
): Promise<Connected> {
  const limit = AbortSignal.timeout(limitMs);
  const { openTunnel } = await import('../../../modal/network/tunnel.ts');
  const start = performance.now();
  const target = { hostname, port: Number(port) || 443 };
  using socket = disposable(await openTunnel(proxy, target, { network, signal, limitMs }));
  const connected = performance.now();
  const address = socket.value.remoteAddress ?? proxy.hostname;
  try {
    const protocol = await shakeHands(socket.value, hostname, network, AbortSignal.any([signal, limit]));
    const handshake = { ms: performance.now() - connected, protocol };
    return { address, connectMs: connected - start, tls: handshake, proxy: proxy.host };
  } catch (error) {
    throw explain(error, hostname, signal, limit);
  }
}

async function connectDirectly(
  { hostname, port, protocol }: URL,
  signal: AbortSignal,
  network: NetworkSettings,
  explained = explain,
): Promise<Connected> {
  const secure = protocol === 'https:';
  const host = hostname.replace(/^\[|\]$/g, '');
  const limit = AbortSignal.timeout(limitMs);
  const ends = AbortSignal.any([signal, limit]);
  try {
    const start = performance.now();
    const { address } = await untilAborted(lookup(host), ends);
    const resolved = performance.now();
    using socket = disposable(net.connect({ host: address, port: Number(port || (secure ? 443 : 80)) }));
    await untilAborted(firstEvent(socket.value, 'connect'), ends);
    const connected = performance.now();
    const times = { address, nameMs: resolved - start, connectMs: connected - resolved };
    if (!secure) return times;
    const handshake = await shakeHands(socket.value, host, network, ends);
    return { ...times, tls: { ms: performance.now() - connected, protocol: handshake } };
  } catch (error) {
    throw explained(error, host, signal, limit);
  }
}

/** @returns the version of TLS */
async function shakeHands(
  socket: net.Socket,
  host: string,
  network: NetworkSettings,
  signal: AbortSignal,
): Promise<string> {
  const encrypted = tls.connect({
    socket,
    host,
    ...(net.isIP(host) ? {} : { servername: host }),
    rejectUnauthorized: network.strictSsl,
    secureContext: trustedContext(network),
  });
  await untilAborted(firstEvent(encrypted, 'secureConnect'), signal);
  return encrypted.getProtocol() ?? 'TLS';
}

function disposable(value: net.Socket): Disposable & { readonly value: net.Socket } {
  return { value, [Symbol.dispose]: () => void value.destroy() };
}

function firstEvent(socket: net.Socket, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, () => resolve());
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the connection was closed')));
  });
}

/** For whoever explains it: only that it was cancelled is told. */
function raw(error: unknown, _host: string, signal: AbortSignal): unknown {
  return signal.aborted ? new ModalError('cancelled', 'Cancelled', { cause: error }) : error;
}

function explain(error: unknown, host: string, signal: AbortSignal, limit: AbortSignal): unknown {
  if (isModalError(error)) return error;
  const options = { cause: error };
  if (signal.aborted) return new ModalError('cancelled', 'Cancelled', options);
  if (limit.aborted) return new ModalError('timeout', `No connection to ${host} within 10 s.`, options);
  const { code = '', message } = error as { code?: string; message: string };
  const certificate = certificateWords(code, host);
  if (certificate) return new ModalError('offline', certificate, options);
  if (/^(?:ENOTFOUND|EAI_AGAIN)$/.test(code))
    return new ModalError('offline', `Can't resolve the host name ${host}. Check the network.`, options);
  if (code === 'ECONNREFUSED')
    return new ModalError('offline', `${host} refused the connection. Is the app still deployed?`, options);
  return new ModalError('offline', `No connection to ${host}: ${message}`, options);
}
