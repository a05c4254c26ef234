import { PassThrough, Readable, pipeline } from 'node:stream';
import type { Duplex } from 'node:stream';
import zlib from 'node:zlib';
import { ownValue } from '../../../shared/ownValue.ts';

const decoders: Readonly<Record<string, (() => Duplex) | undefined>> = {
  gzip: () => zlib.createGunzip(),
  'x-gzip': () => zlib.createGunzip(),
  br: () => zlib.createBrotliDecompress(),
  zstd: () => zlib.createZstdDecompress(),
};

/** Names of `Content-Encoding` in the order in which they were applied; `identity` is none. */
export function encodingsOf(header: string | undefined): string[] {
  const names = (header ?? '').split(',').map((name) => name.trim().toLowerCase());
  return names.filter((name) => name !== '' && name !== 'identity');
}

/**
 * Undoes the encodings; an unknown one is left as it is, with those below it.
 * @param onWire gets the number of bytes of each chunk as it came
 */
export function decompress(
  body: AsyncIterable<Buffer>,
  encodings: readonly string[],
  onWire: (bytes: number) => void,
): AsyncIterable<Buffer> {
  let stream: Readable = Readable.from(counted(body, onWire), { objectMode: false });
  for (const name of encodings.toReversed()) {
    if (name === 'deflate') stream = Readable.from(inflated(stream), { objectMode: false });
    else {
      const decoder = ownValue(decoders, name)?.();
      if (!decoder) break;
      stream = joined(stream, decoder);
    }
  }
  return stream as AsyncIterable<Buffer>;
}

async function* counted(
  body: AsyncIterable<Buffer>,
  onWire: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  for await (const chunk of body) {
    onWire(chunk.length);
    yield chunk;
  }
}

/** Servers send two forms under this name; the first byte tells them apart. */
async function* inflated(source: Readable): AsyncGenerator<Buffer> {
  const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await chunks.next();
  if (first.done) return;
  const hasHeader = ((first.value[0] ?? 0) & 0x0f) === 8;
  const rest = async function* () {
    yield first.value;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
  };
  const decoder = hasHeader ? zlib.createInflate() : zlib.createInflateRaw();
  yield* joined(Readable.from(rest(), { objectMode: false }), decoder) as AsyncIterable<Buffer>;
}

/** Errors and an early end pass both ways. */
function joined(source: Readable, decoder: Duplex): Readable {
  const end = new PassThrough();
  pipeline(source, decoder, end, () => undefined);
  return end;
}
