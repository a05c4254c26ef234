import { connect } from 'node:net';
import tls from 'node:tls';
import { isIP } from 'node:net';
import type { Socket } from 'node:net';
import { ModalError, isModalError } from '../domain/errors.ts';
import type { NetworkSettings } from '../domain/network.ts';
import { plainNetwork } from '../domain/network.ts';
import { trustedContext } from './network/certificates.ts';
import { certificateWords, rootOf } from './network/connectError.ts';
import { proxyFor } from './network/proxy.ts';
import { greets } from './greeting.ts';
import { formatDuration } from '../shared/format.ts';

export interface ProbeOptions {
  readonly signal?: AbortSignal;
  readonly network?: NetworkSettings;
  readonly limitMs?: number;
}

/**
 * Finds out quickly whether a server is there at all, on the way that the calls take, because both the SDK and the CLI
 * keep trying for a minute. A server that takes the connection also has to greet, as every server of HTTP/2 does.
 * @throws kind `offline` when there is no connection within the limit, none that can be trusted, or no server of this
 * kind at its other end; `cancelled` when aborted; `invalid` when what is set as proxy is none
 */
export async function probeServer(
  serverUrl: string,
  { signal = new AbortController().signal, network = plainNetwork, limitMs = 3000 }: ProbeOptions = {},
): Promise<void> {
  const url = new URL(serverUrl);
  const isTls = url.protocol === 'https:';
  const target = { hostname: url.hostname, port: Number(url.port) || (isTls ? 443 : 80) };
  const where = `${target.hostname}:${target.port}`;
  const proxy = proxyFor(url, network);
  let socket: Socket | undefined;
  try {
    if (proxy) {
      const { openTunnel } = await import('./network/tunnel.ts');
      socket = await openTunnel(proxy, target, { network, signal, limitMs: limitMs * 3 });
    } else {
      socket = connect({ host: target.hostname.replace(/^\[|\]$/g, ''), port: target.port });
      await settled(socket, 'connect', signal, limitMs);
    }
    const line = isTls ? secured(socket, target.hostname, network) : socket;
    if (isTls) await settled(line, 'secureConnect', signal, limitMs);
    await greets(line, url, signal, limitMs);
  } catch (error) {
    throw isModalError(error) ? error : unreachable(where, error);
  } finally {
    socket?.destroy();
  }
}

function secured(socket: Socket, hostname: string, network: NetworkSettings): tls.TLSSocket {
  return tls.connect({
    socket,
    ...(isIP(hostname) ? {} : { servername: hostname }),
    ALPNProtocols: ['h2'],
    rejectUnauthorized: network.strictSsl,
    secureContext: trustedContext(network),
  });
}

function settled(socket: Socket, event: string, signal: AbortSignal, limitMs: number): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const abort = () => reject(new ModalError('cancelled', 'Cancelled'));
    const timer = setTimeout(() => reject(new Error(`no answer in ${formatDuration(limitMs)}`)), limitMs);
    socket.once('close', () => clearTimeout(timer));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    socket.once(event, () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      resolve();
    });
    socket.once('error', reject);
    socket.once('end', () => reject(new Error('the connection was closed')));
  });
}

function unreachable(where: string, error: unknown): ModalError {
  const { code, message } = rootOf(error);
  const words =
    certificateWords(code, where) ??
    `Modal cannot be reached at ${where} (${code || message}). Check the network and try again.`;
  return new ModalError('offline', words, { cause: error });
}
