import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import tls from 'node:tls';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { toModalError } from '../../../src/domain/errors.ts';
import { plainNetwork } from '../../../src/domain/network.ts';
import { connectTo } from '../../../src/features/health/core/connect.ts';

const fixtures = path.resolve(import.meta.dirname, '../requests/fixtures');
const never = new AbortController().signal;

async function listen(onConnect: (socket: net.Socket) => void = () => undefined) {
  const server = net.createServer(onConnect).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as net.AddressInfo).port };
}

describe('the way to a server', () => {
  it('is measured without a byte being sent', async () => {
    let bytes = 0;
    const closed = Promise.withResolvers<undefined>();
    const { server, port } = await listen((socket) =>
      socket.on('data', (data) => (bytes += data.length)).on('close', () => closed.resolve(undefined)),
    );
    const { address, nameMs, connectMs } = await connectTo(`http://localhost:${port}/x`, never);
    expect(address).toMatch(/^(?:127\.|::1)/);
    expect((nameMs ?? 0) + connectMs).toBeGreaterThan(0);
    server.close();
    await closed.promise;
    expect(bytes).toBe(0);
  });

  it('says which step failed', async () => {
    const { server, port } = await listen((socket) => socket.resume().end('no encryption here'));
    await expect(connectTo(`https://127.0.0.1:${port}/`, never)).rejects.toMatchObject({ kind: 'offline' });
    server.close();
    await once(server, 'close');
    await expect(connectTo(`http://127.0.0.1:${port}/`, never)).rejects.toMatchObject({
      kind: 'offline',
      message: expect.stringMatching(/refused the connection/) as string,
    });
    await expect(connectTo('http://no-such-host.invalid/', never)).rejects.toMatchObject({ kind: 'offline' });
  });

  it('ends at the proxy, where one is used', async () => {
    const { server, port } = await listen();
    const network = { ...plainNetwork, proxy: `http://127.0.0.1:${port}` };
    const connected = await connectTo('http://endpoint.example/', never, network);
    expect(connected).toMatchObject({ address: '127.0.0.1', proxy: `127.0.0.1:${port}` });
    const named = { ...network, noProxy: ['.invalid'] };
    await expect(connectTo('https://direct.invalid/', never, named)).rejects.toThrow(/Can't resolve/);
    server.close();
  });

  it('trusts what the user lets it trust', async () => {
    const [key, cert] = await Promise.all(
      ['localhost-key.pem', 'localhost-cert.pem'].map((name) => readFile(path.join(fixtures, name))),
    );
    const server = tls.createServer({ key, cert }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `https://localhost:${(server.address() as net.AddressInfo).port}/`;
    await expect(connectTo(url, never)).rejects.toThrow(/signed by itself/);
    const { tls: shaken } = await connectTo(url, never, { ...plainNetwork, strictSsl: false });
    expect(shaken?.protocol).toMatch(/^TLS/);
    server.close();
  });
});

type Place =
  'the server shakes no hands' | 'the proxy does not answer' | 'no hands are shaken through the proxy';

describe('the way to a server that is silent', () => {
  afterEach(() => void vi.restoreAllMocks());

  /** How the way there ends when the abort comes as nothing more is answered. */
  async function endAt(place: Place, abort: AbortController, signal: AbortSignal): Promise<string> {
    const { server, port } = await listen((socket) =>
      socket.on('data', (data) => {
        const isTunnel = place === 'no hands are shaken through the proxy';
        if (isTunnel && data.toString('latin1').startsWith('CONNECT'))
          socket.write('HTTP/1.1 200 OK\r\n\r\n');
        else abort.abort();
      }),
    );
    const address = `127.0.0.1:${port}`;
    const way =
      place === 'the server shakes no hands'
        ? connectTo(`https://${address}/`, signal)
        : connectTo('https://endpoint.example/', signal, { ...plainNetwork, proxy: `http://${address}` });
    const end = way.then(
      () => 'connected',
      (error: unknown) => toModalError(error).kind,
    );
    try {
      return await Promise.race([end, sleep(3000, 'does not end', { ref: false })]);
    } finally {
      server.close();
    }
  }

  it.each<Place>([
    'the server shakes no hands',
    'the proxy does not answer',
    'no hands are shaken through the proxy',
  ])('is left at once when it is cancelled: %s', async (place) => {
    const abort = new AbortController();
    expect(await endAt(place, abort, abort.signal)).toBe('cancelled');
  });

  it.each<Place>(['the server shakes no hands', 'no hands are shaken through the proxy'])(
    'is left at its limit: %s',
    async (place) => {
      const limit = new AbortController();
      vi.spyOn(AbortSignal, 'timeout').mockReturnValue(limit.signal);
      expect(await endAt(place, limit, never)).toBe('timeout');
    },
  );
});
