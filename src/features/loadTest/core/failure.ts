import { isModalError } from '../../../domain/errors.ts';
import type { LoadFailure } from './stats.ts';

const kinds: readonly (readonly [RegExp, LoadFailure['kind'], string])[] = [
  [/^UND_ERR_(?:HEADERS|BODY)_TIMEOUT$/, 'timeout', 'No answer within the time limit of a request.'],
  [/^(?:UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT)$/, 'timeout', 'No connection within 10 s.'],
  [/^(?:ECONNREFUSED|EHOSTUNREACH|ENETUNREACH)$/, 'refused', 'Nothing listens at this address.'],
  [
    /^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_RES_CONTENT_LENGTH_MISMATCH)$|\(Invalid EOF state\)$/,
    'reset',
    'The connection was closed before the answer was complete.',
  ],
  [/^(?:ENOTFOUND|EAI_AGAIN)$/, 'name', 'The name of the server cannot be resolved.'],
  [
    /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/,
    'certificate',
    'The certificate of the server is not trusted.',
  ],
];

/** Failures before anything was sent: the server was never asked. */
export function isConnectionFailure({ kind }: LoadFailure): boolean {
  return kind === 'refused' || kind === 'name' || kind === 'certificate';
}

/** Why a request got no answer, in kinds that are counted together. */
export function failureOf(error: unknown): LoadFailure {
  // From the way to the server, such as a proxy that asks for a password, or from what the server answered.
  if (isModalError(error))
    return { kind: error.kind === 'offline' ? 'refused' : 'redirects', message: error.message };
  const { code = '', message } = error as { code?: string; message: string };
  // What undici's parser says has no code.
  const known = kinds.find(([pattern]) => pattern.test(code || message));
  return known ? { kind: known[1], message: known[2] } : { kind: 'other', message };
}
