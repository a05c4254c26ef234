import type { ErrorKind } from '../../../domain/errors.ts';
import { toModalError } from '../../../domain/errors.ts';
import type { LogBatch, LogChunk, LogQuery } from '../../../domain/log.ts';
import type { MarkEntry } from '../../../domain/logEntry.ts';
import { seconds } from '../../../domain/logEntry.ts';
import { steadyNow } from '../../../shared/steadyNow.ts';
import type { FetchLogs } from './fetchLogs.ts';
import { fetchRange, mostFetched } from './fetchLogs.ts';
import { RunningContainers } from './runningContainers.ts';
import { SeenChunks } from './seenChunks.ts';
import { backoff } from './sleep.ts';
import { sleep } from '../../../shared/sleep.ts';
import { chunksInTurn, yieldToEventLoop } from './turns.ts';

export type FollowState =
  | { readonly kind: 'connecting' }
  /** The stream is up, and a container is known to be running. */
  | { readonly kind: 'live' }
  /** The stream is up, but as far as the log shows, no container is running that could write to it. */
  | { readonly kind: 'waiting' }
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

/** Takes the chunks of a log, each once and in the server's order. */
export interface FollowSink {
  /** The next chunk waits for a promise that this returns. */
  push(chunk: LogChunk): unknown;
  mark(mark: MarkEntry): void;
  /** No more will come. */
  flush(): void;
}

export interface FollowerOptions {
  readonly query: LogQuery;
  /** Resolves when the server can be reached: a quiet stream can be taken to be up only after that. */
  readonly connect?: (signal: AbortSignal) => Promise<unknown>;
  readonly open: OpenStream;
  /**
   * Resolves when the server answers something on the line of the stream, rejects when it does not: a stream on which
   * nothing is logged looks the same on a line that is dead. Without it, a quiet stream is taken to be up.
   */
  readonly answers?: (signal: AbortSignal) => Promise<unknown>;
  /** Reads a time range of the log; without it, a gap that the stream leaves cannot be filled. */
  readonly fetch?: FetchLogs;
  readonly sink: FollowSink;
  readonly onState: (state: FollowState) => void;
  readonly now?: () => number;
  /** Counts milliseconds whatever the wall clock does. */
  readonly steady?: () => number;
  readonly random?: () => number;
  /** Resolves after that time, or at once when aborted. */
  readonly sleep?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Chunks that are remembered against repeats. */
  readonly remembered?: number;
}

/** The official clients ask for streams of this length, one after the other. */
const streamSeconds = 55;
/** A stream that ends sooner without sending anything is treated as a failing server. */
const shortestStreamMs = 1000;
/** After this long without a line, a stream counts as up if the server answers something else. */
const quietAfterMs = 3000;
/** After this long without a break, the next one begins with a short pause again. */
const healthyAfterMs = 60_000;
/** Silence of at least this length before a break is reported with it. */
const reportedSilenceMs = 10_000;
/** A gap is read this long after the stream was asked for, so that the two overlap. */
const fillAfterMs = 1000;
/** A gap is read from this much before the newest line that is known: lines may have come late. */
const overlapMs = 30_000;
/** Clocks differ: lines that are in the future by ours belong to the gap too. */
const aheadMs = 60_000;
/** The server refuses longer ranges. */
const longestRangeMs = 35 * 86_400_000;
/** Trying again cannot help. */
const fatal: readonly ErrorKind[] = [
  'unauthenticated',
  'signedOut',
  'forbidden',
  'notFound',
  'profileBroken',
];
/** The server has no such call, or refuses what was asked; the gap stays. */
const cannotFill: readonly ErrorKind[] = [
  'unsupported',
  'invalid',
  'notFound',
  'forbidden',
  'timeout',
  'limit',
];

interface Quiet {
  /** Rejects when the server turns out to be mute. */
  readonly mute: Promise<never>;
  end(): void;
}

/** How a stream went on after a break. */
type Resumed = 'exact' | 'filled' | 'unsure';

/**
 * Follows a log over any number of streams. Resumes after the last batch that was taken in whole, so that a break in the
 * middle of one repeats it on the server's side and loses nothing here. A server that refuses to resume, sends no entry
 * ids, or repeats what it had sent is detected; then the gap is also read as a time range, and repeats are left
 * out. Where that is impossible, a mark says so.
 */
