/**
 * The thread of a load test: what it measures is not disturbed by the editor's other work, and does not disturb it.
 * A bundle of its own. It also keeps undici's global state out of the process's own.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { FromWorker } from './run.ts';
import type { LoadJob } from './generator.ts';
import { generateLoad } from './generator.ts';

async function main(): Promise<void> {
  const stop = new AbortController();
  const post = (message: FromWorker) => parentPort?.postMessage(message);
  parentPort?.once('message', () => stop.abort());
  const outcome = await generateLoad(workerData as LoadJob, stop.signal, {
    onSnapshot: (snapshot) => post({ type: 'snapshot', snapshot }),
  });
  post({ type: 'end', outcome });
}

void main();
