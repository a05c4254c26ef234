import { once } from 'node:events';
import net from 'node:net';
import { describe, expect, it } from 'vitest';
import { connectTo } from '../../../src/requests/health/connect.ts';

const never = new AbortController().signal;

async function listen(onConnect: (socket: net.Socket) => void = () => undefined) {
  const server = net.createServer(onConnect).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as net.AddressInfo).port };
}

describe('the way to a server', () => {
  it('is measured without a byte being sent', async () => {
    let bytes = 0;
    const closed = new Promise<void>((resolve) => {
      void listen((socket) =>
        socket.on('data', (data) => (bytes += data.length)).on('close', () => resolve()),
      ).then(async ({ server, port }) => {
        const { address, nameMs, connectMs } = await connectTo(`http://localhost:${port}/x`, never);
        expect(address).toMatch(/^(?:127\.|::1)/);
        expect(nameMs + connectMs).toBeGreaterThan(0);
        server.close();
      });
    });
    await closed;
    expect(bytes).toBe(0);
  });

  it('says which step failed', async () => {
    const { server, port } = await listen((socket) => socket.resume().end('no encryption here'));
    await expect(connectTo(`https://127.0.0.1:${port}/`, never)).rejects.toMatchObject({ kind: 'offline' });
    server.close();
    await once(server, 'close');
    await expect(connectTo(`http://127.0.0.1:${port}/`, never)).rejects.toMatchObject({
      kind: 'offline',
      message: expect.stringMatching(/Nothing listens/) as string,
    });
    await expect(connectTo('http://no-such-host.invalid/', never)).rejects.toMatchObject({ kind: 'offline' });
  });

  it('can be cancelled', async () => {
    const abort = new AbortController();
    const { server, port } = await listen(() => abort.abort());
    await expect(connectTo(`https://127.0.0.1:${port}/`, abort.signal)).rejects.toMatchObject({
      kind: 'cancelled',
    });
    server.close();
  });
});
