import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { createSecureServer } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { LoadPlan, LoadSnapshot } from '../../../src/domain/load.ts';
import type { NetworkSettings } from '../../../src/domain/network.ts';
import { plainNetwork } from '../../../src/domain/network.ts';
import { generateLoad } from '../../../src/features/loadTest/core/generator.ts';
import type { LoadRequest } from '../../../src/features/loadTest/core/connection.ts';
import { defaultPlan } from '../../../src/features/loadTest/core/limits.ts';
import { runLoad } from '../../../src/features/loadTest/core/run.ts';
import { proxyTo } from '../support/proxy.ts';

const workerFile = new URL('../../../src/features/loadTest/core/worker.ts', import.meta.url);

let close: (() => void) | undefined;
afterEach(() => close?.());

async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(handle).listen(0, '127.0.0.1');
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket) => {
    connections++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await once(server, 'listening');
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { server, url, sockets, connections: () => connections };
}

interface Run {
  readonly plan?: Partial<LoadPlan>;
  readonly request?: Partial<LoadRequest>;
  readonly signal?: AbortSignal;
  readonly headersTimeoutMs?: number;
  readonly network?: NetworkSettings;
  readonly onSnapshot?: (snapshot: LoadSnapshot) => void;
}

function generate(url: string, options: Run = {}) {
  const { plan, request, signal = new AbortController().signal, headersTimeoutMs = 5000 } = options;
  return generateLoad(
    {
      request: { method: 'GET', url, headers: {}, ...request },
      plan: { ...defaultPlan, ...plan },
      headersTimeoutMs,
      ...(options.network ? { network: options.network } : {}),
    },
    signal,
    { onSnapshot: options.onSnapshot ?? (() => undefined) },
  );
}
const requests = (count: number) => ({ kind: 'requests', count }) as const;
const seconds = (length: number) =>
  ({ amount: { kind: 'seconds', seconds: length }, limitSeconds: length }) as const;

