import { connect } from 'node:net';
import { ModalError } from '../domain/errors.ts';

/**
 * Finds out quickly whether a server is there at all, because both the SDK and the CLI keep trying for a minute.
 * @throws kind `offline` when nothing accepts the connection within the limit, `cancelled` when aborted
 */
export async function probeServer(serverUrl: string, signal?: AbortSignal, limitMs = 3000): Promise<void> {
  const { hostname, port, protocol } = new URL(serverUrl);
  const where = `${hostname}:${port || (protocol === 'http:' ? '80' : '443')}`;
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(where.split(':').at(-1)) });
    const end = (error?: ModalError) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      socket.destroy();
      if (error) reject(error);
      else resolve();
    };
    const offline = (reason: string, cause?: unknown) =>
      end(
        new ModalError(
          'offline',
          `Modal cannot be reached at ${where} (${reason}). Check the network and try again.`,
          {
            cause,
          },
        ),
      );
    const abort = () => end(new ModalError('cancelled', 'Cancelled'));
    const timer = setTimeout(() => offline(`no answer in ${limitMs / 1000} s`), limitMs);
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
    socket.once('connect', () => end());
    socket.once('error', (error: NodeJS.ErrnoException) => offline(error.code ?? error.message, error));
  });
}
