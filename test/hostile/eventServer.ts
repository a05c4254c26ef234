/** A process that sends a stream of events of a given size to whoever asks, and prints its port. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const bytes = Number(process.argv[2]);
const piece = Buffer.from(`data: {"choices":[{"delta":{"content":"${'x'.repeat(1000)}"}}]}\n\n`.repeat(64));

const server = createServer((_request, response) => {
  void (async () => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (let sent = 0; sent < bytes && !response.destroyed; sent += piece.length)
      if (!response.write(piece)) await once(response, 'drain').catch(() => undefined);
    response.end();
  })();
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
