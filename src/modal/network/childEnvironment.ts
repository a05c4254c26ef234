import type { NetworkSettings } from '../../domain/network.ts';
import { exemptions, proxyAddress, proxyFor } from './proxy.ts';

/**
 * Variables that make a program of Python go the way that we go: the editor's settings as variables, and each address
 * as the libraries of Python take it, with scheme and port. Names and passwords stand in variables, never in arguments.
 * @param serverUrl of Modal, whose way the CLI must share
 * @returns only those that differ from what the environment has
 * @throws kind `invalid` when what is set as proxy is none
 */
export function childVariables(network: NetworkSettings, serverUrl: string): Record<string, string> {
  // The CLI alone stops to use proxies: what else the user's script calls is their own affair.
  if (!network.useProxy) return { MODAL_DISABLE_API_PROXY: '1' };
  const { protocol, hostname } = new URL(serverUrl);
  const proxy = proxyFor(serverUrl, network);
  if (!proxy) return namesProxy(network) ? exempting(network, hostname) : {};
  const schemes = network.proxy ? ['http', 'https'] : [protocol.slice(0, -1)];
  const address = proxyAddress(proxy);
  return Object.fromEntries([
    ...schemes.flatMap((scheme) => bothCases(`${scheme}_proxy`, address)),
    ...(network.noProxy.length > 0 ? bothCases('no_proxy', network.noProxy.join()) : []),
  ]);
}

function namesProxy({ proxy, variables }: NetworkSettings): boolean {
  return proxy !== '' || Object.keys(variables).some((name) => /^(?:https?|all)_proxy$/i.test(name));
}

/** Python knows neither ranges nor `*.` and takes a proxy also for this machine: so the host itself is named. */
function exempting(network: NetworkSettings, hostname: string): Record<string, string> {
  const named = exemptions(network).join();
  if (named.trim() === '*') return Object.fromEntries(bothCases('no_proxy', '*'));
  const host = hostname.replace(/^\[|\]$/g, '');
  return Object.fromEntries(bothCases('no_proxy', [named, host].filter(Boolean).join()));
}

function bothCases(name: string, value: string): [string, string][] {
  return [
    [name, value],
    [name.toUpperCase(), value],
  ];
}
