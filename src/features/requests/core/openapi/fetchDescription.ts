import { ModalError, isModalError } from '../../../../domain/errors.ts';
import { withoutEndSlashes } from '../../../../shared/endSlashes.ts';

const limitMs = 5000;
const largest = 10 * 1024 * 1024;

/**
 * Reads `/openapi.json` of an endpoint, with the editor's own `fetch` and so with its proxy settings.
 * @param baseUrl address of the endpoint
 * @param headers with the key, where one is needed
 * @returns undefined when the endpoint has none
 * @throws kind `timeout`, `limit`, `forbidden`, `offline`, `invalid` or `cancelled`
 */
export async function fetchDescription(
  baseUrl: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const limit = AbortSignal.timeout(limitMs);
  try {
    const response = await fetch(`${withoutEndSlashes(baseUrl)}/openapi.json`, {
      headers: { accept: 'application/json', ...headers },
      redirect: 'manual', // the key must not follow to another server
      signal: AbortSignal.any([signal, limit]),
    });
    return await textOf(response);
  } catch (error) {
    if (isModalError(error)) throw error;
    if (signal.aborted) throw new ModalError('cancelled', 'Cancelled', { cause: error });
    if (limit.aborted)
      throw new ModalError(
        'timeout',
        "The endpoint didn't return its API description within 5 s; its container may be starting. Try again.",
        { cause: error },
      );
    throw new ModalError('offline', "Can't reach the endpoint for its API description.", {
      cause: error,
    });
  }
}

async function textOf(response: Response): Promise<string | undefined> {
  const { status } = response;
  if (status === 200) return read(response);
  await response.body?.cancel();
  if (status === 404 || status === 405) return undefined;
  if (status === 401 || status === 403)
    throw new ModalError('forbidden', 'The endpoint requires a valid key for its API description.');
  throw new ModalError('invalid', `The endpoint returned ${status} for its API description.`);
}

async function read(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > largest)
      throw new ModalError('limit', "The API description is larger than 10 MB and wasn't loaded.");
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}
