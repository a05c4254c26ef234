/** Words for load tests. Times are milliseconds unless a name says otherwise. */
import { formatDuration, plural } from '../shared/format.ts';

/** Until so many requests were sent, or for so many seconds. */
export type LoadAmount =
  | { readonly kind: 'requests'; readonly count: number }
  | { readonly kind: 'seconds'; readonly seconds: number };

/** How a test is run, with everything that ends it. */
export interface LoadPlan {
  readonly amount: LoadAmount;
  /** Requests that are open at the same time. */
  readonly concurrency: number;
  /** The test ends then at the latest. */
  readonly limitSeconds: number;
  /** The test ends when its containers have cost about this much, in US dollars. */
  readonly costLimitUsd: number;
}

/** Of answers that were a success; all 0 while there is none. */
export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Failures of one kind. */
export interface LoadError {
  /** `http` or `answer` with a status, or why there was no answer. */
  readonly kind: LoadErrorKind;
  /** HTTP status; 0 = there was no answer. */
  readonly status: number;
  readonly count: number;
  /** What the first of them said. */
  readonly first: string;
}

export type LoadErrorKind =
  | 'http'
  | 'answer' // its status is a success, and it says that it failed
  | 'timeout'
  | 'refused'
  | 'reset'
  | 'name' // cannot be resolved
  | 'certificate'
  | 'redirects' // longer than the long poll is followed, or to another server
  | 'other';

/** One second of a test. */
export interface LoadPoint {
  /** Seconds since the start, at the end of this one. */
  readonly second: number;
  readonly ok: number;
  readonly failed: number;
  /** Of the successes within this second; 0 without any. */
  readonly p50: number;
  readonly p95: number;
}

export interface LoadTotals {
  /** Always `ok + failed + unfinished + open`. */
  readonly sent: number;
  readonly ok: number;
  readonly failed: number;
  /** Were open when the test ended: neither good nor bad. */
  readonly unfinished: number;
  readonly open: number;
  /** Redirects of Modal's long poll that were followed. */
  readonly polls: number;
  /** Received in bodies. */
  readonly bytes: number;
  readonly elapsed: number;
  readonly latency: Percentiles;
  readonly firstByte: Percentiles;
  readonly errors: readonly LoadError[];
}

export interface LoadSnapshot {
  readonly totals: LoadTotals;
  /** Seconds that are over since the snapshot before. */
  readonly points: readonly LoadPoint[];
}

/**
 * Why a test is over. `unreachable`: nothing ever answered, so that going on would tell nothing more. `timeLimit`: the
 * requests were not all sent within the limit.
 */
export type LoadEnd = 'done' | 'stopped' | 'timeLimit' | 'costLimit' | 'unreachable' | 'failed';

/** What the control plane said at one moment of a test. */
export interface ContainerPoint {
  /** Since the start. */
  readonly second: number;
  readonly running: number;
  readonly starting: number;
  /** Inputs that wait for a container; absent where the server does not tell. */
  readonly queued?: number;
}

/** Successful answers per second, over the whole test. */
export function throughput({ ok, elapsed }: LoadTotals): number {
  return elapsed > 0 ? (ok * 1000) / elapsed : 0;
}

/** `200 requests` or `30 s`. */
export function amountWords(amount: LoadAmount): string {
  return amount.kind === 'seconds' ? formatDuration(amount.seconds * 1000) : plural(amount.count, 'request');
}
