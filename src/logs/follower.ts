import type { ErrorKind } from '../domain/errors.ts';
import { isCancelled, toModalError } from '../domain/errors.ts';
import type { LogBatch, LogQuery } from '../domain/log.ts';
import type { LogEntry } from '../domain/logEntry.ts';
import { backoff } from './backoff.ts';
import { LineJoiner } from './lines.ts';

export type FollowState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'broken'; readonly attempt: number; readonly nextTryAt: number; readonly reason: string }
  | { readonly kind: 'ended'; readonly reason: string };

export type OpenStream = (
  query: LogQuery,
  lastEntryId: string,
  timeoutSeconds: number,
  signal: AbortSignal,
) => AsyncIterable<LogBatch>;

export interface FollowerOptions {
  readonly query: LogQuery;
  readonly open: OpenStream;
  readonly onEntry: (entry: LogEntry) => void;
  readonly onState: (state: FollowState) => void;
  readonly now?: () => number;
  readonly random?: () => number;
  /** Resolves after that time, or at once when aborted. */
  readonly sleep?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** The official clients ask for streams of this length, one after the other. */
const streamSeconds = 55;
/** A stream that lived this long was healthy: the next break begins with a short pause again. */
const healthyAfterMs = 60_000;
/** Trying again cannot help. */
const fatal: readonly ErrorKind[] = [
  'unauthenticated',
  'signedOut',
  'forbidden',
  'notFound',
  'profileBroken',
];

/**
 * Follows a log over any number of streams. Resumes after the last batch that was taken in whole, so that a break in
 * the middle of one repeats it on the server's side and loses nothing here.
 */
export class LogFollower {
  readonly #options: FollowerOptions;
  readonly #abort = new AbortController();
  readonly #joiner: LineJoiner;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  #lastEntryId = '';
  #attempt = 0;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#joiner = new LineJoiner(options.onEntry);
    this.#now = options.now ?? Date.now;
    this.#random = options.random ?? Math.random;
    this.#sleep = options.sleep ?? sleep;
  }

  /** Runs until the app has ended, the follower is stopped, or the server refuses. Never rejects. */
  async run(): Promise<void> {
    this.#options.onState({ kind: 'connecting' });
    this.#end(await this.#untilEnd());
  }

  /** @returns why it ended */
  async #untilEnd(): Promise<string> {
    for (;;) {
      const startedAt = this.#now();
      try {
        if (await this.#stream()) return 'The app has ended.';
        this.#attempt = 0;
      } catch (error) {
        if (this.#abort.signal.aborted || isCancelled(error)) return 'Stopped.';
        const failure = toModalError(error);
        if (fatal.includes(failure.kind)) return failure.message;
        if (this.#now() - startedAt >= healthyAfterMs) this.#attempt = 0;
        await this.#pause(failure.message);
      }
      if (this.#abort.signal.aborted) return 'Stopped.';
    }
  }

  stop(): void {
    this.#abort.abort();
  }

  /** @returns true when the app has ended */
  async #stream(): Promise<boolean> {
    const { open, query, onState } = this.#options;
    const resuming = this.#attempt > 0;
    let first = true;
    const isLive = () => {
      if (!first) return;
      first = false;
      onState({ kind: 'live' });
      if (resuming) this.#mark('The log goes on where it broke.', false);
    };
    // A quiet log sends nothing for minutes, so a connection that stands for a moment counts as live.
    const quiet = setTimeout(isLive, 1500);
    try {
      for await (const batch of open(query, this.#lastEntryId, streamSeconds, this.#abort.signal)) {
        isLive();
        this.#take(batch);
        if (batch.appDone) return true;
      }
    } finally {
      clearTimeout(quiet);
    }
    isLive();
    return false;
  }

  #take(batch: LogBatch): void {
    for (const chunk of batch.chunks) {
      if (chunk.phase) this.#phase(chunk.time, chunk.containerId, chunk.phase);
      else this.#joiner.push(chunk);
    }
    if (batch.entryId) this.#lastEntryId = batch.entryId;
  }

  readonly #phases = new Map<string, string>();

  /** Several wire states read the same to a user; each is told once. */
  #phase(time: number, containerId: string, phase: Extract<LogEntry, { kind: 'phase' }>['phase']): void {
    if (this.#phases.get(containerId) === phase) return;
    this.#phases.set(containerId, phase);
    this.#options.onEntry({ kind: 'phase', time, containerId, phase });
  }

  async #pause(reason: string): Promise<void> {
    this.#attempt++;
    const pause = backoff(this.#attempt, this.#random);
    if (this.#attempt === 1) this.#mark(`The stream broke: ${reason}`, true);
    const nextTryAt = this.#now() + pause;
    this.#options.onState({ kind: 'broken', attempt: this.#attempt, nextTryAt, reason });
    await this.#sleep(pause, this.#abort.signal);
  }

  #end(reason: string): void {
    this.#joiner.flush();
    this.#options.onState({ kind: 'ended', reason });
  }

  #mark(text: string, bad: boolean): void {
    this.#options.onEntry({ kind: 'mark', time: this.#now(), text, bad });
  }
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done, { once: true });
  });
}
