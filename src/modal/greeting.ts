import type { Socket } from 'node:net';
import { ModalError } from '../domain/errors.ts';
import { formatDuration } from '../shared/format.ts';

/**
 * Waits for the settings that every server of HTTP/2 sends first. A line that is mute, and another program in Modal's
 * place, take connections too.
 * @throws kind `offline`, which tells the two apart; `cancelled` when aborted
 */
export async function greets(socket: Socket, url: URL, signal: AbortSignal, limitMs: number): Promise<void> {
  const { connect } = await import('node:http2');
  const session = connect(url.origin, { createConnection: () => socket });
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const abort = () => reject(new ModalError('cancelled', 'Cancelled'));
  const timer = setTimeout(() => reject(offline(muteWords(url.host, limitMs))), limitMs);
  const other = (cause?: unknown) => reject(offline(otherWords(url.host), cause));
  session.once('remoteSettings', () => resolve(undefined));
  session.on('error', other);
  session.once('close', other);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    session.destroy();
  }
}

function offline(message: string, cause?: unknown): ModalError {
  return new ModalError('offline', message, { cause });
}

function muteWords(where: string, limitMs: number): string {
  return `${where} takes the connection and does not answer (for ${formatDuration(limitMs)}). Modal or the network may be disturbed. Try again later.`;
}

function otherWords(where: string): string {
  return `What answers at ${where} is not Modal: it may be a proxy, the sign-in page of a network, or another program. Check the network, and the server of your Modal profile.`;
}
