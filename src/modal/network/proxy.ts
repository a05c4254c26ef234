import { ModalError } from '../../domain/errors.ts';
import type { NetworkSettings } from '../../domain/network.ts';
import { isExempt, isOwnMachine } from './exemptions.ts';

/** A proxy, and who names it. Plain data, so that a thread can be given it. */
export interface Proxy {
  readonly kind: 'http' | 'https' | 'socks4' | 'socks5';
  readonly hostname: string;
  readonly port: number;
  /** As it may be shown: without name and password. */
  readonly host: string;
  readonly username: string;
  readonly password: string;
  /** Value of the header `Proxy-Authorization`; '' = none. */
  readonly authorization: string;
  /** The setting or the variable that names it. */
  readonly setBy: string;
}

const setting = 'http.proxy';

/** First for the kind of the address, then for all; the editor too takes that of http for https in the end. */
const variablesOf = {
  https: ['https_proxy', 'all_proxy', 'http_proxy'],
  http: ['http_proxy', 'all_proxy'],
} as const;

/**
 * The one place that decides whether a server is reached through a proxy, and through which.
 * @returns undefined for a direct connection
 * @throws kind `invalid` when what is set cannot be the address of a proxy; it is not repeated, as it may have a password
 */
export function proxyFor(address: string | URL, network: NetworkSettings): Proxy | undefined {
  const { protocol, hostname, port } = new URL(address);
  const scheme = protocol === 'https:' ? 'https' : 'http';
  if (!network.useProxy || isOwnMachine(hostname)) return undefined;
  const chosen = namedProxy(scheme, network);
  if (!chosen || isExempt(exemptions(network), hostname, Number(port) || defaultPorts[scheme]))
    return undefined;
  return readProxy(chosen, network.proxyAuthorization);
}

/** What is reached without the proxy, by the setting or else by the variable. */
export function exemptions({ noProxy, variables }: NetworkSettings): readonly string[] {
  return noProxy.length > 0 ? noProxy : [read(variables, 'no_proxy')?.value ?? ''];
}

/** Where a host is named that must not go through the proxy. */
export function exemptedBy({ noProxy }: NetworkSettings): string {
  return noProxy.length > 0 ? 'http.noProxy' : 'NO_PROXY';
}

interface Named {
  readonly value: string;
  readonly setBy: string;
}

function namedProxy(scheme: 'http' | 'https', { proxy, variables }: NetworkSettings): Named | undefined {
  if (proxy.trim()) return { value: proxy.trim(), setBy: setting };
  return variablesOf[scheme].map((name) => read(variables, name)).find((named) => named !== undefined);
}

/** In lower case it counts more, also when it is empty, as everywhere. */
function read(variables: NetworkSettings['variables'], name: string): Named | undefined {
  const names = Object.keys(variables).filter((each) => each.toLowerCase() === name);
  const setBy = names.includes(name) ? name : names[0];
  const value = setBy === undefined ? '' : (variables[setBy] ?? '').trim();
  return setBy !== undefined && value ? { value, setBy } : undefined;
}

const kinds: Readonly<Record<string, Proxy['kind']>> = {
  'http:': 'http',
  'https:': 'https',
  'socks:': 'socks5',
  'socks4:': 'socks4',
  'socks4a:': 'socks4',
  'socks5:': 'socks5',
  'socks5h:': 'socks5',
};

export const defaultPorts: Readonly<Record<Proxy['kind'], number>> = {
  http: 80,
  https: 443,
  socks4: 1080,
  socks5: 1080,
};

function readProxy({ value, setBy }: Named, header: string): Proxy {
  // The usual spelling of Windows has no scheme.
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value.replace(/^\/\//, '')}`;
  const url = URL.parse(address);
  // A number alone, such as a port, would be read as an IPv4 address.
  if (!url?.hostname || /^\d+$/.test(value))
    throw new ModalError('invalid', `${place(setBy)} is not the address of a proxy. ${form}`);
  const kind = kinds[url.protocol];
  if (!kind) {
    const text = `${place(setBy)} names a proxy of the kind ${url.protocol}//, which is not supported. ${form}`;
    throw new ModalError('invalid', text);
  }
  const port = Number(url.port) || defaultPorts[kind];
  const [username, password] = [decoded(url.username), decoded(url.password)];
  return {
    kind,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    host: `${url.hostname}:${port}`,
    username,
    password,
    authorization: username || password ? basic(username, password) : setBy === setting ? header : '',
    setBy,
  };
}

const form =
  'Write it as http://host:port, https://host:port or socks5://host:port, with special characters of a password as in http://name:p%40ss@host:port.';

/** `The setting http.proxy`, `The variable HTTPS_PROXY`. */
export function place(setBy: string): string {
  return `The ${setBy.includes('.') ? 'setting' : 'variable'} ${setBy}`;
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a bare % of a password
  }
}

/** The address with name and password, as it stands in a variable: never to be shown. */
export function proxyAddress({ kind, host, username, password, authorization }: Proxy): string {
  const [name, secret] = username || password ? [username, password] : fromHeader(authorization);
  const scheme = kind === 'socks4' ? 'socks4a' : kind === 'socks5' ? 'socks5h' : kind;
  const user = name || secret ? `${encodeURIComponent(name)}:${encodeURIComponent(secret)}@` : '';
  return `${scheme}://${user}${host}`;
}

/** Name and password of `http.proxyAuthorization`, which only this editor knows. */
function fromHeader(authorization: string): [string, string] {
  const [, coded = ''] = /^basic\s+(\S+)$/i.exec(authorization.trim()) ?? [];
  const [name = '', ...rest] = Buffer.from(coded, 'base64').toString().split(':');
  return [name, rest.join(':')];
}
