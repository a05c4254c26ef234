/** Real servers that accept and say no more: whoever cancels is let go at once, and so is the server. */
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import http2 from 'node:http2';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { toModalError } from '../../../src/domain/errors.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import type { Connection } from '../../../src/modal/connection.ts';
import type { ControlPlane } from '../../../src/modal/controlPlane.ts';
import { createControlPlane } from '../../../src/modal/sdk.ts';
import { fetchDescription } from '../../../src/features/requests/core/openapi/fetchDescription.ts';
import { ApiDescriptions } from '../../../src/features/requests/core/openapi/apiDescriptions.ts';
import { connectTo } from '../../../src/features/health/core/connect.ts';
import { send } from '../../../src/features/requests/core/httpClient.ts';
import { RecordedSender } from '../../../src/features/savedRequests/core/recordedSender.ts';
import { RequestSender } from '../../../src/features/requests/core/send.ts';

/** Tells of each call that has begun, and of its end. */
class Calls {
  #begun = Promise.withResolvers<undefined>();
  #ended = Promise.withResolvers<'ended'>();

  next(): { readonly begun: Promise<undefined>; readonly ended: Promise<'ended'> } {
    this.#begun = Promise.withResolvers();
    this.#ended = Promise.withResolvers();
    return { begun: this.#begun.promise, ended: this.#ended.promise };
  }

  begin(): void {
    this.#begun.resolve(undefined);
  }

  end(): void {
    this.#ended.resolve('ended');
  }
}

const patience = (what: string) => sleep(3000, what, { ref: false });

/** Cancels once the server has the call. @returns how it ended here, and at the server */
async function cancelOnceAsked(calls: Calls, run: (signal: AbortSignal) => Promise<unknown>) {
  const { begun, ended } = calls.next();
  const abort = new AbortController();
  const outcome = run(abort.signal).then(
    () => 'no error',
    (error: unknown) => toModalError(error).kind,
  );
  expect(await Promise.race([begun, outcome]), 'an end before it was cancelled').toBeUndefined();
  abort.abort();
  return {
    here: await Promise.race([outcome, patience('does not end')]),
    there: await Promise.race([ended, patience('was not told')]),
  };
}

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const batch of stream) expect(batch).toBeDefined();
}

const cancelled = { here: 'cancelled', there: 'ended' };

/** A token of the SDK's own, which it asks for before anything else; a hundred years from now it is still good. */
function authToken(): Buffer {
  const payload = Buffer.from(JSON.stringify({ exp: 4_900_000_000 })).toString('base64url');
  const token = Buffer.from(`e30.${payload}.e30`);
  const message = Buffer.concat([Buffer.from([0x0a, token.length]), token]);
  return Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message]);
}

