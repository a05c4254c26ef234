import { once } from 'node:events';
import { connect } from 'node:net';

/**
 * Sends bytes that an HTTP client would refuse to send.
 * @returns status of the answer, or 0 for a connection that was closed without one
 */
export async function rawStatus(port: number, head: readonly string[]): Promise<number> {
  return (await rawAnswer(port, head)).status;
}

export async function rawAnswer(
  port: number,
  head: readonly string[],
): Promise<{ readonly status: number; readonly text: string }> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (part: Buffer) => {
    text += part.toString('latin1');
    // An upgraded connection stays open; its status line is all there is to see.
    if (text.startsWith('HTTP/1.1 101')) socket.destroy();
  });
  socket.on('error', () => undefined);
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  await once(socket, 'close');
  return { status: Number(/^HTTP\/1\.\d (\d+)/.exec(text)?.[1] ?? 0), text };
}