export class LogFollower {
  readonly #options: FollowerOptions;
  readonly #abort = new AbortController();
  readonly #now: () => number;
  readonly #steady: () => number;
  readonly #random: () => number;
  readonly #sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly #seen: SeenChunks;
  readonly #running = new RunningContainers();
  #lastEntryId = '';
  /** Chunks were taken after the last entry id: resuming there repeats them. */
  #isPastId = false;
  /** As the server has shown: it resumes, it starts over whatever it is given, or it refuses any place. */
  #server: 'resumes' | 'repeats' | 'refuses' = 'resumes';
  #leavesOut = false;
  #wasUp = false;
  #attempt = 0;
  #shortStreams = 0;
  #healthySince: Moment | undefined;
  #brokenSince: Moment | undefined;
  /** Milliseconds without anything from the server before the break was noticed. */
  #silentFor = 0;
  #lastHeard: Moment | undefined;
  #state: FollowState['kind'] | undefined;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#steady = options.steady ?? options.now ?? steadyNow;
    this.#random = options.random ?? Math.random;
    this.#sleep = options.sleep ?? sleep;
    this.#seen = new SeenChunks(options.remembered);
  }

  /** Runs until the app has ended, the follower is stopped, or the server refuses. Never rejects. */
  async run(): Promise<void> {
    this.#setState({ kind: 'connecting' });
    const end = await this.#untilEnd();
    this.#options.sink.flush();
    this.#setState({ kind: 'ended', ...end });
  }

  stop(): void {
    this.#abort.abort();
  }

  #isStopped(): boolean {
    return this.#abort.signal.aborted;
  }

  async #untilEnd(): Promise<FollowEnd> {
    while (!this.#isStopped()) {
      const startedAt = this.#moment();
      let broken: string | undefined;
      try {
        if (await this.#stream()) return { reason: 'The app has ended.', refused: false };
      } catch (error) {
        const failure = toModalError(error);
        if (this.#isStopped()) break;
        if (this.#refusesPlace(failure.kind)) continue;
        if (fatal.includes(failure.kind) || (failure.kind === 'invalid' && !this.#wasUp))
          return { reason: failure.message, refused: true };
        // A cancellation that was not ours is the server's, and treated like any other break.
        broken = failure.kind === 'cancelled' ? 'the server closed the stream' : failure.message;
      }
      if (broken !== undefined) await this.#pause(broken);
      // A server that ends every stream at once must not be asked in a tight loop.
      else if (this.#passedSince(startedAt) < shortestStreamMs)
        await this.#sleep(backoff(++this.#shortStreams, this.#random), this.#abort.signal);
      else this.#shortStreams = 0;
    }
    return { reason: 'Stopped.', refused: false };
  }

  /** The server does not know the place to resume at: it is asked for everything instead. */
  #refusesPlace(kind: ErrorKind): boolean {
    if (kind !== 'invalid' || !this.#lastEntryId) return false;
    this.#server = 'refuses';
    this.#lastEntryId = '';
    return true;
  }

  /** @returns true when the app has ended */
  async #stream(): Promise<boolean> {
    const abort = new AbortController();
    const signal = AbortSignal.any([abort.signal, this.#abort.signal]);
    const { connect, open, query } = this.#options;
    const resumes = this.#seen.count > 0;
    const hasGap = resumes && (!this.#lastEntryId || this.#server !== 'resumes');
    this.#leavesOut = hasGap || (resumes && this.#isPastId);
    let quiet: Quiet | undefined;
    try {
      await connect?.(signal);
      this.#lastHeard = this.#moment();
      const stream = open(query, this.#lastEntryId, streamSeconds, signal)[Symbol.asyncIterator]();
      let next = stream.next();
      let how: Resumed = hasGap ? await this.#fill(next, signal) : 'exact';
      quiet = this.#waitForQuiet(() => how, signal);
      if (this.#leavesOut) this.#seen.expectRepeats(hasGap);
      let checked = !resumes;
      for (;;) {
        const result = await Promise.race([next, quiet.mute]);
        if (result.done) break;
        const { value } = result;
        quiet.end();
        if (!checked && value.chunks.length > 0) {
          checked = true;
          how = await this.#check(value, how, hasGap, signal);
        }
        this.#noteResumed(how);
        await this.#take(value);
        this.#noteUp(how);
        if (value.appDone) return true;
        await yieldToEventLoop();
        next = stream.next();
      }
      this.#noteUp(how);
      return false;
    } finally {
      quiet?.end();
      abort.abort();
    }
  }

  /** While nothing arrives: finds out whether the server is there, and reports the stream as up if it is. */
  #waitForQuiet(how: () => Resumed, signal: AbortSignal): Quiet {
    const mute = Promise.withResolvers<never>();
    mute.promise.catch(() => undefined); // nobody may be waiting for it any more
    let isOver = false;
    const prove = async () => {
      // One that follows a stream that stood need not be asked again.
      if (this.#state !== 'live' && this.#state !== 'waiting') await this.#options.answers?.(signal);
      if (!isOver) this.#noteUp(how());
    };
    const timer = setTimeout(() => void prove().catch(mute.reject), quietAfterMs);
    const end = () => {
      isOver = true;
      clearTimeout(timer);
    };
    return { mute: mute.promise, end };
  }

  /** Looks at the first thing that a resumed stream sends: does it go on, or does it repeat? */
  async #check(batch: LogBatch, how: Resumed, hasGap: boolean, signal: AbortSignal): Promise<Resumed> {
    if (!this.#leavesOut && !(await this.#repeats(batch, signal))) return how;
    const beginsAnew = this.#seen.beginsAnew(batch);
    if (beginsAnew && this.#server === 'resumes') this.#server = 'repeats';
    this.#leavesOut = true;
    this.#seen.expectRepeats(hasGap || beginsAnew);
    // From the first chunk on, nothing can be missing.
    return beginsAnew ? 'filled' : how;
  }

  async #repeats(batch: LogBatch, signal: AbortSignal): Promise<boolean> {
    const repeats = this.#seen.repeats(batch);
    const { fetch, query } = this.#options;
    const [chunk] = batch.chunks;
    if (repeats !== 'unclear' || !chunk || !fetch) return repeats === 'yes';
    // The past knows how many there are. Where it cannot be asked, one too many is better than one too few.
    const range = { since: chunk.time, until: chunk.time + 1 };
    const past = await fetch(query, range, mostFetched, signal).catch(() => undefined);
    if (!past) return false;
    const there = past.flatMap(({ chunks }) => chunks).filter((each) => this.#seen.isSame(each, chunk));
    return there.length <= this.#seen.timesTaken(chunk);
  }

  async #take(batch: LogBatch): Promise<void> {
    this.#lastHeard = this.#moment();
    await this.#takeChunks(batch.chunks);
    if (!batch.entryId) this.#isPastId ||= batch.chunks.length > 0;
    else {
      this.#isPastId = false;
      this.#seen.takeId(batch.entryId);
      if (this.#server !== 'refuses') this.#lastEntryId = batch.entryId;
    }
  }

  /** @returns how many were repeats */
  async #takeChunks(chunks: readonly LogChunk[]): Promise<number> {
    let repeats = 0;
    for (const [at, chunk] of chunks.entries()) {
      if (!this.#isNew(chunk)) {
        repeats++;
        continue;
      }
      this.#running.take(chunk);
      const pushed = this.#options.sink.push(chunk);
      if (pushed instanceof Promise) await pushed;
      if (at % chunksInTurn === chunksInTurn - 1) await yieldToEventLoop();
    }
    return repeats;
  }

  #isNew(chunk: LogChunk): boolean {
    if (this.#leavesOut) {
      if (this.#seen.leaveOut(chunk)) return false;
      this.#seen.takeNew(chunk);
    } else this.#seen.take(chunk);
    return true;
  }

  /** Reads what was logged since the newest chunk as a time range, once the stream is up. */
  async #fill(stream: Promise<unknown>, signal: AbortSignal): Promise<Resumed> {
    const { fetch, query } = this.#options;
    if (!fetch) return 'unsure';
    stream.catch(() => undefined);
    await Promise.race([stream, sleep(fillAfterMs, signal)]);
    signal.throwIfAborted();
    const known = this.#seen.newestTime;
    const until = Math.max(this.#now(), known ?? 0) + aheadMs;
    const since = Math.max(known === undefined ? 0 : known - overlapMs, until - longestRangeMs);
    try {
      const { chunks, isWhole } = await fetchRange(fetch, query, { since, until }, signal);
      this.#seen.expectRepeats(true);
      const repeats = await this.#takeChunks(chunks);
      // If it had nothing that is known, the server no longer holds that, nor what came right after it.
      return isWhole && (repeats > 0 || known === undefined) ? 'filled' : 'unsure';
    } catch (error) {
      if (cannotFill.includes(toModalError(error).kind)) return 'unsure';
      throw error;
    }
  }

  /** The stream has brought something, or has been quiet for so long that it can be taken to be up. */
  #noteUp(how: Resumed): void {
    this.#noteResumed(how);
    this.#setState({ kind: this.#running.any ? 'live' : 'waiting' });
  }

  #noteResumed(how: Resumed): void {
    this.#wasUp = true;
    this.#healthySince ??= this.#moment();
    if (this.#brokenSince !== undefined)
      this.#mark(resumedMark(how, this.#passedSince(this.#brokenSince), this.#silentFor));
    else if (how === 'unsure') this.#markUnsure();
    this.#brokenSince = undefined;
  }

  #isUnsureReported = false;

  /** A stream that ended as it should left a gap that cannot be filled; that is reported once. */
  #markUnsure(): void {
    if (this.#isUnsureReported) return;
    this.#isUnsureReported = true;
    const text = "This server can't resume log streams, so lines may be missing.";
    this.#mark({ event: 'dropped', text, bad: true });
  }

  async #pause(reason: string): Promise<void> {
    if (this.#healthySince && this.#passedSince(this.#healthySince) >= healthyAfterMs) this.#attempt = 0;
    this.#healthySince = undefined;
    this.#attempt++;
    const pause = backoff(this.#attempt, this.#random);
    if (this.#brokenSince === undefined) {
      this.#mark({ event: 'broke', text: `Connection lost: ${reason}`, bad: true });
      this.#brokenSince = this.#moment();
      this.#silentFor = this.#lastHeard ? this.#passedSince(this.#lastHeard) : 0;
    }
    this.#setState({ kind: 'broken', attempt: this.#attempt, nextTryAt: this.#now() + pause, reason });
    await this.#sleep(pause, this.#abort.signal);
  }

  #moment(): Moment {
    return { wallMs: this.#now(), steadyMs: this.#steady() };
  }

  #passedSince(moment: Moment): number {
    return elapsedMs(moment, this.#moment());
  }

  #setState(state: FollowState): void {
    if (state.kind === this.#state && state.kind !== 'broken') return;
    this.#state = state.kind;
    this.#options.onState(state);
  }

  #mark(mark: Omit<MarkEntry, 'kind' | 'time'>): void {
    this.#options.sink.mark({ kind: 'mark', time: this.#now(), ...mark });
  }
}

/** @param silentMs before the break was seen; a line that dies says nothing, so it may have been dead for as long */
function resumedMark(how: Resumed, lastedMs: number, silentMs: number): Omit<MarkEntry, 'kind' | 'time'> {
  const before =
    silentMs >= reportedSilenceMs ? ` (nothing had arrived for ${seconds(silentMs / 1000)} before that)` : '';
  const lasted = seconds(lastedMs / 1000) + before;
  if (how === 'unsure') {
    const text = `Reconnected after ${lasted}. Lines from that time may be missing: the server can't tell.`;
    return { event: 'resumed', text, bad: true, lastedMs };
  }
  const text = `Reconnected after ${lasted}. No lines were lost.`;
  return { event: 'resumed', text, bad: false, lastedMs, missing: 0 };
}

/** A point in time by both clocks. */
interface Moment {
  readonly wallMs: number;
  readonly steadyMs: number;
}

/**
 * How long something has lasted, in milliseconds. The wall clock can be set back, and the steady one may stand still
 * while the computer sleeps: each of them says too little then, so that the longer time is the true one.
 */
function elapsedMs(since: Moment, now: Moment): number {
  return Math.max(0, now.wallMs - since.wallMs, now.steadyMs - since.steadyMs);
}
