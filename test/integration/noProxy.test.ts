/** Which hosts are reached without the proxy: our decision beside those of curl, Python's urllib and requests. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainNetwork } from '../../src/domain/network.ts';
import { isExempt } from '../../src/modal/network/exemptions.ts';
import { proxyFor } from '../../src/modal/network/proxy.ts';
import { ensurePython } from '../../scripts/python.ts';

type Witness = 'curl' | 'urllib' | 'requests';

const glob = 'knows no *.';
const wildcard = 'takes * only when it is all';
const range = 'knows no ranges';
const port = 'knows no ports here';
const machine = 'takes the proxy for this machine, where the editor does not, and no proxy leads back here';
const spelling = 'compares addresses as text';
const spaces = 'takes the spaces as part of the name';
const suffix = 'takes any end of an address, as of a name';
const zeroBits = 'takes no bits for all of them';
const range6 = 'knows no ranges of IPv6 (curl before 8)';
const dot = 'keeps the dot at the end of a full name';
const brackets = 'knows no brackets in the list';
const badRange = 'leaves out what is wrong with a range';

type Row = readonly [
  entries: string,
  url: string,
  direct: boolean,
  others?: Readonly<Partial<Record<Witness, string>>>,
];

const rows: readonly Row[] = [
  ['', 'https://api.modal.test/', false],
  ['example.test', 'https://api.modal.test/', false],
  ['api.modal.test', 'https://api.modal.test/', true],
  ['API.Modal.TEST', 'https://api.modal.test/', true],
  ['api.modal.test', 'https://API.MODAL.TEST/', true],
  ['modal.test', 'https://api.modal.test/', true],
  ['.modal.test', 'https://api.modal.test/', true],
  ['.modal.test', 'https://modal.test/', true],
  ['modal.test', 'https://modal.test/', true],
  ['modal.test', 'https://notmodal.test/', false],
  ['.modal.test', 'https://notmodal.test/', false],
  ['test', 'https://api.modal.test/', true],
  ['.test', 'https://api.modal.test/', true],
  ['api.modal.test', 'https://other.modal.test/', false],
  ['api.modal.test', 'https://modal.test/', false],
  ['api.modal.test', 'https://x.api.modal.test/', true],
  ['*.modal.test', 'https://api.modal.test/', true, { curl: glob, urllib: glob, requests: glob }],
  ['*.modal.test', 'https://a.b.modal.test/', true, { curl: glob, urllib: glob, requests: glob }],
  ['*.modal.test', 'https://modal.test/', false],
  ['*modal.test', 'https://api.modal.test/', false],
  ['*', 'https://api.modal.test/', true],
  ['*', 'https://10.1.2.3/', true],
  ['one.test,*', 'https://api.modal.test/', true, { curl: wildcard, urllib: wildcard, requests: wildcard }],
  ['a.test,modal.test', 'https://api.modal.test/', true],
  ['a.test, modal.test', 'https://api.modal.test/', true],
  ['a.test modal.test', 'https://api.modal.test/', true, { urllib: spaces, requests: spaces }],
  [' modal.test ', 'https://api.modal.test/', true],
  [',,modal.test,', 'https://api.modal.test/', true],
  [',', 'https://api.modal.test/', false],
  ['.', 'https://api.modal.test/', false],
  ['modal.test.', 'https://api.modal.test/', true, { urllib: dot, requests: dot }],
  ['modal.test', 'https://api.modal.test./', true, { urllib: dot, requests: dot }],
  ['modal.test:443', 'https://modal.test/', true, { curl: port, urllib: port, requests: port }],
  ['modal.test:8443', 'https://modal.test:8443/', true, { curl: port, urllib: port }],
  ['modal.test:8443', 'https://modal.test/', false],
  ['modal.test:443', 'https://modal.test:8443/', false],
  ['modal.test', 'https://modal.test:8443/', true],
  ['modal.test:80', 'http://modal.test/', true, { curl: port, urllib: port, requests: port }],
  ['modal.test:8080', 'http://a.modal.test:8080/', true, { curl: port, urllib: port }],
  ['10.1.2.3', 'https://10.1.2.3/', true],
  ['10.1.2.3', 'https://10.1.2.4/', false],
  ['1.2.3', 'https://10.1.2.3/', false, { urllib: suffix, requests: suffix }],
  ['.2.3', 'https://10.1.2.3/', false, { urllib: suffix, requests: suffix }],
  ['10.', 'https://10.1.2.3/', false],
  ['10.1.2.3:8000', 'http://10.1.2.3:8000/', true, { curl: port, urllib: port, requests: port }],
  ['10.0.0.0/8', 'https://10.1.2.3/', true, { urllib: range }],
  ['10.0.0.0/8', 'https://11.1.2.3/', false],
  ['10.1.2.3/32', 'https://10.1.2.3/', true, { urllib: range }],
  ['10.1.2.0/24', 'https://10.1.3.1/', false],
  ['172.16.0.0/12', 'https://172.31.255.255/', true, { urllib: range }],
  ['172.16.0.0/12', 'https://172.32.0.1/', false],
  ['192.168.0.0/16', 'http://192.168.7.7:3000/', true, { urllib: range }],
  ['192.168.1.7/24', 'http://192.168.1.200/', true, { urllib: range }],
  ['0.0.0.0/0', 'https://8.8.8.8/', true, { curl: zeroBits, urllib: range, requests: zeroBits }],
  ['10.0.0.0/8', 'https://api.modal.test/', false],
  ['a.test,10.0.0.0/8', 'https://10.9.9.9/', true, { urllib: range }],
  ['10.0.0.0/33', 'https://10.1.2.3/', false],
  ['10.0.0.0/', 'https://10.0.0.0/', false, { curl: badRange }],
  ['10.0.0.0/x', 'https://10.0.0.0/', false, { curl: badRange }],
  ['fd00::1', 'https://[fd00::1]/', true],
  ['[fd00::1]', 'https://[fd00::1]/', true, { curl: brackets, urllib: brackets, requests: brackets }],
  [
    '[fd00::1]:8000',
    'http://[fd00::1]:8000/',
    true,
    { curl: brackets, urllib: brackets, requests: brackets },
  ],
  ['[fd00::1]:8000', 'http://[fd00::1]:8001/', false],
  ['FD00::1', 'https://[fd00::1]/', true],
  [
    'fd00:0:0:0:0:0:0:1',
    'https://[fd00::1]/',
    true,
    { curl: spelling, urllib: spelling, requests: spelling },
  ],
  ['fd00::2', 'https://[fd00::1]/', false],
  ['fd00::/8', 'https://[fd12:3456::1]/', true, { curl: range6, urllib: range6, requests: range6 }],
  ['fd00::/8', 'https://[fe80::1]/', false],
  ['2001:db8::/32', 'https://[2001:db8:7::9]/', true, { curl: range6, urllib: range6, requests: range6 }],
  ['2001:db8::/32', 'https://[2001:db9::9]/', false],
  ['10.0.0.0/8', 'https://[::1234]/', false],
  ['localhost', 'http://localhost:3000/', true],
  ['', 'http://localhost:3000/', true, { curl: machine, urllib: machine, requests: machine }],
  ['', 'http://127.0.0.1:3000/', true, { curl: machine, urllib: machine, requests: machine }],
  ['', 'http://[::1]:3000/', true, { curl: machine, urllib: machine, requests: machine }],
  ['', 'http://127.8.8.8:3000/', true, { curl: machine, urllib: machine, requests: machine }],
  ['localhost', 'http://app.localhost/', true],
  ['xn--bcher-kva.test', 'https://bücher.test/', true],
];

const run = promisify(execFile);
let proxy: Server;
let asked = 0;
let python: { readonly urllib: readonly boolean[]; readonly requests: readonly boolean[] };

beforeAll(async () => {
  proxy = createServer((socket) => {
    asked++;
    socket.on('error', () => undefined).end('HTTP/1.1 503 No\r\n\r\n');
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const code = `
import json, os, sys, urllib.parse, urllib.request
import requests.utils
rows = json.loads(sys.argv[1])
urllib_says, requests_says = [], []
for entries, url in rows:
    os.environ["no_proxy"] = entries
    parts = urllib.parse.urlsplit(url)
    host = parts.hostname.encode("idna").decode() if not ":" in parts.hostname else parts.hostname
    # As the Modal CLI asks: with the name alone.
    urllib_says.append(bool(urllib.request.proxy_bypass_environment(host)))
    requests_says.append(bool(requests.utils.should_bypass_proxies(url.replace(parts.hostname, host), no_proxy=entries)))
print(json.dumps({"urllib": urllib_says, "requests": requests_says}))`;
  const { stdout } = await run(await ensurePython(), [
    '-c',
    code,
    JSON.stringify(rows.map((row) => row.slice(0, 2))),
  ]);
  python = JSON.parse(stdout) as typeof python;
});
afterAll(() => proxy.close());

async function curlGoesDirectly(entries: string, url: string): Promise<boolean> {
  const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const before = asked;
  const env = { http_proxy: address, https_proxy: address, no_proxy: entries, PATH: process.env['PATH'] };
  // Whatever it connects to itself is refused at once.
  await run('curl', ['-s', '--connect-to', '::127.0.0.1:1', '--max-time', '5', url], { env }).catch(
    () => undefined,
  );
  return asked === before;
}

describe('hosts that are reached without the proxy', () => {
  it('are as many as the witnesses need', () => expect(rows.length).toBeGreaterThanOrEqual(60));

  it.each(rows.map((row, at) => [row[0], row[1], row, at] as const))(
    '%j: %s',
    async (_entries, _url, row, at) => {
      const [entries, url, direct, others = {}] = row;
      const network = {
        ...plainNetwork,
        variables: { HTTP_PROXY: 'p:1', HTTPS_PROXY: 'p:1', NO_PROXY: entries },
      };
      const ours = proxyFor(url, network) === undefined;
      const theirs = {
        curl: await curlGoesDirectly(entries, url),
        urllib: python.urllib[at],
        requests: python.requests[at],
      };
      const differing = (['curl', 'urllib', 'requests'] as const).filter(
        (name) => theirs[name] !== ours && !(name === 'curl' && others.curl === range6),
      );
      const listed = Object.keys(others).filter((name) => !(name === 'curl' && others.curl === range6));
      expect({ ours, differing }).toEqual({ ours: direct, differing: listed });
    },
  );

  it('also by ranges, as the addresses of Python are in networks', async () => {
    const networks = [
      '10.0.0.0/8',
      '10.128.0.0/9',
      '172.16.0.0/12',
      '192.168.3.0/27',
      '0.0.0.0/0',
      '100.64.0.0/10',
    ];
    const networks6 = ['fd00::/8', 'fe80::/10', '2001:db8::/33', '2001:db8:8000::/33', '::/0', 'fd00::8/125'];
    const hosts = [
      '10.127.1.1',
      '10.128.0.0',
      '172.15.9.9',
      '172.31.0.1',
      '192.168.3.31',
      '192.168.3.32',
      '100.127.0.1',
    ];
    const hosts6 = [
      'fd00::f',
      'fd00::7',
      'febf::1',
      'fec0::1',
      '2001:db8:7fff::1',
      '2001:db8:8000::1',
      '2001:db9::1',
    ];
    const pairs = [
      ...networks.flatMap((network) => hosts.map((host) => [network, host] as const)),
      ...networks6.flatMap((network) => hosts6.map((host) => [network, host] as const)),
    ];
    const code = `
import ipaddress, json, sys
pairs = json.loads(sys.argv[1])
print(json.dumps([ipaddress.ip_address(h) in ipaddress.ip_network(n, strict=False) for n, h in pairs]))`;
    const { stdout } = await run(await ensurePython(), ['-c', code, JSON.stringify(pairs)]);
    expect(pairs.map(([network, host]) => isExempt([network], host, 443))).toEqual(JSON.parse(stdout));
  });
});
