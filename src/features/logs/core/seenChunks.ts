import type { LogBatch, LogChunk } from '../../../domain/log.ts';

/** Chunks that are remembered: what a server may repeat without us knowing the place in it. */
const mostRemembered = 100_000;
/** First chunks of the whole log: what a server that starts over sends first. */
const firstRemembered = 64;
const idsRemembered = 4096;

/**
 * Which chunks were taken, so that a server that repeats some after a break can be found out and its repeats left out
 * exactly. Two chunks are the same when writer, nanosecond and text are; as many as were taken are left out, no more.
 */
export class SeenChunks {
  readonly #most: number;
  /** How often each was taken, and how often it came again since the stream was opened. */
  readonly #taken = new Map<number, number>();
  readonly #repeated = new Map<number, number>();
  readonly #ring: Float64Array;
  readonly #first = new Set<number>();
  readonly #ids = new Set<string>();
  #count = 0;
  #skipping = false;
  #newest = '';
  #newestTime: number | undefined;

  constructor(most = mostRemembered) {
    this.#most = most;
    this.#ring = new Float64Array(most);
  }

  /** Chunks taken so far. */
  get count(): number {
    return this.#count;
  }

  /** Unix milliseconds of the newest text; earlier logs hold nothing else. */
  get newestTime(): number | undefined {
    return this.#newestTime;
  }

  take(chunk: LogChunk): void {
    const key = keyOf(chunk);
    const slot = this.#count % this.#most;
    if (this.#count >= this.#most) this.#forget(this.#ring[slot] ?? 0);
    this.#ring[slot] = key;
    this.#taken.set(key, (this.#taken.get(key) ?? 0) + 1);
    if (this.#count < firstRemembered) this.#first.add(key);
    this.#count++;
    const stamp = stampOf(chunk);
    if (isLater(stamp, this.#newest)) this.#newest = stamp;
    if (chunk.text) this.#newestTime = Math.max(this.#newestTime ?? 0, chunk.time);
  }

  takeId(entryId: string): void {
    this.#ids.add(entryId);
    if (this.#ids.size <= idsRemembered) return;
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest);
      return;
    }
  }

  /**
   * Whether the first batch of a resumed stream begins with what was taken before. It is unclear where the chunk is
   * equal to one of the newest nanosecond: lines that were read at once may be equal in everything.
   */
  repeats({ chunks: [chunk], entryId }: LogBatch): 'yes' | 'no' | 'unclear' {
    if (!chunk) return 'no';
    const key = keyOf(chunk);
    if (!this.#first.has(key) && !this.#taken.has(key)) return 'no';
    return isLater(this.#newest, stampOf(chunk)) || this.#ids.has(entryId) ? 'yes' : 'unclear';
  }

  /** So many equal ones, as far back as is remembered. */
  timesTaken(chunk: LogChunk): number {
    return this.#taken.get(keyOf(chunk)) ?? 0;
  }

  isSame(chunk: LogChunk, other: LogChunk): boolean {
    return keyOf(chunk) === keyOf(other);
  }

  /** The batch is the beginning of the whole log. */
  beginsAnew({ chunks: [chunk] }: LogBatch): boolean {
    return chunk !== undefined && this.#first.has(keyOf(chunk));
  }

  /**
   * Repeats are left out from here on.
   * @param fromStart the server begins with what may be forgotten here: everything is a repeat until something is
   * known, or is newer than all that is known
   */
  expectRepeats(fromStart: boolean): void {
    this.#repeated.clear();
    this.#skipping = fromStart && this.#count > this.#most;
  }

  leaveOut(chunk: LogChunk): boolean {
    const key = keyOf(chunk);
    const taken = this.#taken.get(key) ?? 0;
    if (this.#skipping) {
      if (taken === 0 && chunk.time <= (this.#newestTime ?? 0)) return true;
      this.#skipping = false;
    }
    const repeated = this.#repeated.get(key) ?? 0;
    if (taken > 0) this.#repeated.set(key, repeated + 1);
    return repeated < taken;
  }

  /** It was taken in a stream whose repeats are left out: the next one that is the same is another. */
  takeNew(chunk: LogChunk): void {
    this.take(chunk);
    const key = keyOf(chunk);
    this.#repeated.set(key, this.#taken.get(key) ?? 1);
  }

  #forget(key: number): void {
    const left = (this.#taken.get(key) ?? 1) - 1;
    if (left > 0) this.#taken.set(key, left);
    else {
      this.#taken.delete(key);
      this.#repeated.delete(key);
    }
  }
}

/** 53 bits over everything that tells a chunk from another: two FNV-1a hashes. */
function keyOf(chunk: LogChunk): number {
  let high = 0x811c9dc5;
  let low = 0x01000193;
  const add = (text: string) => {
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      high = Math.imul(high ^ unit, 0x01000193);
      low = Math.imul(low ^ unit, 0x85ebca6b) + 0x9e37;
    }
    high = Math.imul(high ^ 0x10000, 0x01000193);
    low ^= low >>> 15;
  };
  add(stampOf(chunk));
  add(chunk.containerId);
  add(chunk.callId);
  add(chunk.source);
  add(chunk.phase ?? chunk.progress?.description ?? '');
  add(chunk.text);
  return (high >>> 0) * 0x200000 + ((low >>> 0) & 0x1fffff);
}

/** Nanoseconds where the server gives them; all stamps of one server have the same form. */
function stampOf({ stamp, time }: LogChunk): string {
  return stamp ?? String(time);
}

function isLater(stamp: string, other: string): boolean {
  return stamp.length === other.length ? stamp > other : stamp.length > other.length;
}
