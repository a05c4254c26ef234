/** Servers and proxies that take a connection and say nothing: whoever cancels is let go at once, and so are they. */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo, Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toModalError } from '../../../src/domain/errors.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { plainNetwork } from '../../../src/domain/network.ts';
import type { ControlPlane } from '../../../src/modal/controlPlane.ts';
import { ControlPlanes } from '../../../src/modal/planes.ts';
import { proxyFor } from '../../../src/modal/network/proxy.ts';
import { openBridge, openTunnel } from '../../../src/modal/network/tunnel.ts';
import { cancelAtEachCall } from '../support/hanging.ts';

/** Takes all connections and reads what comes. */
class MuteServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket));
      socket.resume();
    });
  }

  get open(): number {
    return this.#sockets.size;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async listen(): Promise<void> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
  }

  asked(): Promise<unknown> {
    return once(this.#server, 'connection');
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

const mute = new MuteServer();
const greeting = createHttp2Server();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'connecting-'));
  await mute.listen();
  await once(greeting.listen(0, '127.0.0.1'), 'listening');
});
afterAll(async () => {
  mute.close();
  greeting.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => expect.poll(() => mute.open).toBe(0));

/** Cancels once the mute server has a connection, which must then be let go. */
async function cancelOnceConnected(run: (signal: AbortSignal) => Promise<unknown>): Promise<string> {
  const abort = new AbortController();
  const asked = mute.asked();
  const end = run(abort.signal).then(
    () => 'no error',
    (error: unknown) => toModalError(error).kind,
  );
  expect(await Promise.race([asked.then(() => 'connected'), end])).toBe('connected');
  abort.abort();
  const kind = await Promise.race([end, sleep(2000, 'does not end', { ref: false })]);
  await expect.poll(() => mute.open).toBe(0);
  return kind;
}

interface Services {
  whoAmI(signal?: AbortSignal): Promise<unknown>;
}

function planes(config: string, plane?: Services, env: NodeJS.ProcessEnv = {}): ControlPlanes {
  return new ControlPlanes({
    env: { ...env, MODAL_CONFIG_PATH: config },
    logger: silentLogger,
    loadSdk: () => Promise.resolve({ createControlPlane: () => plane as unknown as ControlPlane }),
  });
}

async function configOf(serverUrl: string): Promise<string> {
  const config = path.join(folder, 'modal.toml');
  await writeFile(
    config,
    `[p]\nactive = true\nserver_url = "${serverUrl}"\ntoken_id = "ak-1"\ntoken_secret = "as-1"\n`,
  );
  return config;
}

const ways: Readonly<Record<string, (made: ControlPlanes, signal: AbortSignal) => Promise<unknown>>> = {
  'the account in use': (made, signal) => made.get(signal),
  'an account of before': (made, signal) => made.getFor('other', signal),
  'its workspace': (made, signal) => made.workspace(signal),
  'a profile of the file': (made, signal) => made.identify('p', signal),
};

describe.each(Object.entries(ways))('connecting %s', (_what, connected) => {
  it('ends at once when it is cancelled while the server says nothing', async () => {
    const config = await configOf(`http://${mute.host}`);
    expect(await cancelOnceConnected((signal) => connected(planes(config), signal))).toBe('cancelled');
  });

  it('ends at once when it is cancelled while the proxy says nothing', async () => {
    const config = await configOf('https://api.modal.test');
    const env = { HTTPS_PROXY: `http://${mute.host}` };
    const run = (signal: AbortSignal) => connected(planes(config, undefined, env), signal);
    expect(await cancelOnceConnected(run)).toBe('cancelled');
  });
});

it.each(['its workspace', 'a profile of the file'])(
  'asking for %s ends at once when it is cancelled while Modal looks it up',
  async (way) => {
    const config = await configOf(`http://127.0.0.1:${(greeting.address() as AddressInfo).port}`);
    const asked = await cancelAtEachCall<Services>(
      () => ({ whoAmI: { workspace: 'me' } }),
      (services, signal) => ways[way]!(planes(config, services), signal),
    );
    expect(asked).toEqual(['whoAmI']);
  },
);

describe.each(['http', 'socks4', 'socks5'])('a tunnel through a proxy of the kind %s', (kind) => {
  const open = (signal: AbortSignal, limitMs = 60_000) => {
    const proxy = proxyFor('https://api.modal.test', {
      ...plainNetwork,
      variables: { HTTPS_PROXY: `${kind}://${mute.host}` },
    })!;
    const target = { hostname: 'api.modal.test', port: 443 };
    return openTunnel(proxy, target, { network: plainNetwork, signal, limitMs });
  };

  it('is let go at once when it is cancelled', async () => {
    expect(await cancelOnceConnected((signal) => open(signal))).toBe('cancelled');
  });

  it('is given up after its time, which is no cancel', async () => {
    await expect(open(new AbortController().signal, 100)).rejects.toMatchObject({
      kind: 'offline',
      message: expect.stringContaining('in time') as string,
    });
    await expect.poll(() => mute.open).toBe(0);
  });

  it('is not begun when it was cancelled before', async () => {
    let connections = 0;
    void mute.asked().then(() => connections++);
    await expect(open(AbortSignal.abort())).rejects.toMatchObject({ kind: 'cancelled' });
    // A connection that was begun would be there before this one.
    const later = connect(Number(mute.host.split(':')[1]), '127.0.0.1');
    await once(later, 'connect');
    await expect.poll(() => mute.open).toBe(1);
    expect(connections).toBe(1);
    later.destroy();
  });
});

it('a connection of the SDK that it lets go is let go at the proxy too', async () => {
  const opening = Promise.withResolvers<AbortSignal>();
  const bridge = await openBridge(
    { hostname: 'api.modal.test', port: 443 },
    (signal) => {
      opening.resolve(signal);
      return new Promise<Socket>(() => undefined);
    },
    silentLogger,
  );
  const { username, password, hostname, port } = new URL(bridge.address);
  const client = connect(Number(port), hostname);
  const key = Buffer.from(`${username}:${password}`).toString('base64');
  client.write(
    `CONNECT api.modal.test:443 HTTP/1.1\r\nHost: api.modal.test:443\r\nProxy-Authorization: Basic ${key}\r\n\r\n`,
  );
  const signal = await opening.promise;
  expect(signal.aborted).toBe(false);
  client.destroy();
  await expect.poll(() => signal.aborted).toBe(true);
  bridge.close();
});
