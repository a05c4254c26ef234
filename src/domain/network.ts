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

export const plainNetwork: NetworkSettings = {
  proxy: '',
  proxyAuthorization: '',
  noProxy: [],
  useProxy: true,
  strictSsl: true,
  systemCertificates: true,
};
