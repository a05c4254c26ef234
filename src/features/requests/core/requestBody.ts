import { randomBytes } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { ModalError } from '../../../domain/errors.ts';
import type { MultipartPart, RequestBody } from '../../../domain/request.ts';

export interface OpenBody {
  readonly body: string | Uint8Array | Blob | null;
  /** Type and length, where the body decides them. */
  readonly headers: Readonly<Record<string, string>>;
}

const newline = '\r\n';

/**
 * Makes the body ready to be sent once; a redirect that keeps the body opens it again. Files are read while they are
 * sent, so that their size does not count in memory. `FormData` could not send all that a form has: it makes a file of
 * a text with a media type, and other line breaks in a text without one.
 * @throws kind `invalid` naming a file that cannot be read
 */
export async function openBody(body: RequestBody | undefined): Promise<OpenBody> {
  if (body === undefined) return { body: null, headers: {} };
  if (typeof body === 'string' || body instanceof Uint8Array) return { body, headers: {} };
  const boundary = `----modal-${randomBytes(12).toString('hex')}`;
  const parts = await Promise.all(
    body.parts.map(async (part) => [partHead(part, boundary), await contentOf(part), newline]),
  );
  const whole = new Blob([...parts.flat(), `--${boundary}--${newline}`]);
  return {
    body: whole,
    headers: {
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': String(whole.size),
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
  const { body: open, headers } = await openBody(body);
  if (open === null) return { headers };
  if (!(open instanceof Blob)) return { body: open, headers };
  try {
    return { body: Buffer.from(await open.arrayBuffer()), headers };
  } catch (error) {
    throw unreadableFile(error) ?? error;
  }
}

/** What reading throws where a file is not, or no longer, as it was when its length was told. */
export function unreadableFile(error: unknown): ModalError | undefined {
  if ((error as { name?: unknown }).name !== 'NotReadableError') return undefined;
  const message =
    'A file of the request cannot be read, or was changed meanwhile. Send the request again, or choose the file again.';
  return new ModalError('invalid', message, { cause: error });
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

async function contentOf({ text = '', file }: MultipartPart): Promise<string | Blob> {
  if (!file) return text;
  try {
    return await openAsBlob(file.path);
  } catch (error) {
    throw new ModalError('invalid', `Can't read the file ${file.path}. Select it again.`, {
      cause: error,
    });
  }
}
