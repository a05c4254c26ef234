import type { LogChunk } from '../../../domain/log.ts';
import { writerOf } from './lines.ts';

/** How often each of some chunks is there. Two are the same when writer, time and text are. */
export class ChunkCounts {
  readonly #counts = new Map<string, number>();
  #newest = Number.NEGATIVE_INFINITY;

  constructor(chunks: readonly LogChunk[] = []) {
    for (const chunk of chunks) {
      this.#counts.set(nameOf(chunk), (this.#counts.get(nameOf(chunk)) ?? 0) + 1);
      this.#newest = Math.max(this.#newest, chunk.time);
    }
  }

  /** @returns whether one was there, which is gone now */
  take(chunk: LogChunk): boolean {
    if (chunk.time > this.#newest) return false;
    const count = this.#counts.get(nameOf(chunk)) ?? 0;
    if (count > 0) this.#counts.set(nameOf(chunk), count - 1);
    return count > 0;
  }
}

function nameOf(chunk: LogChunk): string {
  return `${chunk.stamp ?? chunk.time}|${writerOf(chunk)}|${chunk.text}`;
}
