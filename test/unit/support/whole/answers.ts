/** A server in the place of a deployed endpoint: it notes what it is asked, and answers by path. */
import type { IncomingHttpHeaders, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Give = (response: ServerResponse, asked: Asked) => unknown;

export class EndpointServer {
  readonly asked: Asked[] = [];
  readonly answers = new Map<string, Give>();
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const { method = '', url: path = '', headers } = request;
        const asked = { method, path, headers, body: Buffer.concat(parts).toString() };
        this.asked.push(asked);
        const give = this.answers.get(path.split('?')[0] ?? '');
        if (give) give(response, asked);
        else response.writeHead(404).end();
      });
    });
  }

  async open(): Promise<string> {
    await new Promise<void>((listening) => this.#server.listen(0, '127.0.0.1', listening));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  json(path: string, value: unknown, headers: Readonly<Record<string, string>> = {}): void {
    this.answers.set(path, (response) =>
      response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value)),
    );
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
