import type { NetworkSettings } from '../../domain/network.ts';
import { ModalError, isModalError } from '../../domain/errors.ts';
import { ownValue } from '../../shared/ownValue.ts';
import { exemptedBy } from './proxy.ts';
import type { Proxy } from './proxy.ts';

/** How a server was to be reached. */
export interface Way {
  /** Of the server, with its port where that is not the usual one. */
  readonly host: string;
  /** Absent for a direct connection. */
  readonly proxy?: Proxy;
  readonly network: NetworkSettings;
}

type Words = (proxy: Proxy, host: string) => string;

const check = ({ setBy }: Proxy) => `Check that it runs, and what ${where(setBy)} says.`;
const refusing: Words = (proxy) => `Nothing listens at the proxy ${proxy.host}. ${check(proxy)}`;
const away: Words = (proxy) => `There is no way to the proxy ${proxy.host} from here. ${check(proxy)}`;
const silent: Words = (proxy, host) =>
  `The proxy ${proxy.host} did not connect to ${host} in time. ${check(proxy)}`;
const unnamed: Words = (proxy) =>
  `The name of the proxy ${proxy.host} cannot be resolved. Correct it in ${where(proxy.setBy)}, or check the network.`;
const hungUp: Words = (proxy, host) =>
  `The proxy ${proxy.host} closed the connection before it had connected to ${host}. ${check(proxy)}`;
const noProxy: Words = (proxy) => `What answers at ${proxy.host} is no proxy. Correct ${where(proxy.setBy)}.`;

const proxyCodes: Readonly<Record<string, Words>> = {
  ECONNREFUSED: refusing,
  EHOSTUNREACH: away,
  ENETUNREACH: away,
  ETIMEDOUT: silent,
  UND_ERR_CONNECT_TIMEOUT: silent,
  UND_ERR_HEADERS_TIMEOUT: silent,
  ENOTFOUND: unnamed,
  EAI_AGAIN: unnamed,
  ECONNRESET: hungUp,
  EPIPE: hungUp,
  UND_ERR_SOCKET: hungUp,
  ERR_SSL_WRONG_VERSION_NUMBER: noProxy,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noProxy,
};

/** A proxy could not be reached, or did not behave like one. */
export function proxyError(error: unknown, way: Way & { readonly proxy: Proxy }): ModalError {
  if (isModalError(error)) return error;
  const { proxy, host } = way;
  const { code, message } = rootOf(error);
  const words =
    certificateWords(code, `the proxy ${proxy.host}`) ??
    ownValue(proxyCodes, code)?.(proxy, host) ??
    (code.startsWith('HPE_') || (error as Error).name === 'HTTPParserError'
      ? noProxy(proxy, host)
      : `The proxy ${proxy.host} did not connect to ${host} (${message}). ${check(proxy)}`);
  return new ModalError('offline', words, { cause: error, action: 'openNetworkSettings' });
}

export interface ProxyAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** @returns undefined where the answer to CONNECT opens a tunnel */
export function refusedTunnel(
  { status, headers }: ProxyAnswer,
  way: Way & { readonly proxy: Proxy },
): ModalError | undefined {
  const { proxy, host } = way;
  const isOpen = status >= 200 && status < 300;
  if (isOpen && !hasPage(headers)) return undefined;
  const words = isOpen ? pageWords(proxy, host) : statusWords(status, headers, way);
  return new ModalError('offline', words, { action: 'openNetworkSettings' });
}

/** A tunnel has no content of its own. */
function hasPage(headers: ProxyAnswer['headers']): boolean {
  return Number(headers['content-length'] ?? 0) > 0 || /html/i.test(String(headers['content-type'] ?? ''));
}

const pageWords: Words = (proxy, host) =>
  `The proxy ${proxy.host} answered with a page instead of a connection to ${host}. Open any page in a browser: the network may ask you to sign in. Otherwise correct ${where(proxy.setBy)}.`;

function statusWords(
  status: number,
  headers: ProxyAnswer['headers'],
  { proxy, host, network }: Way & { readonly proxy: Proxy },
): string {
  if (status === 407) return passwordWords(proxy, [headers['proxy-authenticate'] ?? []].flat().join());
  if (status === 400 || status === 404 || status === 405 || status === 501)
    return `What answers at ${proxy.host} makes no connections for others (status ${status}). Correct ${where(proxy.setBy)}.`;
  if (status >= 500)
    return `The proxy ${proxy.host} cannot reach ${host} (status ${status}). If this machine can, name the host in ${exemptedBy(network)}.`;
  return `The proxy ${proxy.host} refused a connection to ${host} with status ${status}. Ask who runs it to allow that host, or name the host in ${exemptedBy(network)}.`;
}

/** @param asks for the kinds of sign-in that the proxy knows */
export function passwordWords({ host, authorization, setBy }: Proxy, asks = ''): string {
  if (asks && !/\bbasic\b/i.test(asks)) {
    const kinds = asks.split(/[\s,]/)[0] ?? '';
    return `The proxy ${host} asks for a sign-in of the kind ${kinds}, which is not supported. Use a proxy on this machine that signs in, such as Px or Cntlm, and name it in ${where(setBy)}.`;
  }
  return authorization
    ? `The proxy ${host} refused the name and password that are set in ${where(setBy)}. Correct them there.`
    : `The proxy ${host} asks for a name and password. Put them into its address in ${where(setBy)}, as in http://name:password@host:port.`;
}

const trustIt = 'If you trust it, add its certificate to those of the system or to NODE_EXTRA_CA_CERTS.';
const isReplaced = 'A proxy or firewall of your network may have put its own in the place of it.';

const certificateFaults: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: `was issued by nobody that is trusted here. ${isReplaced}`,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: `was issued by nobody that is trusted here. ${isReplaced}`,
  UNABLE_TO_GET_ISSUER_CERT: `was issued by nobody that is trusted here. ${isReplaced}`,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: `was issued by nobody that is trusted here. ${isReplaced}`,
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet. Check the clock of this machine',
  ERR_TLS_CERT_ALTNAME_INVALID: 'is for another name',
};

/** @returns undefined for what is no fault of a certificate */
export function certificateWords(code: string, whose: string): string | undefined {
  const fault = ownValue(certificateFaults, code);
  return fault && `The certificate of ${whose} ${fault}${fault.endsWith('.') ? '' : '.'} ${trustIt}`;
}

/** Node wraps the attempts at several addresses of one name, and libraries wrap what Node says. */
export function rootOf(error: unknown): { code: string; message: string } {
  const { errors, cause } = error as { errors?: unknown[]; cause?: unknown };
  const inner = errors?.[0] ?? ((error as { code?: unknown }).code === undefined ? cause : undefined);
  const { code, message } = (inner ?? error) as { code?: unknown; message?: unknown };
  return { code: typeof code === 'string' ? code : '', message: typeof message === 'string' ? message : '' };
}

/** `the variable HTTPS_PROXY` */
function where(setBy: string): string {
  return `the ${setBy.includes('.') ? 'setting' : 'variable'} ${setBy}`;
}
