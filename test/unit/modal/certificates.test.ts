/** Whom a connection trusts, asked of a server whose certificate is its own. */
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { plainNetwork } from '../../../src/domain/network.ts';
import { trustedContext } from '../../../src/modal/network/certificates.ts';

const fixture = (name: string) => new URL(`../requests/fixtures/${name}`, import.meta.url);
let folder: string;
let certificate: string;
let server: tls.Server;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'certificates-'));
  certificate = await readFile(fixture('localhost-cert.pem'), 'utf8');
  server = tls.createServer({ cert: certificate, key: await readFile(fixture('localhost-key.pem')) });
  server.on('tlsClientError', () => undefined);
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

let files = 0;
async function trusts(text: string | undefined, variable = 'SSL_CERT_FILE'): Promise<boolean> {
  // Each a file of its own, since what is trusted by a file is kept.
  const file = path.join(folder, `${files++}.pem`);
  if (text !== undefined) await writeFile(file, text);
  const socket = tls.connect({
    ...{ host: '127.0.0.1', port: (server.address() as AddressInfo).port, servername: 'localhost' },
    secureContext: trustedContext({ ...plainNetwork, variables: { [variable]: file } }),
  });
  const trusted = await Promise.race([
    once(socket, 'secureConnect').then(() => true),
    once(socket, 'error').then(() => false),
  ]).catch(() => false);
  socket.destroy();
  return trusted;
}

it.each(['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'])(
  'the file of %s is trusted',
  async (variable) => {
    expect(await trusts(certificate, variable)).toBe(true);
  },
);

it.each<[string, () => string | undefined, boolean]>([
  ['without one', () => '', false],
  ['that is missing', () => undefined, false],
  ['with one that is broken', () => certificate.replace(/[A-Z]{2}/, '!!'), false],
  [
    'with one that cannot be read before it',
    () => `-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n${certificate}`,
    true,
  ],
  ['with words around it', () => `# of the company\n${certificate}\n# the end\n`, true],
])('a file %s', async (_what, text, trusted) => {
  expect(await trusts(text())).toBe(trusted);
});
