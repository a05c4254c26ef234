import type { LogChunk } from '../domain/log.ts';
import type { LogEntry } from '../domain/logEntry.ts';

/** A line longer than this is passed on in pieces of this size. */
export const longestLine = 64 * 1024;

interface Carry {
  text: string;
  readonly chunk: LogChunk;
}

/**
 * Joins chunks to lines. What has no line end yet is carried for each container, stream and call apart, so that
 * writers do not mix. A lone carriage return overwrites the line so far, as a terminal would show a progress bar.
 */
export class LineJoiner {
  readonly #carries = new Map<string, Carry>();
  readonly #onLine: (line: LogEntry) => void;

  constructor(onLine: (line: LogEntry) => void) {
    this.#onLine = onLine;
  }

  push(chunk: LogChunk): void {
    const key = `${chunk.containerId}|${chunk.source}|${chunk.functionId}|${chunk.callId}`;
    const carried = this.#carries.get(key);
    const pieces = ((carried?.text ?? '') + chunk.text).split('\n');
    const rest = pieces.pop() ?? '';
    // A line belongs to the moment at which its first part was printed.
    pieces.forEach((piece, at) => this.#emit(piece, at === 0 && carried ? carried.chunk : chunk));
    const from = pieces.length === 0 && carried ? carried.chunk : chunk;
    this.#keep(key, rest, from);
  }

  /** Passes on everything that has no line end, e.g. because the stream has ended. */
  flush(): void {
    for (const { text, chunk } of this.#carries.values()) this.#emit(text, chunk);
    this.#carries.clear();
  }

  #keep(key: string, rest: string, chunk: LogChunk): void {
    let text = rest;
    while (text.length >= longestLine) {
      this.#emit(text.slice(0, longestLine), chunk);
      text = text.slice(longestLine);
    }
    if (text) this.#carries.set(key, { text, chunk });
    else this.#carries.delete(key);
  }

  #emit(text: string, { time, source, containerId, functionId, callId }: LogChunk): void {
    const shown = overwrite(text.endsWith('\r') ? text.slice(0, -1) : text);
    for (let at = 0; at === 0 || at < shown.length; at += longestLine) {
      const piece = shown.slice(at, at + longestLine);
      this.#onLine({ kind: 'line', time, source, containerId, functionId, callId, text: piece });
    }
  }
}

function overwrite(text: string): string {
  const at = text.lastIndexOf('\r');
  return at < 0 ? text : text.slice(at + 1);
}