describe('a load test', () => {
  it('goes through the proxy of the settings', async () => {
    const { url } = await serve((_incoming, response) => response.end('answer'));
    await using proxy = await proxyTo(Number(new URL(url).port));
    const { snapshot } = await generate('http://endpoint.example/go', {
      plan: { amount: requests(20), concurrency: 2 },
      network: { ...plainNetwork, proxy: proxy.address, proxyAuthorization: 'Basic abc' },
    });
    expect(snapshot.totals).toMatchObject({ sent: 20, errors: [] });
    expect(new Set(proxy.seen)).toEqual(new Set(['GET http://endpoint.example/go Basic abc']));
    expect(proxy.seen).toHaveLength(20);
  });

  it('goes over TLS, each request on its own connection, and trusts no more than the settings say', async () => {
    const file = (name: string) =>
      readFile(new URL(`../requests/fixtures/localhost-${name}.pem`, import.meta.url));
    const versions = new Set<string>();
    const server = createSecureServer(
      { key: await file('key'), cert: await file('cert'), allowHTTP1: true },
      (incoming, response) => {
        versions.add(incoming.httpVersion);
        response.end('over TLS');
      },
    ).listen(0, '127.0.0.1');
    await once(server, 'listening');
    close = () => server.close();
    const url = `https://localhost:${(server.address() as AddressInfo).port}/`;
    const plan = { amount: requests(6), concurrency: 2 };
    const refused = await generate(url, { plan });
    expect(refused.snapshot.totals.errors).toMatchObject([{ kind: 'certificate', count: 6 }]);
    const trusting = { ...plainNetwork, strictSsl: false };
    const { snapshot } = await generate(url, { plan, network: trusting });
    expect(snapshot.totals).toMatchObject({ ok: 6, bytes: 6 * 'over TLS'.length });
    expect([...versions]).toEqual(['1.1']);
  });

  it('sends exactly as many as asked for, over as many connections, with body and key', async () => {
    const seen: string[] = [];
    const { url, connections } = await serve((incoming, response) => {
      let body = '';
      incoming.on('data', (chunk) => (body += String(chunk)));
      incoming.on('end', () => {
        seen.push(`${incoming.method} ${incoming.url} ${incoming.headers.authorization} ${body}`);
        response.end('answer');
      });
    });
    const { end, snapshot } = await generate(url, {
      plan: { amount: requests(50), concurrency: 5 },
      request: { method: 'POST', url: `${url}go?a=1`, headers: { authorization: 'Bearer k' }, body: '{}' },
    });
    expect(end).toBe('done');
    expect(snapshot.totals).toMatchObject({
      sent: 50,
      ok: 50,
      failed: 0,
      unfinished: 0,
      open: 0,
      bytes: 300,
    });
    expect(seen).toEqual(Array(50).fill('POST /go?a=1 Bearer k {}'));
    expect(connections()).toBe(5);
    expect(snapshot.totals.latency.p50).toBeGreaterThanOrEqual(snapshot.totals.firstByte.p50 * 0.99);
  });

  it('opens no more connections than there are requests', async () => {
    const { url, connections } = await serve((_incoming, response) => response.end());
    await generate(url, { plan: { amount: requests(2), concurrency: 100 } });
    expect(connections()).toBe(2);
  });

  it('ends with its time, and counts what was still open as neither good nor bad', async () => {
    const { url } = await serve(() => undefined);
    const { end, snapshot } = await generate(url, { plan: { ...seconds(1), concurrency: 4 } });
    expect(end).toBe('done');
    expect(snapshot.totals).toMatchObject({ sent: 4, ok: 0, failed: 0, unfinished: 4, open: 0, errors: [] });
  });

  it('says so when the time limit came before the last request', async () => {
    const { url } = await serve(() => undefined);
    const { end } = await generate(url, { plan: { amount: requests(10), limitSeconds: 1 } });
    expect(end).toBe('timeLimit');
  });

  it('stops at once and leaves no socket', async () => {
    const { url, sockets } = await serve(() => undefined);
    const abort = new AbortController();
    const running = generate(url, { plan: { ...seconds(60), concurrency: 20 }, signal: abort.signal });
    await expect.poll(() => sockets.size).toBe(20);
    abort.abort();
    const { end, snapshot } = await running;
    expect([end, snapshot.totals.unfinished]).toEqual(['stopped', 20]);
    await expect.poll(() => sockets.size).toBe(0);
  });

  it('sends nothing when it was stopped before', async () => {
    const { url, connections } = await serve((_incoming, response) => response.end());
    const { end, snapshot } = await generate(url, { signal: AbortSignal.abort() });
    expect([end, snapshot.totals.sent, connections()]).toEqual(['stopped', 0, 0]);
  });

  it('counts failures by kind, with what the first of each said', async () => {
    let count = 0;
    const { url } = await serve((_incoming, response) => {
      const turn = count++ % 4;
      if (turn === 0) response.end('fine');
      else if (turn === 1) response.writeHead(500).end(`broken ${count}`);
      else if (turn === 2) response.destroy();
      else response.writeHead(302, { location: 'http://127.0.0.2:1/' }).end();
    });
    const { snapshot } = await generate(url, { plan: { amount: requests(40), concurrency: 1 } });
    expect(snapshot.totals).toMatchObject({ ok: 10, failed: 30 });
    expect(snapshot.totals.errors).toEqual(
      expect.arrayContaining([
        { kind: 'http', status: 500, count: 10, first: 'broken 2' },
        expect.objectContaining({ kind: 'reset', status: 0, count: 10 }),
        expect.objectContaining({ kind: 'http', status: 302, count: 10 }),
      ]),
    );
  });

  it('gives up on a request that takes too long, and goes on', async () => {
    let first = true;
    const { url } = await serve((_incoming, response) => {
      if (!first) response.end();
      first = false;
    });
    const { snapshot } = await generate(url, {
      plan: { amount: requests(3), concurrency: 1 },
      headersTimeoutMs: 300,
    });
    expect(snapshot.totals).toMatchObject({ ok: 2, failed: 1, errors: [{ kind: 'timeout', count: 1 }] });
  });

  it('ends early where nothing listens', async () => {
    const { url, server } = await serve(() => undefined);
    server.close();
    await once(server, 'close');
    const { end, snapshot } = await generate(url, { plan: { ...seconds(60), concurrency: 3 } });
    expect(end).toBe('unreachable');
    expect(snapshot.totals.errors).toMatchObject([{ kind: 'refused' }]);
  });

  it('follows the long poll by GET, and counts it into the latency', async () => {
    const seen: string[] = [];
    const { url } = await serve((incoming, response) => {
      seen.push(`${incoming.method} ${incoming.url}`);
      if (incoming.url === '/') response.writeHead(303, { location: '/?call=1' }).end('later');
      else setTimeout(() => response.end('late'), 100);
    });
    const { snapshot } = await generate(url, {
      plan: { amount: requests(2), concurrency: 1 },
      request: { method: 'POST', body: '{}' },
    });
    expect(snapshot.totals).toMatchObject({ ok: 2, polls: 2 });
    expect(snapshot.totals.latency.p50).toBeGreaterThanOrEqual(99);
    expect(seen).toEqual(['POST /', 'GET /?call=1', 'POST /', 'GET /?call=1']);
  });

  it('carries no key to another server, and does not poll for ever', async () => {
    const { url } = await serve((incoming, response) => {
      const location = incoming.url === '/other' ? 'http://127.0.0.2:1/steal' : '/again';
      response.writeHead(303, { location }).end();
    });
    const plan = { amount: requests(1), concurrency: 1 };
    const away = await generate(url, { plan, request: { url: `${url}other` } });
    const endless = await generate(url, { plan });
    expect(away.snapshot.totals.errors).toMatchObject([
      { kind: 'redirects', first: expect.stringMatching(/another server/) as string },
    ]);
    expect(endless.snapshot.totals.errors).toMatchObject([
      { kind: 'redirects', first: expect.stringMatching(/20 times/) as string },
    ]);
  });

  it('refuses a plan without bounds', async () => {
    await expect(generate('http://127.0.0.1:1/', { plan: { limitSeconds: 1e9 } })).rejects.toMatchObject({
      kind: 'invalid',
    });
  });
});

