import type { LogChunk } from '../../../domain/log.ts';
import { breathe } from './time.ts';

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
    if (at % chunksInTurn === 0) await breathe();
  }
}

/** The pieces make the same lines as the whole. */
export async function pushInPieces(chunk: LogChunk, push: Push): Promise<void> {
  for (let at = 0; at < chunk.text.length; at += largestPiece) {
    push({ ...chunk, text: chunk.text.slice(at, at + largestPiece) });
    await breathe();
  }
}
