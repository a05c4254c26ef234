import { BlockList, isIP } from 'node:net';

/** A server on this machine is never asked for through a proxy, as in the editor's own client. */
const ownMachine = new BlockList();
ownMachine.addSubnet('127.0.0.0', 8, 'ipv4');
ownMachine.addAddress('::1', 'ipv6');

export function isOwnMachine(hostname: string): boolean {
  const host = plainHost(hostname);
  return host === 'localhost' || holds(ownMachine, host);
}

/**
 * Whether a host is one of those that are reached without a proxy.
 * @param entries `example.com` and `.example.com`, both also for what ends with it, `*.example.com` only for that, an
 * address, a range such as `10.0.0.0/8` or `fd00::/8`, each also with `:port`; `*` is every host
 */
export function isExempt(entries: readonly string[], hostname: string, port: number): boolean {
  const host = plainHost(hostname);
  return entries
    .flatMap((entry) => entry.split(/[\s,]+/))
    .some((entry) => entry !== '' && covers(entry.toLowerCase(), host, port));
}

function covers(entry: string, host: string, port: number): boolean {
  const [, bracketed, plainEntry, wantedPort] =
    /^(?:\[([^\]]*)\]|([^:]*)):(\d+)$/.exec(entry) ?? /^(?:\[([^\]]*)\]|(.+))()$/.exec(entry) ?? [];
  if (wantedPort && Number(wantedPort) !== port) return false;
  const name = bracketed ?? plainEntry ?? '';
  if (name === '*') return true;
  if (isIP(host)) return coversAddress(name, host);
  const domain = plainHost(name.replace(/^\*?\./, ''));
  if (domain === '') return false;
  return (host === domain && !name.startsWith('*')) || host.endsWith(`.${domain}`);
}

function coversAddress(name: string, host: string): boolean {
  const [address = '', bits] = name.split('/');
  const version = isIP(address);
  if (version === 0) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  const most = version === 4 ? 32 : 128;
  if (bits === undefined) list.addAddress(address, family);
  else if (/^\d{1,3}$/.test(bits) && Number(bits) <= most) list.addSubnet(address, Number(bits), family);
  return holds(list, host);
}

function holds(list: BlockList, host: string): boolean {
  const version = isIP(host);
  return version !== 0 && list.check(host, version === 4 ? 'ipv4' : 'ipv6');
}

/** In lower case, without the brackets of IPv6 and the dot that ends a full name. */
function plainHost(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/(.)\.$/, '$1');
}
