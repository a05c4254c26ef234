/** Proxies that cannot be made to fail so: each is played by a few lines. */
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/shared/logger.ts';
import type { NetworkSettings } from '../../../src/domain/network.ts';
import { networkVariables, plainNetwork } from '../../../src/domain/network.ts';
import { childVariables } from '../../../src/modal/network/childEnvironment.ts';
import { proxyFor } from '../../../src/modal/network/proxy.ts';
import { openBridge, openTunnel } from '../../../src/modal/network/tunnel.ts';
import { probeServer } from '../../../src/modal/probe.ts';
import { send } from '../../../src/features/requests/core/httpClient.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** @returns host and port of what answers the first bytes of each connection with that text */
async function answering(text: string | undefined): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    if (text !== undefined) socket.once('data', () => socket.end(text));
  }).listen(0, '127.0.0.1');
  closers.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const by = (proxy: string): NetworkSettings => ({ ...plainNetwork, variables: { HTTPS_PROXY: proxy } });

describe('a proxy that does not behave like one', () => {
  const page = '<html>Please sign in</html>';
  it.each([
    [
      'a page in the place of a connection',
      `HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: ${page.length}\r\n\r\n${page}`,
      /answered with a page instead of a connection to api\.modal\.test:443\. Open any page in a browser: the network may ask you to sign in\. Otherwise correct the variable HTTPS_PROXY\.$/,
    ],
    [
      'a sign-in that Windows makes',
      'HTTP/1.1 407 No\r\nproxy-authenticate: NTLM\r\nproxy-authenticate: Negotiate\r\n\r\n',
      /asks for a sign-in of the kind NTLM, which is not supported.*name it in the variable HTTPS_PROXY\.$/,
    ],
    [
      'a name and password',
      'HTTP/1.1 407 No\r\nproxy-authenticate: Basic realm="x, y"\r\n\r\n',
      /asks for a name and password/,
    ],
    [
      'a server that makes no connections',
      'HTTP/1.1 405 No\r\n\r\n',
      /makes no connections for others \(status 405\)\. Correct the variable HTTPS_PROXY\.$/,
    ],
    [
      'no HTTP at all',
      'SSH-2.0-OpenSSH_9.2\r\n',
      /What answers at 127\.0\.0\.1:\d+ is no proxy\. Correct the variable HTTPS_PROXY\.$/,
    ],
    ['an end without an answer', '', /closed the connection before it had connected to api\.modal\.test:443/],
    ['a tunnel that leads to no TLS', 'HTTP/1.1 200 OK\r\n\r\nhello, this is no TLS', /api\.modal\.test:443/],
  ])('%s is told by the probe and by requests', async (_name, text, words) => {
    const network = by(await answering(text));
    await expect(probeServer('https://api.modal.test', { network })).rejects.toMatchObject({
      kind: 'offline',
      message: expect.stringMatching(words) as string,
    });
    const signal = new AbortController().signal;
    const request = {
      method: 'GET',
      url: 'https://api.modal.test/',
      headers: {},
      signal,
      headersTimeoutMs: 3000,
      network,
    };
    await expect(send(request)).rejects.toThrow(text.includes('no TLS') ? /TLS/ : words);
  });

  it('and one that says nothing is given up, or cancelled', async () => {
    const network = by(await answering(undefined));
    await expect(probeServer('https://api.modal.test', { network, limitMs: 50 })).rejects.toThrow(
      /did not connect to api\.modal\.test:443 in time\. Check that it runs, and what the variable HTTPS_PROXY says\.$/,
    );
    const abort = new AbortController();
    const probing = probeServer('https://api.modal.test', { network, signal: abort.signal });
    abort.abort();
    await expect(probing).rejects.toMatchObject({ kind: 'cancelled' });
  });

  it('speaks TLS itself, with a certificate that is not trusted', async () => {
    const network = by(`https://${await answering('this is no TLS')}`);
    await expect(probeServer('https://api.modal.test', { network })).rejects.toThrow(/The proxy|no proxy/);
  });
});

