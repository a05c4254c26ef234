import type { ErrorKind } from '../domain/errors.ts';
import { ModalError, isModalError } from '../domain/errors.ts';
import { oneLine, sentence } from '../shared/plainText.ts';

/** gRPC status codes by what they mean to a user. */
const kinds: Readonly<Record<number, ErrorKind>> = {
  1: 'cancelled',
  3: 'invalid',
  4: 'timeout',
  5: 'notFound',
  6: 'conflict',
  7: 'forbidden',
  8: 'limit',
  9: 'conflict',
  10: 'conflict',
  11: 'invalid',
  12: 'unsupported',
  14: 'offline',
  16: 'unauthenticated',
};

const sentences: Partial<Record<ErrorKind, string>> = {
  timeout: 'Modal did not answer in time. Try again.',
  offline: 'The connection to Modal was lost. Check the network and try again.',
  unauthenticated: 'Modal refused the token of this profile. Sign in again, or check MODAL_TOKEN_ID.',
  unsupported: 'This Modal server does not offer that.',
};

/** What a server says is as long as it likes; a message has room for this. */
const longestDetail = 2000;

/** Turns what the SDK throws into our error, by status code and never by text. */
export function fromGrpc(error: unknown, signal?: AbortSignal): ModalError {
  if (isModalError(error)) return error;
  if (signal?.aborted) return new ModalError('cancelled', 'Cancelled', { cause: error });
  const { code, details, message } = error as { code?: unknown; details?: unknown; message?: unknown };
  const text = typeof details === 'string' && details ? details : typeof message === 'string' ? message : '';
  const said = oneLine(text, longestDetail);
  const kind = (typeof code === 'number' ? kinds[code] : undefined) ?? 'unexpected';
  return new ModalError(kind, sentences[kind] ?? (sentence(said) || 'Modal answered with an error.'), {
    cause: error,
    ...(said ? { detail: said } : {}),
  });
}
