import { ModalError, isModalError } from '../domain/errors.ts';
import type { AnswerCut } from '../domain/request.ts';
import { connectLimitMs } from './dispatcher.ts';
import { ownValue } from '../domain/ownValue.ts';

export interface FailedRequest {
  readonly url: string;
  readonly signal: AbortSignal;
  readonly headersTimeoutMs: number;
}

type Words = (host: string, seconds: number) => string;

const trustIt = 'If you trust it, add its certificate to those of the system or to NODE_EXTRA_CA_CERTS.';
const certificate =
  (says: string): Words =>
  (host) =>
    `The certificate of ${host} ${says}. ${trustIt}`;
const selfSigned = certificate('is signed by itself');
const unknownIssuer = certificate('was issued by nobody that is trusted here');
const lost: Words = (host) =>
  `${host} closed the connection before it answered. Look at the logs, or send it again.`;
const noWay: Words = (host) =>
  `There is no way to ${host} from here. Check the network and the proxy settings.`;

/** Words for what the system, the TLS library and undici say. */
const texts: Readonly<Record<string, readonly [ModalError['kind'], Words]>> = {
  UND_ERR_HEADERS_TIMEOUT: [
    'timeout',
    (_host, seconds) =>
      `No answer within ${seconds} s. A cold start may take longer: raise modalGpu.requests.timeoutSeconds, or look at the logs.`,
  ],
  UND_ERR_CONNECT_TIMEOUT: [
    'offline',
    (host) =>
      `No connection to ${host} within ${connectLimitMs / 1000} s. Check the network and the proxy settings.`,
  ],
  ECONNREFUSED: ['offline', (host) => `Nothing listens at ${host}. Is the app still deployed?`],
  ENOTFOUND: ['offline', (host) => `The name ${host} cannot be resolved. Check the address and the network.`],
  EAI_AGAIN: ['offline', (host) => `The name ${host} cannot be resolved now. Check the network.`],
  ETIMEDOUT: ['offline', noWay],
  EHOSTUNREACH: ['offline', noWay],
  ENETUNREACH: ['offline', noWay],
  ECONNRESET: ['offline', lost],
  EPIPE: ['offline', lost],
  UND_ERR_SOCKET: ['offline', lost],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['offline', selfSigned],
  SELF_SIGNED_CERT_IN_CHAIN: ['offline', selfSigned],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['offline', unknownIssuer],
  UNABLE_TO_GET_ISSUER_CERT: ['offline', unknownIssuer],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['offline', unknownIssuer],
  CERT_HAS_EXPIRED: ['offline', certificate('has expired')],
  ERR_TLS_CERT_ALTNAME_INVALID: ['offline', certificate('is for another name')],
  ERR_SSL_WRONG_VERSION_NUMBER: [
    'offline',
    (host) => `${host} does not speak TLS there. Check address and port.`,
  ],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: [
    'offline',
    (host) => `${host} does not speak TLS there. Check address and port.`,
  ],
  UND_ERR_HEADERS_OVERFLOW: [
    'unexpected',
    (host) => `The headers of ${host} are larger than 16 KB and were refused.`,
  ],
};

/** A failure before any answer, with cause and next step. */
export function requestError(error: unknown, { signal, url, headersTimeoutMs }: FailedRequest): ModalError {
  if (isModalError(error)) return error;
  if (signal.aborted) return new ModalError('cancelled', 'Cancelled', { cause: error });
  const { code, message } = rootOf(error);
  const host = URL.parse(url)?.host ?? url;
  const proxy = /^Proxy (?:Authentication|response).*\((\d+)\)/.exec(message)?.[1];
  if (proxy) return new ModalError('offline', proxyText(proxy), { cause: error });
  const known = ownValue(texts, code);
  if (known)
    return new ModalError(known[0], known[1](host, Math.round(headersTimeoutMs / 1000)), { cause: error });
  if (code === 'UND_ERR_INVALID_ARG' || code === 'ERR_INVALID_URL')
    return new ModalError('invalid', invalidText(message), { cause: error });
  if (code.startsWith('HPE_') || (error as Error).name === 'HTTPParserError')
    return new ModalError(
      'unexpected',
      `What ${host} answers is not HTTP (${message}). Check address and port.`,
      {
        cause: error,
      },
    );
  return new ModalError(
    'unexpected',
    `The request to ${host} failed: ${message}. Check address and network.`,
    {
      cause: error,
    },
  );
}

/** Why an answer that had begun is not whole. */
export function cutOf(error: unknown, { signal }: FailedRequest): AnswerCut {
  if (signal.aborted) return { kind: 'cancelled', text: 'Cancelled. What had come until then is shown.' };
  const { code, message } = rootOf(error);
  if (code === 'UND_ERR_BODY_TIMEOUT')
    return {
      kind: 'silent',
      text: 'Nothing came for 5 minutes, and the rest was given up. Look at the logs.',
    };
  if (/^(?:Z_|ERR_.*(?:BROTLI|PADDING|STREAM)|ZSTD_|ERR__ERROR)/.test(code))
    return {
      kind: 'damaged',
      text: `The compressed answer is damaged (${message}). What could be read is shown.`,
    };
  return {
    kind: 'lost',
    text: 'The connection was lost before the answer was complete. What had come is shown; the logs may say why.',
  };
}

/** Node wraps the attempts at several addresses of one name. */
function rootOf(error: unknown): { code: string; message: string } {
  const { errors, cause } = error as { errors?: unknown[]; cause?: unknown };
  const inner = errors?.[0] ?? ((error as { code?: unknown }).code === undefined ? cause : undefined);
  const { code, message } = (inner ?? error) as { code?: unknown; message?: unknown };
  return { code: typeof code === 'string' ? code : '', message: typeof message === 'string' ? message : '' };
}

function proxyText(status: string): string {
  return status === '407'
    ? 'The proxy of your network asks for a name and password. Put them into its address in http.proxy.'
    : `The proxy of your network refused the connection with status ${status}. Look at http.proxy and http.noProxy.`;
}

function invalidText(message: string): string {
  if (/header/i.test(message))
    return `A header cannot be sent as it is (${message}): names and values must not hold line breaks or control characters.`;
  return `The request cannot be sent as it is: ${message}. Correct it and send it again.`;
}
