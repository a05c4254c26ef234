import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createInterface } from 'node:readline';
import autocannon from 'autocannon';
import { throughput } from '../../src/domain/load.ts';
import type { LoadPlan } from '../../src/domain/load.ts';
import { defaultPlan } from '../../src/features/loadTest/core/limits.ts';
import { runLoad } from '../../src/features/loadTest/core/run.ts';
import type { BenchRow } from './table.ts';
import { median } from './table.ts';

/** As it is shipped; the bench has just built it. */
const workerFile = new URL('../../dist/loadWorker.js', import.meta.url);
const rounds = 5;
const seconds = 3;
const stops = 10;
const openAtStop = 100;

/**
 * How fast our load test is beside autocannon on the same server, in turns: how much of what it measures is its own. No
 * endpoint with a GPU answers as often as either can ask. And how soon a stop frees the sockets.
 */
export async function benchLoad(): Promise<BenchRow[]> {
  const server = spawn(process.execPath, ['-e', serverCode], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const [port] = (await once(createInterface(server.stdout), 'line')) as [string];
    const url = `http://127.0.0.1:${port}/`;
    return [await compare(url, 10), await compare(url, 100), await benchStop()];
  } finally {
    server.kill();
    await once(server, 'close');
  }
}

/** In a process of its own, so that nobody shares a thread with it. */
const serverCode = `
const body = JSON.stringify({ answer: 'x'.repeat(200) });
const server = require('node:http').createServer((request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.resume().on('end', () => process.exit());
`;

async function compare(url: string, concurrency: number): Promise<BenchRow> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const pair = [await runOurs(url, concurrency), await runAutocannon(url, concurrency)] as const;
    if (round === 0) continue; // warms the server up
    ours.push(pair[0]);
    theirs.push(pair[1]);
  }
  const value = median(ours);
  const rival = median(theirs);
  return {
    what: `load test, ${concurrency} at a time`,
    unit: 'requests/s',
    ours: value,
    rival: { name: 'autocannon', value: rival },
    promise: 'told, not promised',
    met: true,
  };
}

async function runOurs(url: string, concurrency: number): Promise<number> {
  const { snapshot } = await load(url, {
    concurrency,
    amount: { kind: 'seconds', seconds },
    limitSeconds: seconds,
  });
  return throughput(snapshot.totals);
}

/** In a thread of its own as well. */
async function runAutocannon(url: string, concurrency: number): Promise<number> {
  const result = await autocannon({ url, connections: concurrency, duration: seconds, workers: 1 });
  return (result['2xx'] * 1000) / (result.finish.getTime() - result.start.getTime());
}

function load(url: string, plan: Partial<LoadPlan>, signal = new AbortController().signal) {
  return runLoad(
    workerFile,
    {
      request: { method: 'GET', url, headers: {} },
      plan: { ...defaultPlan, ...plan },
      headersTimeoutMs: 60_000,
    },
    signal,
    { onSnapshot: () => undefined },
  );
}

/** From the stop until the server has seen the last of its sockets go. */
async function benchStop(): Promise<BenchRow> {
  const times: number[] = [];
  for (let round = 0; round < stops; round++) times.push(await stopOnce());
  const longest = Math.max(...times);
  return {
    what: `stop with ${openAtStop} open requests, longest of ${stops}`,
    unit: 'ms',
    ours: longest,
    promise: '<= 50 ms',
    met: longest <= 50,
  };
}

async function stopOnce(): Promise<number> {
  const sockets = new Set<Socket>();
  const { promise: freed, resolve: free } = Promise.withResolvers<number>();
  const { promise: full, resolve: fill } = Promise.withResolvers<undefined>();
  let asked = 0;
  const server = createServer(() => ++asked === openAtStop && fill(undefined)).listen(0, '127.0.0.1');
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => {
      sockets.delete(socket);
      if (sockets.size === 0) free(performance.now());
    });
  });
  await once(server, 'listening');
  const abort = new AbortController();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const amount = { kind: 'seconds', seconds: 60 } as const;
  const running = load(url, { concurrency: openAtStop, amount, limitSeconds: 60 }, abort.signal);
  await full;
  const start = performance.now();
  abort.abort();
  const end = await freed;
  await running;
  server.close();
  return end - start;
}
