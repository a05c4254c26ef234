import { loadHttpClient } from '../../requests/core/index.ts';
import { sleep } from '../../../shared/sleep.ts';
import type { LoadEnd, LoadPlan, LoadSnapshot } from '../../../domain/load.ts';
import type { NetworkSettings } from '../../../domain/network.ts';
import { plainNetwork } from '../../../domain/network.ts';
import type { LoadRequest } from './connection.ts';
import { LoadConnection } from './connection.ts';
import { failureOf, isConnectionFailure } from './failure.ts';
import { checkPlan } from './limits.ts';
import { LoadStats } from './stats.ts';

export interface LoadJob {
  readonly request: LoadRequest;
  readonly plan: LoadPlan;
  /** Limit for the first byte of each leg, in milliseconds. */
  readonly headersTimeoutMs: number;
  /** Absent: no proxy is used. */
  readonly network?: NetworkSettings;
}

export interface LoadOutcome {
  readonly end: Exclude<LoadEnd, 'costLimit' | 'failed'>;
  readonly snapshot: LoadSnapshot;
}

export interface LoadListener {
  readonly onSnapshot: (snapshot: LoadSnapshot) => void;
}

const snapshotEveryMs = 500;
/** Without an answer ever, a server that is not there is believed after so many tries. */
const leastTries = 10;
/** A refusal costs nothing, so that tries would follow each other without end. */
const refusedPauseMs = 50;

/**
 * Sends requests over a fixed number of connections until the plan or the signal ends it. The model is the closed loop
 * of autocannon and wrk: each connection sends its next request when the answer before it is complete. A server that
 * slows down is therefore asked less often, and latencies are those of the requests that were sent, not of those that
 * independent users would have sent meanwhile (coordinated omission): read them together with the throughput.
 *
 * Latency begins with the request, so that the first of each connection includes its connect, and ends with the last
 * byte of the final answer, long polls included. A stop frees all sockets at once.
 * @throws kind `invalid` for a plan beyond the bounds
 */
export async function generateLoad(
  { request, plan, headersTimeoutMs, network = plainNetwork }: LoadJob,
  signal: AbortSignal,
  listener: LoadListener,
): Promise<LoadOutcome> {
  checkPlan(plan);
  const library = await loadHttpClient();
  const start = performance.now();
  const elapsed = () => performance.now() - start;
  const stats = new LoadStats();
  const connections = new Set<LoadConnection>();
  const most = plan.amount.kind === 'requests' ? plan.amount.count : Number.POSITIVE_INFINITY;
  let end: LoadOutcome['end'] | undefined;
  let wake: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (wake = resolve));
  const finish = (why: LoadOutcome['end']) => {
    if (end) return;
    end = why;
    wake();
    for (const connection of connections) void connection.close();
  };
  const isOver = () => end !== undefined;

  const sendOne = async (connection: LoadConnection): Promise<void> => {
    stats.send();
    try {
      const answer = await connection.send();
      stats.answer(answer, elapsed());
    } catch (error) {
      // The sockets were taken away from what is still open: that says nothing about the server.
      if (isOver()) stats.abandon();
      else await note(error);
    }
  };
  const note = async (error: unknown): Promise<void> => {
    const failure = failureOf(error);
    stats.failure(failure, elapsed());
    if (!isConnectionFailure(failure)) return;
    if (!stats.answered && stats.failedCount >= Math.max(leastTries, plan.concurrency)) finish('unreachable');
    else await Promise.race([sleep(refusedPauseMs), ended]);
  };
  const loop = async (): Promise<void> => {
    const connection = new LoadConnection(library, request, { headersTimeoutMs, network });
    connections.add(connection);
    while (!isOver() && stats.sentCount < most) await sendOne(connection);
    await connection.close();
  };

  const stop = () => finish('stopped');
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  const deadline = setTimeout(
    () => finish(plan.amount.kind === 'seconds' ? 'done' : 'timeLimit'),
    plan.limitSeconds * 1000,
  );
  const reports = setInterval(() => listener.onSnapshot(stats.snapshot(elapsed())), snapshotEveryMs);
  try {
    await Promise.all(Array.from({ length: Math.min(plan.concurrency, most) }, loop));
    return { end: end ?? 'done', snapshot: stats.snapshot(elapsed(), true) };
  } finally {
    clearTimeout(deadline);
    clearInterval(reports);
    signal.removeEventListener('abort', stop);
  }
}