describe('the address of a proxy', () => {
  const of = (variables: Record<string, string>, url = 'https://api.modal.test/') =>
    proxyFor(url, { ...plainNetwork, variables: networkVariables(variables) });

  it.each([
    ['corp:3128', 'http', 'corp:3128'],
    ['//corp:3128', 'http', 'corp:3128'],
    [' http://corp:3128/ ', 'http', 'corp:3128'],
    ['HTTP://CORP:3128', 'http', 'corp:3128'],
    ['http://corp', 'http', 'corp:80'],
    ['https://corp', 'https', 'corp:443'],
    ['http://[fd00::1]:8080', 'http', '[fd00::1]:8080'],
    ['socks5://corp', 'socks5', 'corp:1080'],
    ['socks5h://corp:99', 'socks5', 'corp:99'],
    ['socks4a://corp', 'socks4', 'corp:1080'],
  ])('%j is read', (value, kind, host) => {
    expect(of({ HTTPS_PROXY: value })).toMatchObject({ kind, host, setBy: 'HTTPS_PROXY' });
  });

  it('may have name and password, with and without escapes, which are never shown', () => {
    for (const [address, username, password] of [
      ['http://jo:p%40ss@corp:1', 'jo', 'p@ss'],
      ['http://jo@corp:1', 'jo', ''],
      ['http://jo:100%@corp:1', 'jo', '100%'],
      ['jo:pw@corp:1', 'jo', 'pw'],
    ] as const) {
      const proxy = of({ https_proxy: address });
      expect(proxy).toMatchObject({ host: 'corp:1', username, password });
      expect(Buffer.from(proxy!.authorization.slice('Basic '.length), 'base64').toString()).toBe(
        `${username}:${password}`,
      );
    }
  });

  it('is taken from one variable after the other, as by curl and Python', () => {
    expect(of({ https_proxy: 'a:1', HTTPS_PROXY: 'b:1', ALL_PROXY: 'c:1' })?.setBy).toBe('https_proxy');
    expect(of({ HTTPS_PROXY: 'b:1', all_proxy: 'c:1' })?.setBy).toBe('HTTPS_PROXY');
    expect(of({ http_proxy: 'a:1', ALL_PROXY: 'c:1' })?.setBy).toBe('ALL_PROXY');
    expect(of({ HTTP_PROXY: 'a:1' })?.setBy).toBe('HTTP_PROXY');
    expect(of({ HTTPS_PROXY: 'a:1' }, 'http://api.modal.test/')).toBeUndefined();
    expect(of({ https_proxy: '', HTTPS_PROXY: 'b:1' })).toBeUndefined();
    expect(of({ Https_Proxy: 'b:1' })?.setBy).toBe('Https_Proxy');
  });

  it.each(['http://', 'http://:3128', 'http://corp:port', 'http://a b:1', 'ftp://corp', '3128'])(
    'is refused in words where it is none: %j',
    (value) => {
      expect(() => of({ HTTPS_PROXY: value })).toThrow(
        /^The variable HTTPS_PROXY (?:is not the address|names a proxy of the kind)/,
      );
    },
  );
});

describe('variables for programs of Python', () => {
  const server = 'https://api.modal.test';
  it('are the settings of the editor, in the form that Python takes', () => {
    const network = {
      ...plainNetwork,
      proxy: 'corp:3128',
      noProxy: ['.corp'],
      proxyAuthorization: `Basic ${btoa('jo:p@s')}`,
    };
    const address = 'http://jo:p%40s@corp:3128';
    expect(childVariables(network, server)).toEqual({
      http_proxy: address,
      HTTP_PROXY: address,
      https_proxy: address,
      HTTPS_PROXY: address,
      no_proxy: '.corp',
      NO_PROXY: '.corp',
    });
  });

  it('name the server that goes without the proxy, since Python knows no ranges and no *.', () => {
    const variables = { HTTPS_PROXY: 'http://corp:1', NO_PROXY: '*.modal.test,10.0.0.0/8' };
    const direct = '*.modal.test,10.0.0.0/8,api.modal.test';
    expect(childVariables({ ...plainNetwork, variables }, server)).toEqual({
      no_proxy: direct,
      NO_PROXY: direct,
    });
    expect(childVariables({ ...plainNetwork, variables }, 'http://127.0.0.1:1')).toMatchObject({
      NO_PROXY: '*.modal.test,10.0.0.0/8,127.0.0.1',
    });
    expect(childVariables(plainNetwork, server)).toEqual({});
  });

  it('turn proxies of the CLI off where the editor has them off', () => {
    expect(childVariables({ ...plainNetwork, proxy: 'corp:1', useProxy: false }, server)).toEqual({
      MODAL_DISABLE_API_PROXY: '1',
    });
  });
});

describe('the proxy of ours that the SDK is given', () => {
  async function ask(lines: readonly string[], address: string): Promise<string> {
    const { hostname, port } = new URL(address);
    const socket = connect(Number(port), hostname);
    closers.push(() => socket.destroy());
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    return chunk.toString().split('\r\n')[0] ?? '';
  }

  it('connects to that one server, and for nobody without its password', async () => {
    const target = { hostname: 'api.modal.test', port: 443 };
    let opened = 0;
    const inner = await answering('hello');
    const bridge = await openBridge(
      target,
      async () => {
        opened++;
        const socket = connect(Number(inner.split(':')[1]), '127.0.0.1');
        await once(socket, 'connect');
        return socket;
      },
      silentLogger,
    );
    closers.push(() => bridge.close());
    const { username, password } = new URL(bridge.address);
    const known = `Proxy-Authorization: Basic ${btoa(`${username}:${password}`)}`;
    const host = 'Host: api.modal.test:443';
    expect(await ask(['CONNECT api.modal.test:443 HTTP/1.1', host], bridge.address)).toContain(' 403 ');
    expect(await ask(['CONNECT other.test:443 HTTP/1.1', host, known], bridge.address)).toContain(' 403 ');
    expect(await ask(['GET http://api.modal.test/ HTTP/1.1', host, known], bridge.address)).toContain(
      ' 405 ',
    );
    expect(opened).toBe(0);
    expect(await ask(['CONNECT api.modal.test:443 HTTP/1.1', host, known], bridge.address)).toContain(
      ' 200 ',
    );
    expect(opened).toBe(1);
  });

  it('is told no when it has been given up', async () => {
    const proxy = proxyFor('https://api.modal.test', by(await answering(undefined)))!;
    const options = { network: plainNetwork, signal: AbortSignal.abort(), limitMs: 1000 };
    await expect(openTunnel(proxy, { hostname: 'a', port: 1 }, options)).rejects.toMatchObject({
      kind: 'cancelled',
    });
  });
});
