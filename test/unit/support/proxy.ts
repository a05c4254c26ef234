import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer, request as rawRequest } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';

export interface TestProxy extends AsyncDisposable {
  /** `METHOD address authorization`, one for each request. */
  readonly seen: readonly string[];
  readonly address: string;
}

/** A proxy that answers for any name with the server on that port, as the proxy of a company does. */
export async function proxyTo(port: number): Promise<TestProxy> {
  const seen: string[] = [];
  const note = ({ url = '', headers }: IncomingMessage, method: string) =>
    seen.push(`${method} ${url} ${headers['proxy-authorization'] ?? ''}`);
  const server = createServer((incoming, response) => {
    note(incoming, incoming.method ?? '');
    const { pathname } = new URL(incoming.url ?? '');
    incoming.pipe(
      rawRequest({ host: '127.0.0.1', port, path: pathname, method: incoming.method }, (answer) =>
        answer.pipe(response),
      ),
    );
  });
  server.on('connect', (incoming: IncomingMessage, client: Socket) => {
    note(incoming, 'CONNECT');
    const target = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      target.pipe(client).pipe(target);
    });
    target.on('error', () => client.destroy());
    client.on('error', () => target.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    seen,
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
