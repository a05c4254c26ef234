import type { LogChunk, LogQuery } from '../../../domain/log.ts';
import { EntryBuilder, noteFirsts } from './entryBuilder.ts';
import type { FollowState, FollowerOptions } from './follower.ts';
import { LogFollower } from './follower.ts';
import { ChunkCounts, LogHistory } from './history.ts';
import { LogBuffer } from './logBuffer.ts';
import { largestPiece, pushInPieces } from './turns.ts';

export interface LiveLogOptions extends Omit<FollowerOptions, 'sink' | 'fetch'> {
  readonly query: LogQuery;
  readonly fetch: NonNullable<FollowerOptions['fetch']>;
  readonly onState: (state: FollowState) => void;
  readonly buffer?: LogBuffer;
}

/** Where the live part begins is known from so many of its first chunks. */
const firstChunks = 1000;

/** A log that is followed: its newest entries in a buffer, and the earlier ones before them. */
export class LiveLog {
  readonly buffer: LogBuffer;
  readonly #options: LiveLogOptions;
  readonly #follower: LogFollower;
  readonly #builder: EntryBuilder;
  readonly #firstRows = new Map<string, number>();
  /** The chunks of the oldest millisecond. */
  #oldest: LogChunk[] = [];
  #chunks = 0;
  /** Chunks that were loaded as older while none had arrived: the stream may bring them too. */
  #loaded = new ChunkCounts();
  #history: LogHistory | undefined;

  constructor(options: LiveLogOptions) {
    const { buffer, ...follow } = options;
    this.#options = options;
    this.buffer = buffer ?? new LogBuffer();
    this.#builder = new EntryBuilder(noteFirsts(this.buffer, this.#firstRows));
    this.#follower = new LogFollower({
      ...follow,
      sink: {
        push: (chunk) => this.#push(chunk),
        mark: (mark) => this.#builder.mark(mark),
        flush: () => this.#builder.flush(),
      },
    });
  }

  /** Runs until the app has ended, `stop` is called, or the server refuses. Never rejects. */
  run(): Promise<void> {
    return this.#follower.run();
  }

  stop(): void {
    this.#follower.stop();
  }

  /** Empties the buffer. Its lines count as older from now on. */
  clear(): void {
    this.#history = undefined;
    this.#loaded = new ChunkCounts();
    this.#oldest = [];
    this.#chunks = 0;
    this.#firstRows.clear();
    this.buffer.clear();
  }

  /** The lines before the live part. */
  get history(): LogHistory {
    this.#history ??= new LogHistory({
      buffer: this.buffer,
      query: this.#options.query,
      fetch: this.#options.fetch,
      known: () => this.#oldest,
      onNewest: (chunks) => (this.#loaded = new ChunkCounts(chunks)),
      firstRows: this.#firstRows,
      ...(this.#options.now ? { now: this.#options.now } : {}),
    });
    return this.#history;
  }

  #push(chunk: LogChunk): Promise<void> | undefined {
    if (this.#loaded.take(chunk)) return undefined;
    if (chunk.text && this.#chunks < firstChunks) this.#note(chunk);
    if (chunk.text.length > largestPiece) return pushInPieces(chunk, (piece) => this.#builder.push(piece));
    this.#builder.push(chunk);
    return undefined;
  }

  #note(chunk: LogChunk): void {
    this.#chunks++;
    const oldest = this.#oldest[0]?.time ?? Number.POSITIVE_INFINITY;
    if (chunk.time < oldest) this.#oldest = [chunk];
    else if (chunk.time === oldest) this.#oldest.push(chunk);
  }
}
