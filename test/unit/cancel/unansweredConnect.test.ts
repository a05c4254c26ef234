/** Connections whose other end never answers the first packet: whoever cancels is let go at once, and so are they. */
import type { NetConnectOpts } from 'node:net';
import type { Socket } from 'node:net';
import { expect, it, vi } from 'vitest';
import { toModalError } from '../../../src/domain/errors.ts';
import { plainNetwork } from '../../../src/domain/network.ts';
import { proxyFor } from '../../../src/modal/network/proxy.ts';
import { openTunnel } from '../../../src/modal/network/tunnel.ts';
import { probeServer } from '../../../src/modal/probe.ts';

const begun: Socket[] = [];
vi.mock('node:net', async (original) => {
  const net = await original<typeof import('node:net')>();
  const connect = ({ host }: NetConnectOpts & { host: string }) => {
    expect(host).toBe('192.0.2.1');
    const socket = new net.Socket();
    begun.push(socket);
    return socket;
  };
  return { ...net, connect };
});

const target = { hostname: 'api.modal.test', port: 443 };
const through = (kind: string, signal: AbortSignal, limitMs = 60_000) => {
  const network = { ...plainNetwork, variables: { HTTPS_PROXY: `${kind}://192.0.2.1:1080` } };
  return openTunnel(proxyFor('https://api.modal.test', network)!, target, { network, signal, limitMs });
};

it.each<[string, (signal: AbortSignal) => Promise<unknown>]>([
  ['the probe', (signal) => probeServer('http://192.0.2.1', { signal, limitMs: 60_000 })],
  ['a tunnel through SOCKS 4', (signal) => through('socks4', signal)],
  ['a tunnel through SOCKS 5', (signal) => through('socks5', signal)],
])('%s ends at once when it is cancelled', async (_what, connected) => {
  const abort = new AbortController();
  const end = connected(abort.signal).catch((error: unknown) => toModalError(error).kind);
  await expect.poll(() => begun.length).toBe(1);
  abort.abort();
  expect(await end).toBe('cancelled');
  expect(begun.pop()?.destroyed).toBe(true);
});

it('a tunnel through SOCKS has its limit', async () => {
  await expect(through('socks5', new AbortController().signal, 50)).rejects.toMatchObject({
    kind: 'offline',
    message: expect.stringContaining('in time') as string,
  });
  expect(begun.pop()?.destroyed).toBe(true);
});
