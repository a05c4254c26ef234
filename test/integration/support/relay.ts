import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/**
 * `passes` both ways; `greets`: of what the server says, only its first words; `mute`: nothing; `page`: what the sign-in
 * page of a network says instead.
 */
export type RelayMode = 'passes' | 'greets' | 'mute' | 'page';

const page = 'HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 16\r\n\r\n<h1>Sign in</h1>';

export interface Relay extends AsyncDisposable {
  readonly url: string;
  mode: RelayMode;
  /** Connections that are open now. */
  connections(): number;
  /** Ends all connections. */
  cut(): void;
}

/** A line to a server that can fall silent, which no server does when asked to. */
export async function relayTo(serverUrl: string): Promise<Relay> {
  const { hostname, port } = new URL(serverUrl);
  const open = new Set<Socket>();
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    clients.add(client);
    client.on('close', () => clients.delete(client));
    if (relay.mode === 'page') {
      open.add(client); // it may stay open on its side
      client.on('error', () => undefined);
      client.on('close', () => open.delete(client));
      client.end(page);
      return;
    }
    const target = connect(Number(port), hostname);
    let hasGreeted = false;
    for (const socket of [client, target]) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        client.destroy();
        target.destroy();
      });
    }
    client.on('data', (chunk: Buffer) => {
      if (relay.mode !== 'mute') target.write(chunk);
    });
    target.on('data', (chunk: Buffer) => {
      if (relay.mode === 'passes' || (relay.mode === 'greets' && !hasGreeted)) client.write(chunk);
      hasGreeted = true;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  const relay: Relay = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mode: 'passes',
    connections: () => clients.size,
    cut,
    [Symbol.asyncDispose]: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return relay;
}
