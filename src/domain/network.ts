/** How the user's network is reached: the editor's settings, beside the variables of the environment. */
export interface NetworkSettings {
  /** Address of a proxy; '' = as the variables say. */
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
  /** Those of the environment that are about proxies and certificates. */
  readonly variables: Readonly<Record<string, string>>;
}

export const plainNetwork: NetworkSettings = {
  proxy: '',
  proxyAuthorization: '',
  noProxy: [],
  useProxy: true,
  strictSsl: true,
  systemCertificates: true,
  variables: {},
};

const aboutNetwork =
  /^(?:(?:https?|all|no)_proxy|ssl_cert_file|requests_ca_bundle|curl_ca_bundle|node_extra_ca_certs)$/i;

/** The variables that count for {@link NetworkSettings}. */
export function networkVariables(
  env: Readonly<Record<string, string | undefined>>,
): NetworkSettings['variables'] {
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] => aboutNetwork.test(entry[0]) && entry[1] !== undefined,
    ),
  );
}