describe('a load test in its own thread', () => {
  const run = (
    request: LoadRequest,
    plan: Partial<LoadPlan>,
    signal = new AbortController().signal,
    onSnapshot: (snapshot: LoadSnapshot) => void = () => undefined,
  ) =>
    runLoad(workerFile, { request, plan: { ...defaultPlan, ...plan }, headersTimeoutMs: 5000 }, signal, {
      onSnapshot,
    });

  it('gives the same counts, and nothing of the key that a server repeats', async () => {
    const { url } = await serve((incoming, response) =>
      response.writeHead(401).end(`${'x'.repeat(290)}${String(incoming.headers['x-key'])} is wrong`),
    );
    const { end, snapshot } = await run(
      { method: 'GET', url, headers: { 'x-key': 'correct-horse-battery' } },
      { amount: requests(20), concurrency: 4 },
    );
    expect([end, snapshot.totals.sent, snapshot.totals.failed]).toEqual(['done', 20, 20]);
    expect(snapshot.totals.errors[0]?.first).toMatch(/^x{290}… is wro/);
    expect(JSON.stringify(snapshot)).not.toContain('corr');
  });

  it('gives nothing of a credential that a server tells of its own', async () => {
    const { url } = await serve((_incoming, response) =>
      response
        .writeHead(500)
        .end(`no connection to postgres://app:hunter2hunter2@db/x, key sk-${'a1B2c3D4'.repeat(5)}`),
    );
    const { snapshot } = await run(
      { method: 'GET', url, headers: {} },
      { amount: requests(2), concurrency: 1 },
    );
    expect(snapshot.totals.errors[0]?.first).toContain('no connection to postgres://');
    expect(JSON.stringify(snapshot)).not.toMatch(/hunter2|a1B2c3D4/);
  });

  it('reports while it runs, and ends with the signal', async () => {
    let asked = 0;
    const { url, sockets } = await serve((_incoming, response) => {
      asked++;
      setTimeout(() => response.end('ok'), 5);
    });
    const abort = new AbortController();
    const points: number[] = [];
    let askedBefore = 0;
    const { end, snapshot } = await run(
      { method: 'GET', url, headers: {} },
      seconds(60),
      abort.signal,
      (snapshot) => {
        points.push(...snapshot.points.map(({ second }) => second));
        if (points.length < 2) return;
        askedBefore ||= asked;
        abort.abort();
      },
    );
    expect(end).toBe('stopped');
    expect(points.slice(0, 2)).toEqual([1, 2]);
    expect(snapshot.totals.ok).toBeGreaterThan(0);
    // It stops itself: ending the thread would come a second later.
    expect(asked - askedBefore).toBeLessThan(0.2 * askedBefore);
    await expect.poll(() => sockets.size).toBe(0);
  });

  it('says what went wrong when the thread cannot start', async () => {
    const missing = new URL('../../../src/requests/load/missing.ts', import.meta.url);
    const job = {
      request: { method: 'GET', url: 'http://127.0.0.1:1/', headers: {} },
      plan: defaultPlan,
      headersTimeoutMs: 1,
    };
    await expect(
      runLoad(missing, job, new AbortController().signal, { onSnapshot: () => undefined }),
    ).rejects.toMatchObject({ kind: 'unexpected' });
  });
});
