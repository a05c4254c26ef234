import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { silentLogger } from '../../src/shared/logger.ts';
import { AnswerModel } from '../../src/features/requests/core/answer/answerModel.ts';
import { StreamReader } from '../../src/features/requests/core/answer/streamReader.ts';
import { RequestSender } from '../../src/features/requests/core/send.ts';
import type { BenchRow } from './table.ts';

const sent = 4.3 * 1024 ** 3;
const mb = (bytes: number) => bytes / 1024 ** 2;
/** What a request may add to the memory of the editor's process. */
const mostMb = 300;

/** A stream of events of 4.3 GB, as the panel reads it: what is kept of it, and what it costs meanwhile. */
export async function benchEndless(): Promise<BenchRow[]> {
  const server = spawn(process.execPath, [
    path.join(import.meta.dirname, '../hostile/eventServer.ts'),
    String(sent),
  ]);
  try {
    const [port] = (await once(server.stdout, 'data')) as [Buffer];
    return await read(`http://127.0.0.1:${port.toString().trim()}/`);
  } finally {
    server.kill();
  }
}

async function read(url: string): Promise<BenchRow[]> {
  const before = process.memoryUsage().rss;
  let most = before;
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 50);
  const start = performance.now();
  const sender = new RequestSender({
    logger: silentLogger,
    resolveSecret: () => Promise.resolve(undefined),
    timeoutSeconds: () => 60,
  });
  let stream = new StreamReader({});
  const result = await sender.send({ method: 'GET', url, headers: {} }, new AbortController().signal, {
    onHead: ({ headers }) => (stream = new StreamReader(headers)),
    onChunk: (bytes) => void stream.push(bytes, 0),
  });
  stream.end(0);
  clearInterval(watch);
  const seconds = (performance.now() - start) / 1000;
  const { notes } = new AnswerModel({ result, stream });
  const kept = (result.bytes?.length ?? 0) + stream.events.reduce((sum, { data }) => sum + data.length, 0);
  console.table([
    {
      'sent, MB': Math.round(mb(result.size)),
      events: stream.count,
      seconds: Number(seconds.toFixed(1)),
      'kept, MB': Number(mb(kept).toFixed(1)),
      'memory before, MB': Math.round(mb(before)),
      'memory at most, MB': Math.round(mb(most)),
    },
  ]);
  console.log(notes.join('\n'));
  return [
    {
      what: `memory that a stream of events of ${(result.size / 1024 ** 3).toFixed(1)} GB adds, in ${seconds.toFixed(0)} s (kept: ${mb(kept).toFixed(0)} MB)`,
      unit: 'MB',
      ours: mb(most - before),
      promise: `<= ${mostMb} MB`,
      met: mb(most - before) <= mostMb && result.size >= sent,
    },
  ];
}
