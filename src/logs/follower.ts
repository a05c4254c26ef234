import type { ErrorKind } from '../domain/errors.ts';
import { toModalError } from '../domain/errors.ts';
import type { LogBatch, LogQuery } from '../domain/log.ts';
import type { LogEntry } from '../domain/logEntry.ts';
import { backoff } from './backoff.ts';
import { LineJoiner } from './lines.ts';

export type FollowState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'broken'; readonly attempt: number; readonly nextTryAt: number; readonly reason: string }
  | ({ readonly kind: 'ended' } & FollowEnd);

export interface FollowEnd {
  readonly reason: string;
  /** The server will not let this log be followed. */
  readonly refused: boolean;
}

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
/** A stream that ends sooner, without a word, is not what the server offers to those it has something for. */
const shortestStreamMs = 1000;
/** A connection that stands for this long counts as live, also when nothing is logged. */
const quietAfterMs = 3000;
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
  #shortStreams = 0;
  /** The last thing that was told of the stream is that it broke. */
  #isBroken = false;

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

  async #untilEnd(): Promise<FollowEnd> {
    for (;;) {
      const startedAt = this.#now();
      let broken: string | undefined;
      try {
        if (await this.#stream()) return { reason: 'The app has ended.', refused: false };
      } catch (error) {
        const failure = toModalError(error);
        if (fatal.includes(failure.kind)) return { reason: failure.message, refused: true };
        // A cancellation that nobody here asked for is the server's, and a break like any other.
        broken = failure.kind === 'cancelled' ? 'the server closed the stream' : failure.message;
      }
      if (this.#abort.signal.aborted) return { reason: 'Stopped.', refused: false };
      const lived = this.#now() - startedAt;
      if (lived >= healthyAfterMs) this.#attempt = 0;
      if (broken !== undefined) await this.#pause(broken);
      // A server that ends every stream at once must not be asked in a tight loop.
      else if (lived < shortestStreamMs)
        await this.#sleep(backoff(++this.#shortStreams, this.#random), this.#abort.signal);
      else this.#attempt = this.#shortStreams = 0;
    }
  }

  stop(): void {
    this.#abort.abort();
  }

  /** @returns true when the app has ended */
  async #stream(): Promise<boolean> {
    const { open, query, onState } = this.#options;
    let first = true;
    const goesOn = () => {
      if (!first) return;
      first = false;
      onState({ kind: 'live' });
      if (this.#isBroken) this.#mark('The log goes on where it broke.', false);
      this.#isBroken = false;
    };
    const quiet = setTimeout(() => onState({ kind: 'live' }), quietAfterMs);
    try {
      for await (const batch of open(query, this.#lastEntryId, streamSeconds, this.#abort.signal)) {
        clearTimeout(quiet);
        goesOn();
        this.#take(batch);
        if (batch.appDone) return true;
      }
    } finally {
      clearTimeout(quiet);
    }
    goesOn();
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
    // It will not finish the line that it has begun.
    if (phase === 'finished' || phase === 'preempted') this.#joiner.flush(containerId);
    this.#options.onEntry({ kind: 'phase', time, containerId, phase });
  }

  async #pause(reason: string): Promise<void> {
    this.#attempt++;
    const pause = backoff(this.#attempt, this.#random);
    if (!this.#isBroken) this.#mark(`The stream broke: ${reason}`, true);
    this.#isBroken = true;
    const nextTryAt = this.#now() + pause;
    this.#options.onState({ kind: 'broken', attempt: this.#attempt, nextTryAt, reason });
    await this.#sleep(pause, this.#abort.signal);
  }

  #end(end: FollowEnd): void {
    this.#joiner.flush();
    this.#options.onState({ kind: 'ended', ...end });
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
