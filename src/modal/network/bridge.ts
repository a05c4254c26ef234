/**
 * The SDK's own way through a proxy knows one kind of proxy, some of the variables and none of the settings, and the
 * editor sends its CONNECT through the proxy a second time. So the SDK is given a proxy of ours on this machine, which
 * goes on as every other connection does.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { pipeline } from 'node:stream';
import type { Logger } from '../../shared/logger.ts';
import { toModalError } from '../../domain/errors.ts';

/** The server at the end of a connection. */
export interface TunnelTarget {
  readonly hostname: string;
  readonly port: number;
}

export interface Bridge {
  /** With a password that nobody else on this machine knows. */
  readonly address: string;
  close(): void;
}

/** Listens on this machine alone, and connects to that one server alone. */
export async function openBridge(
  target: TunnelTarget,
  open: (signal: AbortSignal) => Promise<Socket>,
  logger: Logger,
): Promise<Bridge> {
  const secret = randomBytes(24).toString('hex');
  const wanted = `Basic ${Buffer.from(`sdk:${secret}`).toString('base64')}`;
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).once('close', () => sockets.delete(socket));
  };
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on('connect', (request: IncomingMessage, client: Socket, head: Buffer) => {
    keep(client);
    const isOurs = request.headers['proxy-authorization'] === wanted;
    if (!isOurs || request.url !== `${target.hostname}:${target.port}`) {
      client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    const gone = new AbortController();
    // Only a socket that is read tells of its end.
    const early = [head];
    const take = (chunk: Buffer) => early.push(chunk);
    client.on('data', take).once('end', () => gone.abort());
    client.once('close', () => gone.abort());
    open(gone.signal).then(
      (socket) => {
        keep(socket);
        client.write('HTTP/1.1 200 Connected\r\n\r\n');
        client.off('data', take);
        for (const chunk of early) socket.write(chunk);
        for (const [from, to] of [
          [client, socket],
          [socket, client],
        ] as const)
          pipeline(from, to, () => to.destroy());
      },
      (error: unknown) => {
        logger.debug(`No connection to Modal: ${toModalError(error).message}`);
        client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      },
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://sdk:${secret}@127.0.0.1:${port}`,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
