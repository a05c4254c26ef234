/** Which button stands beside a request that had no answer. What the sentence says has no part in it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { requestError } from '../../../src/features/requests/core/clientErrors.ts';
import { explainError } from '../../../src/features/requests/core/explain.ts';
import { send } from '../../../src/features/requests/core/httpClient.ts';
import { ModalError, toModalError } from '../../../src/domain/errors.ts';
import { proxyError, refusedTunnel } from '../../../src/modal/network/connectError.ts';

/** Words that once decided. */
const host = 'certificate.proxy.example';
const failed = (code: string, at = host) =>
  requestError(Object.assign(new Error('Nothing listens'), { code }), {
    url: `https://${at}/`,
    signal: new AbortController().signal,
    headersTimeoutMs: 1000,
  });

describe('a failed request has the wrong button beside it', () => {
  it.each([
    ['ECONNREFUSED', 'deploy'],
    ['ENOTFOUND', 'retry'],
    ['EAI_AGAIN', 'retry'],
    ['ECONNRESET', 'retry'],
    ['UND_ERR_SOCKET', 'retry'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'retry'],
    ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'retry'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'openNetworkSettings'],
    ['ETIMEDOUT', 'openNetworkSettings'],
    ['EHOSTUNREACH', 'openNetworkSettings'],
    ['UND_ERR_CONNECT_TIMEOUT', 'openNetworkSettings'],
    ['CERT_HAS_EXPIRED', 'openNetworkSettings'],
    ['UND_ERR_HEADERS_TIMEOUT', 'raiseTimeout'],
    ['UND_ERR_HEADERS_OVERFLOW', 'showLogs'],
    ['SOMETHING_ELSE', 'showLogs'],
  ])('%s', (code, action) => {
    expect(explainError(failed(code))).toMatchObject({ action });
  });

  it('where nothing listens at a port of this machine', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const url = `http://127.0.0.1:${port}/`;
    const { signal } = new AbortController();
    const asked = send({ method: 'GET', url, headers: {}, signal, headersTimeoutMs: 5000 });
    const error = await asked.catch(toModalError);
    expect(explainError(error as ModalError).action).toBe('deploy');
  });

  it('where a proxy is in the way', () => {
    const way = {
      ...{ host: 'modal.run', network: {} },
      proxy: { host: '127.0.0.1:1', setBy: 'HTTPS_PROXY' },
    } as unknown as Parameters<typeof proxyError>[1];
    const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    const noTunnel = refusedTunnel({ status: 404, headers: {} }, way);
    expect([proxyError(refused, way), noTunnel].map((error) => error && explainError(error).action)).toEqual([
      'openNetworkSettings',
      'openNetworkSettings',
    ]);
  });

  it('where an error of another kind has its own', () => {
    expect(explainError(new ModalError('signedOut', 'No key.')).action).toBe('enterKey');
    expect(explainError(new ModalError('invalid', 'No certificate.')).action).toBeUndefined();
  });
});
