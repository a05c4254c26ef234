import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { ModalError } from '../../../domain/errors.ts';
import type { MultipartPart, RequestBody } from '../../../domain/request.ts';

export interface OpenBody {
  readonly body: string | Uint8Array | AsyncIterable<Uint8Array> | null;
  /** Type and length, where the body decides them. */
  readonly headers: Readonly<Record<string, string>>;
}

const newline = '\r\n';

/**
 * Makes the body ready to be sent once; a redirect that keeps the body opens it again. Files are read while they are
 * sent, so that their size does not count in memory.
 * @throws kind `invalid` naming a file that cannot be read
 */
export async function openBody(body: RequestBody | undefined): Promise<OpenBody> {
  if (body === undefined) return { body: null, headers: {} };
  if (typeof body === 'string' || body instanceof Uint8Array) return { body, headers: {} };
  const boundary = `----modal-${randomBytes(12).toString('hex')}`;
  const heads = body.parts.map((part) => Buffer.from(partHead(part, boundary)));
  const tail = Buffer.from(`--${boundary}--${newline}`);
  let length = tail.length;
  for (const [index, part] of body.parts.entries())
    length += (heads[index]?.length ?? 0) + (await sizeOf(part)) + newline.length;
  return {
    body: chunksOf(body.parts, heads, tail),
    headers: {
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': String(length),
    },
  };
}

/**
 * The body as one piece, for a sender that sends it often. Files are in memory then.
 * @throws as `openBody`
 */
export async function wholeBody(
  body: RequestBody | undefined,
): Promise<{ readonly body?: string | Uint8Array; readonly headers: OpenBody['headers'] }> {
  const open = await openBody(body);
  if (open.body === null) return { headers: open.headers };
  if (typeof open.body === 'string' || open.body instanceof Uint8Array)
    return { body: open.body, headers: open.headers };
  const chunks: Uint8Array[] = [];
  for await (const chunk of open.body) chunks.push(chunk);
  return { body: Buffer.concat(chunks), headers: open.headers };
}

function partHead({ name, file, ...part }: MultipartPart, boundary: string): string {
  const fileName = file?.name ?? part.fileName;
  const type = file ? file.type || 'application/octet-stream' : part.type;
  return [
    `--${boundary}`,
    `Content-Disposition: form-data; name="${quoted(name)}"${fileName === undefined ? '' : `; filename="${quoted(fileName)}"`}`,
    ...(type ? [`Content-Type: ${type.replaceAll(/[\r\n]/g, '')}`] : []),
    '',
    '',
  ].join(newline);
}

/** As browsers write them; a line break in a name would otherwise begin a header. */
function quoted(name: string): string {
  return name.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22');
}

async function sizeOf({ text = '', file }: MultipartPart): Promise<number> {
  if (!file) return Buffer.byteLength(text);
  try {
    return (await stat(file.path)).size;
  } catch (error) {
    throw new ModalError('invalid', `Can't read the file ${file.path}. Select it again.`, {
      cause: error,
    });
  }
}

async function* chunksOf(
  parts: readonly MultipartPart[],
  heads: readonly Buffer[],
  tail: Buffer,
): AsyncGenerator<Uint8Array> {
  for (const [index, { text = '', file }] of parts.entries()) {
    yield heads[index] ?? Buffer.alloc(0);
    if (file) yield* createReadStream(file.path) as AsyncIterable<Buffer>;
    else yield Buffer.from(text);
    yield Buffer.from(newline);
  }
  yield tail;
}
