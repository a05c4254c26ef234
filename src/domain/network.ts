/** How the user's network is reached: the editor's settings, beside the variables of the environment. */
export interface NetworkSettings {
  /** Address of a proxy; '' = as `HTTP_PROXY` and `HTTPS_PROXY` say. */
  readonly proxy: string;
  /** Value of the header `Proxy-Authorization`; '' = none. */
  readonly proxyAuthorization: string;
  /** Hosts that are reached without the proxy; empty = as `NO_PROXY` says. */
  readonly noProxy: readonly string[];
  /** false: proxies are never used. */
  readonly useProxy: boolean;
  /** false: certificates are not checked. */
  readonly strictSsl: boolean;
  /** Trust what the operating system trusts. */
  readonly systemCertificates: boolean;
}

/** As in the editor's own client: a server on this machine is never asked for through a proxy. */
export const ownMachine: readonly string[] = ['localhost', '127.0.0.1', '::1'];

export const plainNetwork: NetworkSettings = {
  proxy: '',
  proxyAuthorization: '',
  noProxy: [],
  useProxy: true,
  strictSsl: true,
  systemCertificates: true,
};

/** The settings with what the environment's variables say in their place where they say nothing. */
export function withEnvironment(
  network: NetworkSettings,
  isHttps: boolean,
  env: Readonly<Record<string, string | undefined>>,
): NetworkSettings {
  const ofHttps = isHttps ? env['https_proxy'] || env['HTTPS_PROXY'] : '';
  const proxy = network.proxy || ofHttps || env['http_proxy'] || env['HTTP_PROXY'] || '';
  const without = env['no_proxy'] ?? env['NO_PROXY'] ?? '';
  const noProxy = network.noProxy.length > 0 ? network.noProxy : without.split(',').filter(Boolean);
  return { ...network, proxy, noProxy };
}

/**
 * The proxy through which a host is reached; '' = none.
 * @param network as {@link withEnvironment} completes it
 */
export function proxyOf({ useProxy, proxy, noProxy }: NetworkSettings, hostname: string): string {
  const host = hostname.toLowerCase();
  if (!useProxy || ownMachine.includes(host)) return '';
  return noProxy.some((entry) => covers(entry, host)) ? '' : proxy;
}

/** @param entry `example.com`, also for what ends with it, `.example.com`, `*.example.com`, or `*` */
function covers(entry: string, host: string): boolean {
  const name = entry
    .trim()
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/^\*?\./, '');
  return name === '*' || host === name || (name !== '' && host.endsWith(`.${name}`));
}
