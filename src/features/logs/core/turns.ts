import type { LogChunk } from '../../../domain/log.ts';

/** Work continues for at most this long before others have their turn. */
const turnMs = 8;
let turnBegan = 0;

/**
 * Gives way to timers and input when the turn has lasted long enough. Without it, messages that have arrived already
 * would be worked off in one go, as each is only a promise away.
 */
export async function yieldToEventLoop(): Promise<void> {
  const now = performance.now();
  if (now - turnBegan < turnMs) return;
  await new Promise<void>((resolve) => setImmediate(resolve));
  turnBegan = performance.now();
}

/** In characters. What was printed in one go may be a million lines. */
export const largestPiece = 16 * 1024;
/** Chunks that are taken before others may have their turn. */
export const chunksInTurn = 64;

type Push = (chunk: LogChunk) => void;

/** Passes chunks on, and gives way to others meanwhile. */
export async function pushInTurns(chunks: readonly LogChunk[], push: Push): Promise<void> {
  for (const [at, chunk] of chunks.entries()) {
    if (chunk.text.length > largestPiece) await pushInPieces(chunk, push);
    else push(chunk);
    if (at % chunksInTurn === 0) await yieldToEventLoop();
  }
}

/** The pieces make the same lines as the whole. */
export async function pushInPieces(chunk: LogChunk, push: Push): Promise<void> {
  for (let at = 0; at < chunk.text.length; at += largestPiece) {
    push({ ...chunk, text: chunk.text.slice(at, at + largestPiece) });
    await yieldToEventLoop();
  }
}
