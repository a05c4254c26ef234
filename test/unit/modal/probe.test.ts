import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { probeServer } from '../../../src/modal/probe.ts';

it('passes when something listens, and is offline by name when nothing does', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await expect(probeServer(`http://127.0.0.1:${port}`)).resolves.toBeUndefined();
  server.close();
  await once(server, 'close');
  await expect(probeServer(`http://127.0.0.1:${port}`)).rejects.toMatchObject({
    kind: 'offline',
    message: `Modal cannot be reached at 127.0.0.1:${port} (ECONNREFUSED). Check the network and try again.`,
  });
});

it('can be cancelled', async () => {
  await expect(probeServer('http://127.0.0.1:9', { signal: AbortSignal.abort() })).rejects.toMatchObject({
    kind: 'cancelled',
  });
});