describe('a call of the control plane', () => {
  const calls = new Calls();
  let givesToken = true;
  const server = http2.createServer().on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    if (givesToken && headers[':path']?.endsWith('/AuthTokenGet')) {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end(authToken());
      return;
    }
    stream.on('close', () => calls.end());
    calls.begin();
  });
  const planes: ControlPlane[] = [];
  const newPlane = (): ControlPlane => {
    const serverUrl = `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`;
    const connection = { serverUrl, tokenId: 'ak-1', tokenSecret: 'as-1' } as Connection;
    const plane = createControlPlane(connection, silentLogger);
    planes.push(plane);
    return plane;
  };
  let plane: ControlPlane;
  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    plane = newPlane();
  });
  afterAll(() => {
    for (const each of planes) each.close();
    server.close();
  });

  const range = { since: 0, until: 1000 };
  /** Every method; a new one is added here. */
  const methods: Readonly<
    Record<
      Exclude<keyof ControlPlane, 'reconnect' | 'close' | 'dashboardUrl'>,
      (plane: ControlPlane, signal: AbortSignal) => Promise<unknown>
    >
  > = {
    whoAmI: (modal, signal) => modal.whoAmI(signal),
    listEnvironments: (modal, signal) => modal.listEnvironments(signal),
    listApps: (modal, signal) => modal.listApps('main', signal),
    listContainers: (modal, signal) => modal.listContainers('main', 'ap-1', signal),
    containerGpu: (modal, signal) => modal.containerGpu('ta-1', signal),
    describeApp: (modal, signal) => modal.describeApp('ap-1', signal),
    findDeployedApp: (modal, signal) => modal.findDeployedApp('demo', 'main', signal),
    stopApp: (modal, signal) => modal.stopApp('ap-1', signal),
    disconnectApp: (modal, signal) => modal.disconnectApp('ap-1', signal),
    hasSecret: (modal, signal) => modal.hasSecret('key', 'main', signal),
    objectNames: (modal, signal) => modal.objectNames('volume', 'main', 2, signal),
    createSecret: (modal, signal) => modal.createSecret('key', 'main', {}, signal),
    createProxyToken: (modal, signal) => modal.createProxyToken('demo', signal),
    rates: (modal, signal) => modal.rates(signal),
    history: (modal, signal) => modal.history('ap-1', signal),
    rollback: (modal, signal) => modal.rollback('ap-1', 1, signal),
    rollover: (modal, signal) => modal.rollover('ap-1', signal),
    stopContainer: (modal, signal) => modal.stopContainer('ta-1', {}, signal),
    containerInfo: (modal, signal) => modal.containerInfo('ta-1', signal),
    autoscaler: (modal, signal) => modal.autoscaler('fu-1', signal),
    updateAutoscaler: (modal, signal) => modal.updateAutoscaler('fu-1', {}, signal),
    functionStats: (modal, signal) => modal.functionStats('fu-1', signal),
    fetchLogs: (modal, signal) => modal.fetchLogs({ appId: 'ap-1' }, range, 10, signal),
    countLogs: (modal, signal) => modal.countLogs({ appId: 'ap-1' }, range, 60, signal),
    answersOnLogs: (modal, signal) => modal.answersOnLogs(signal),
    listSandboxes: (modal, signal) => modal.listSandboxes({ environment: 'main' }, 10, signal),
    stopSandbox: (modal, signal) => modal.stopSandbox('sb-1', signal),
    sandboxContainer: (modal, signal) => modal.sandboxContainer('sb-1', signal),
    listEndpoints: (modal, signal) => modal.listEndpoints('main', signal),
    endpointInfo: (modal, signal) => modal.endpointInfo('ep-1', signal),
    stopEndpoint: (modal, signal) => modal.stopEndpoint('ep-1', signal),
    serverInfo: (modal, signal) => modal.serverInfo('fu-1', signal),
    serverContainers: (modal, signal) => modal.serverContainers('fu-1', signal),
    serverStats: (modal, signal) => modal.serverStats('fu-1', range, signal),
    streamLogs: (modal, signal) => drain(modal.streamLogs({ appId: 'ap-1' }, '', 55, signal)),
  };

  it.each(Object.entries(methods))('that is cancelled ends at once: %s', async (_name, run) => {
    expect(await cancelOnceAsked(calls, (signal) => run(plane, signal))).toEqual(cancelled);
  });

  describe('that still waits for the token of the SDK', () => {
    beforeAll(() => void (givesToken = false));
    afterAll(() => void (givesToken = true));

    it.each(['listApps', 'streamLogs'] as const)('ends at once too: %s', async (name) => {
      const { here } = await cancelOnceAsked(calls, (signal) => methods[name](newPlane(), signal));
      expect(here).toBe('cancelled');
    });

    it.each([
      ['listApps', 16_000],
      ['rollback', 61_000],
      ['fetchLogs', 61_000],
      ['streamLogs', 66_000],
    ] as const)('has its limit: %s', async (name, longest) => {
      const limit = new AbortController();
      const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(limit.signal);
      const { begun } = calls.next();
      const asking = methods[name](newPlane(), new AbortController().signal);
      await begun;
      limit.abort();
      await expect(asking).rejects.toMatchObject({ kind: 'timeout' });
      expect(timeout.mock.calls).toEqual([[longest]]);
      timeout.mockRestore();
    });
  });
});

describe('a request', () => {
  const calls = new Calls();
  /** Below `/body` the answer begins, and its body never comes to its end. */
  const server = createHttpServer((request, response) => {
    request.socket.once('close', () => calls.end());
    if (request.url?.startsWith('/body')) response.writeHead(200, { 'content-length': '100' }).write('{"a"');
    setTimeout(() => calls.begin(), 20); // the client has read what there is
  });
  let url: string;
  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url = `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const sender = new RequestSender({
    logger: silentLogger,
    resolveSecret: () => Promise.resolve(undefined),
    timeoutSeconds: () => 60,
  });
  const get = (path: string) => ({ method: 'GET', url: url + path, headers: {} });
  const requests: Readonly<Record<string, (path: string, signal: AbortSignal) => Promise<unknown>>> = {
    'of the client': (path, signal) => send({ ...get(path), signal, headersTimeoutMs: 60_000 }),
    'of a sample': (path, signal) => sender.send(get(path), signal),
    'of a person': (path, signal) => new RecordedSender(sender, () => undefined).send(get(path), signal),
    'for the API description': (path, signal) => fetchDescription(url + path, {}, signal),
    'for the API description that is kept': (path, signal) =>
      new ApiDescriptions(undefined, silentLogger).read({ url: url + path, version: '1' }, {}, signal),
  };

  it.each(Object.entries(requests))(
    '%s that is cancelled before the answer ends at once',
    async (_name, run) => {
      expect(await cancelOnceAsked(calls, (signal) => run('/head', signal))).toEqual(cancelled);
    },
  );

  it.each(Object.entries(requests))(
    '%s that is cancelled within the answer ends at once',
    async (name, run) => {
      const keepsWhatCame = !name.includes('description');
      const end = await cancelOnceAsked(calls, (signal) => run('/body', signal));
      expect(end).toEqual(keepsWhatCame ? { ...cancelled, here: 'no error' } : cancelled);
    },
  );
});

describe('the way to a server', () => {
  const calls = new Calls();
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined).on('close', () => calls.end());
    socket.resume();
    setTimeout(() => calls.begin(), 20);
  });
  let host: string;
  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    host = `127.0.0.1:${(server.address() as net.AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  it('that never shakes hands is left at once', async () => {
    const end = await cancelOnceAsked(calls, (signal) => connectTo(`https://${host}/`, signal));
    expect(end).toEqual(cancelled);
  });
});
