import type { LogChunk } from '../domain/log.ts';
import type { LogEntry } from '../domain/logEntry.ts';

/** A line longer than this is passed on in pieces of this size. */
export const longestLine = 64 * 1024;

interface Carry {
  readonly text: string;
  readonly chunk: LogChunk;
  /** Pieces of this line were passed on already. */
  readonly cut: boolean;
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
    pieces.forEach((piece, at) => {
      const begun = at === 0 ? carried : undefined;
      this.#emit(piece, begun?.chunk ?? chunk, begun?.cut ?? false);
    });
    const begun = pieces.length === 0 ? carried : undefined;
    this.#keep(key, { text: rest, chunk: begun?.chunk ?? chunk, cut: begun?.cut ?? false });
  }

  /** Passes on what has no line end, of one container or of all, because no more will come. */
  flush(containerId?: string): void {
    for (const [key, { text, chunk, cut }] of this.#carries) {
      if (containerId !== undefined && chunk.containerId !== containerId) continue;
      if (text) this.#emit(text, chunk, cut);
      this.#carries.delete(key);
    }
  }

  #keep(key: string, carry: Carry): void {
    let text = overwritten(carry.text);
    let { cut } = carry;
    while (text.length >= longestLine) {
      this.#emit(text.slice(0, longestLine), carry.chunk, cut);
      text = text.slice(longestLine);
      cut = true;
    }
    if (text || cut) this.#carries.set(key, { text, chunk: carry.chunk, cut });
    else this.#carries.delete(key);
  }

  #emit(raw: string, { time, source, containerId, functionId, callId }: LogChunk, cut: boolean): void {
    const text = overwritten(raw).replace(/\r$/, '');
    // The rest of a line that was passed on in pieces may be nothing; that is no line of its own.
    if (!text && cut) return;
    for (let at = 0; at === 0 || at < text.length; at += longestLine) {
      const piece = text.slice(at, at + longestLine);
      this.#onLine({ kind: 'line', time, source, containerId, functionId, callId, text: piece });
    }
  }
}

/** What a terminal still shows of a line: the part after its last carriage return, unless that ends it. */
function overwritten(text: string): string {
  const at = text.lastIndexOf('\r', text.length - 2);
  return at < 0 || text.length < 2 ? text : text.slice(at + 1);
}
