import type { Dispatcher } from 'undici';
import { framingOf } from './answer/eventStream.ts';
import type { AnswerCut } from '../../../domain/request.ts';
import { decompress, encodingsOf } from './decompress.ts';
import { formatCount, formatSize } from '../../../shared/format.ts';

export const largestBody = 100 * 1024 * 1024;
/** A stream of events may have no end: of its bytes the beginning is kept, of its events the newest by the reader. */
const keptOfStream = 16 * 1024 * 1024;
/** What grows more than this is no text or model output that somebody compressed. */
const largestRatio = 250;
const ratioCountsFrom = 10 * 1024 * 1024;
/** Each takes a decoder of its own; honest servers use one or two. */
const mostEncodings = 5;

export interface ReadBody {
  readonly bytes: Uint8Array;
  /** Also of what was not kept. */
  readonly size: number;
  readonly compressedSize?: number;
  readonly cut?: AnswerCut;
}

export interface ReadBodyOptions {
  readonly onChunk?: ((bytes: Uint8Array) => void) | undefined;
  /** Says why reading ended too soon. */
  readonly explainCut: (error: unknown) => AnswerCut;
}

/** Reads an answer to its end or its limit. Never rejects: what came is kept, with the cause of the cut. */
export async function readBody(
  { headers, body }: Pick<Dispatcher.ResponseData, 'headers' | 'body'>,
  { onChunk, explainCut }: ReadBodyOptions,
): Promise<ReadBody> {
  const encodings = encodingsOf(headers['content-encoding']?.toString());
  if (encodings.length > mostEncodings)
    return { bytes: new Uint8Array(), size: 0, cut: tooManyEncodings(encodings.length) };
  const isStream = framingOf({ 'content-type': headers['content-type']?.toString() ?? '' }) === 'events';
  const kept: Uint8Array[] = [];
  let size = 0;
  let wire = 0;
  let cut: AnswerCut | undefined;
  const chunks = decompress(body as AsyncIterable<Buffer>, encodings, (bytes) => (wire += bytes));
  try {
    for await (const chunk of chunks) {
      cut = limitReached(size + chunk.length, encodings.length > 0 ? wire : undefined, isStream);
      if (cut) break;
      if (!isStream || size < keptOfStream) kept.push(chunk);
      size += chunk.length;
      onChunk?.(chunk);
    }
  } catch (error) {
    const cause = explainCut(error);
    // Decoders call an empty body damaged, which the answer to HEAD has and those without a body.
    if (wire > 0 || cause.kind !== 'damaged') cut = cause;
  }
  return {
    bytes: Buffer.concat(kept),
    size,
    ...(encodings.length > 0 ? { compressedSize: wire } : {}),
    ...(cut ? { cut } : {}),
  };
}

function tooManyEncodings(count: number): AnswerCut {
  return {
    kind: 'bomb',
    text: `Not read: the response claims to be compressed ${formatCount(count)} times, which may be a compression bomb.`,
  };
}

function limitReached(size: number, wire: number | undefined, isStream: boolean): AnswerCut | undefined {
  if (wire !== undefined && size > ratioCountsFrom && size > wire * largestRatio) {
    const ratio = Math.round(size / wire);
    return {
      kind: 'bomb',
      text: `Stopped at ${formatSize(size)}: the response expands ${ratio}× when decompressed, which may be a compression bomb.`,
    };
  }
  if (isStream || size <= largestBody) return undefined;
  return {
    kind: 'tooLarge',
    text: 'The response is larger than 100 MB and was cut off. Request less data, or download it with another program.',
  };
}
