import { lookup } from 'node:dns/promises';
import net from 'node:net';
import tls from 'node:tls';
import { ModalError } from '../../domain/errors.ts';
import type { NetworkSettings } from '../../domain/network.ts';
import { plainNetwork, proxyOf, withEnvironment } from '../../domain/network.ts';
import { untilAborted } from '../../domain/untilAborted.ts';
import { trustedContext } from '../certificates.ts';

/** How the way to a server went, in milliseconds. */
export interface Connected {
  readonly address: string;
  readonly nameMs: number;
  readonly connectMs: number;
  /** Absent without encryption. */
  readonly tls?: { readonly ms: number; readonly protocol: string };
  /** Host of the proxy that the figures are about: what is behind it shows in the requests. */
  readonly proxy?: string;
}

const limitMs = 10_000;

/**
 * Resolves the name, connects and, for https, shakes hands; where a proxy is used, with the proxy. Nothing is sent, so
 * that no container starts.
 * @throws kind `offline` with the step that failed, `timeout` after 10 s, `cancelled`
 */
export async function connectTo(
  url: string,
  signal: AbortSignal,
  network: NetworkSettings = plainNetwork,
): Promise<Connected> {
  const target = new URL(url);
  const settings = withEnvironment(network, target.protocol === 'https:', process.env);
  const proxy = proxyOf(settings, target.hostname.replace(/^\[|\]$/g, ''));
  if (!proxy) return connectDirectly(target, signal, settings);
  const through = proxyUrl(proxy);
  return { ...(await connectDirectly(through, signal, settings)), proxy: through.host };
}

function proxyUrl(proxy: string): URL {
  if (URL.canParse(proxy)) return new URL(proxy);
  throw new ModalError('invalid', `The address of the proxy is not a URL. Look at the setting http.proxy.`);
}

async function connectDirectly(
  { hostname, port, protocol }: URL,
  signal: AbortSignal,
  network: NetworkSettings,
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
    const encrypted = tls.connect({
      socket: socket.value,
      host,
      ...(net.isIP(host) ? {} : { servername: host }),
      rejectUnauthorized: network.strictSsl,
      secureContext: trustedContext(network.systemCertificates),
    });
    await untilAborted(firstEvent(encrypted, 'secureConnect'), ends);
    return {
      ...times,
      tls: { ms: performance.now() - connected, protocol: encrypted.getProtocol() ?? 'TLS' },
    };
  } catch (error) {
    throw explain(error, host, signal, limit);
  }
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

function explain(error: unknown, host: string, signal: AbortSignal, limit: AbortSignal): ModalError {
  const options = { cause: error };
  if (signal.aborted) return new ModalError('cancelled', 'Cancelled', options);
  if (limit.aborted) return new ModalError('timeout', `No connection to ${host} within 10 s.`, options);
  const { code = '', message } = error as { code?: string; message: string };
  if (/^(?:ENOTFOUND|EAI_AGAIN)$/.test(code))
    return new ModalError('offline', `The name ${host} cannot be resolved. Check the network.`, options);
  if (code === 'ECONNREFUSED')
    return new ModalError('offline', `Nothing listens at ${host}. Is the app still deployed?`, options);
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/.test(code))
    return new ModalError('offline', `The certificate of ${host} is not trusted: ${message}.`, options);
  return new ModalError('offline', `No connection to ${host}: ${message}`, options);
}
