import { ModalError, isModalError } from '../../../domain/errors.ts';
import type { AnswerCut, ExplanationAction } from '../../../domain/request.ts';
import { connectLimitMs } from './dispatcher.ts';
import type { NetworkSettings } from '../../../domain/network.ts';
import { ownValue } from '../../../shared/ownValue.ts';
import { certificateWords, passwordWords, proxyError, rootOf } from '../../../modal/network/connectError.ts';
import { proxyFor } from '../../../modal/network/proxy.ts';
import { unreadableFile } from './requestBody.ts';
import { formatDuration } from '../../../shared/format.ts';

export interface FailedRequest {
  readonly url: string;
  readonly signal: AbortSignal;
  readonly headersTimeoutMs: number;
  readonly network?: NetworkSettings;
}

type Words = (host: string, seconds: number) => string;

const lost: Words = (host) =>
  `${host} closed the connection before it responded. Check the logs, or send the request again.`;
const noWay: Words = (host) => `Can't reach ${host}. Check the network and the proxy settings.`;

type Known = readonly [ModalError['kind'], Words, ExplanationAction?];

/** Words for what the system, the TLS library and undici say, and what helps where that is not told by the kind. */
const texts: Readonly<Record<string, Known>> = {
  UND_ERR_HEADERS_TIMEOUT: [
    'timeout',
    (_host, seconds) =>
      `No response within ${formatDuration(seconds * 1000)}. A cold start may take longer: increase modalGpu.requests.timeoutSeconds, or check the logs.`,
  ],
  UND_ERR_CONNECT_TIMEOUT: [
    'offline',
    (host) =>
      `No connection to ${host} within ${formatDuration(connectLimitMs)}. Check the network and the proxy settings.`,
    'openNetworkSettings',
  ],
  ECONNREFUSED: ['offline', (host) => `${host} refused the connection. Is the app still deployed?`, 'deploy'],
  ENOTFOUND: ['offline', (host) => `Can't resolve the host name ${host}. Check the URL and the network.`],
  EAI_AGAIN: ['offline', (host) => `Can't resolve the host name ${host} at the moment. Check the network.`],
  ETIMEDOUT: ['offline', noWay, 'openNetworkSettings'],
  EHOSTUNREACH: ['offline', noWay, 'openNetworkSettings'],
  ENETUNREACH: ['offline', noWay, 'openNetworkSettings'],
  ECONNRESET: ['offline', lost],
  EPIPE: ['offline', lost],
  UND_ERR_SOCKET: ['offline', lost],
  ERR_SSL_WRONG_VERSION_NUMBER: [
    'offline',
    (host) => `${host} doesn't support TLS on this port. Check the URL and port.`,
  ],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: [
    'offline',
    (host) => `${host} doesn't support TLS on this port. Check the URL and port.`,
  ],
  UND_ERR_HEADERS_OVERFLOW: [
    'unexpected',
    (host) => `The headers of ${host} are larger than 16 KB and were rejected.`,
  ],
};

/** A failure before any answer, with cause and next step. */
export function requestError(error: unknown, request: FailedRequest): ModalError {
  const { signal, url, headersTimeoutMs } = request;
  if (isModalError(error)) return error;
  if (signal.aborted) return new ModalError('cancelled', 'Cancelled', { cause: error });
  const unreadable = unreadableFile(error);
  if (unreadable) return unreadable;
  const { code, message } = rootOf(error);
  const host = URL.parse(url)?.host ?? url;
  const certificate = certificateWords(code, host);
  if (certificate)
    return new ModalError('offline', certificate, { cause: error, action: 'openNetworkSettings' });
  const forwarded = forwardError(error, request);
  if (forwarded) return forwarded;
  const known = ownValue(texts, code);
  if (known) return failed(known, host, Math.round(headersTimeoutMs / 1000), error);
  if (code === 'UND_ERR_INVALID_ARG' || code === 'ERR_INVALID_URL')
    return new ModalError('invalid', invalidText(message), { cause: error });
  if (code.startsWith('ERR_SSL_'))
    return new ModalError('offline', noTls(host, message), {
      cause: error,
      // The server wants a certificate, or does not like one.
      ...(code.includes('CERTIFICATE') ? { action: 'openNetworkSettings' } : {}),
    });
  if (code.startsWith('HPE_') || (error as Error).name === 'HTTPParserError')
    return new ModalError(
      'unexpected',
      `The response from ${host} isn't HTTP (${message}). Check the URL and port.`,
      {
        cause: error,
      },
    );
  return new ModalError(
    'unexpected',
    `The request to ${host} failed: ${message}. Check the URL and the network.`,
    {
      cause: error,
    },
  );
}

function failed([kind, words, action]: Known, host: string, seconds: number, cause: unknown): ModalError {
  return new ModalError(kind, words(host, seconds), { cause, ...(action ? { action } : {}) });
}

/** Why an answer that had begun is not whole. */
export function cutOf(error: unknown, { signal }: FailedRequest): AnswerCut {
  if (signal.aborted) return { kind: 'cancelled', text: 'Cancelled. Showing the partial response.' };
  const { code, message } = rootOf(error);
  if (code === 'UND_ERR_BODY_TIMEOUT')
    return {
      kind: 'silent',
      text: 'No data for 5 minutes; the request was stopped. Check the logs.',
    };
  if (/^(?:Z_|ERR_.*(?:BROTLI|PADDING|STREAM)|ZSTD_|ERR__ERROR)/.test(code))
    return {
      kind: 'damaged',
      text: `The compressed response is damaged (${message}). Showing the readable part.`,
    };
  return {
    kind: 'lost',
    text: 'The connection was lost before the response was complete. Showing the partial response; check the logs for the cause.',
  };
}

/** Before any connection; with one, the server may be at fault as well as the proxy. */
const beforeConnection =
  /^(?:UND_ERR_CONNECT_TIMEOUT|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|E(?:HOST|NET)UNREACH)$/;

/** Of OpenSSL's line, e.g. `C0…:error:0A000410:SSL routines:ssl3_read_bytes:…:ssl/record/rec_layer_s3.c:918:`, the reason. */
function noTls(host: string, message: string): string {
  const [, , , , reason = ''] = /error:.*/.exec(message)?.[0].split(':') ?? [];
  return `Couldn't establish a TLS connection with ${host}${reason ? ` (${reason})` : ''}. Check the URL and port, and the server's logs.`;
}

/** What the proxy is told to fetch, it is connected to itself: tunnels say for themselves what is wrong. */
export function forwardError(
  error: unknown,
  { url, network }: Pick<FailedRequest, 'url' | 'network'>,
): ModalError | undefined {
  const target = URL.parse(url);
  const proxy = network && target?.protocol === 'http:' ? proxyFor(target, network) : undefined;
  if (!network || !target || !proxy) return undefined;
  const { code } = rootOf(error);
  // undici refuses its answer 407, in words of its own.
  if (code === 'UND_ERR_INVALID_ARG' && (error as Error).message.includes('(407)'))
    return new ModalError('offline', passwordWords(proxy), { cause: error, action: 'openNetworkSettings' });
  return beforeConnection.test(code) ? proxyError(error, { host: target.host, proxy, network }) : undefined;
}

function invalidText(message: string): string {
  if (/header/i.test(message))
    return `A header can't be sent (${message}): names and values can't contain line breaks or control characters.`;
  return `The request can't be sent: ${message}. Correct it and send it again.`;
}
