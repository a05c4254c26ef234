/** The editor that the demo and the tests start runs programs; only who has the printed address may use it. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumFlags, ensureChromium } from '../host/chromium.ts';
import { rawAnswer, rawStatus } from '../host/rawHttp.ts';
import { startHost } from '../host/server.ts';
import type { Host } from '../host/server.ts';

let host: Host;
let base: string;
let token: string;
let folder: string;
/** A kind of file that a browser takes from other sites, too. */
let secretFile: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'access-'));
  secretFile = path.join(folder, 'secret.css');
  await writeFile(secretFile, 'p { content: "secret" }');
  host = await startHost();
  const address = new URL(host.url(folder));
  base = address.pathname;
  token = address.searchParams.get('tkn') ?? '';
});
afterAll(async () => {
  await host?.stop();
  await rm(folder, { recursive: true });
});

interface Attempt {
  readonly line?: string;
  /** `Host` lines; absent: the right one. */
  readonly hosts?: readonly string[];
  readonly headers?: readonly string[];
  /** Absent: the right one. */
  readonly cookie?: string;
}

const upgrade = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

/** Places filled in once the port and the token are known. */
const fill = (text: string) =>
  text
    .replaceAll('PORT', String(host.port))
    .replaceAll('NEXT', String(host.port + 1))
    .replaceAll('BASE/', base)
    .replaceAll('TOKEN', token);

function head(attempt: Attempt, more: readonly string[]): string[] {
  const { line = 'GET BASE/ HTTP/1.1', hosts = ['Host: 127.0.0.1:PORT'], headers = [] } = attempt;
  const cookie = `Cookie: ${attempt.cookie ?? 'vscode-tkn=TOKEN'}`;
  return [line, ...hosts, cookie, ...headers, ...more].map(fill);
}

/** What a page request and a WebSocket of that kind get. */
async function statuses(attempt: Attempt): Promise<number[]> {
  return [
    await rawStatus(host.port, head(attempt, ['Connection: close'])),
    await rawStatus(host.port, head(attempt, upgrade)),
  ];
}

const foreignHosts: readonly (readonly string[])[] = [
  [],
  ['Host:'],
  ['Host: evil.example'],
  ['Host: evil.example:PORT'],
  ['Host: 127.0.0.1'],
  ['Host: localhost'],
  ['Host: 127.0.0.1:'],
  ['Host: 127.0.0.1:NEXT'],
  ['Host: 127.0.0.1:0PORT'],
  ['Host: 127.0.0.1:PORT.evil.example'],
  ['Host: 127.0.0.1.evil.example:PORT'],
  ['Host: localhost.evil.example:PORT'],
  ['Host: evil-localhost:PORT'],
  ['Host: localhost.:PORT'],
  ['Host: x.localhost:PORT'],
  ['Host: [::1]:PORT'],
  ['Host: [::ffff:127.0.0.1]:PORT'],
  ['Host: 0.0.0.0:PORT'],
  ['Host: 127.1:PORT'],
  ['Host: 127.0.0.2:PORT'],
  ['Host: 2130706433:PORT'],
  ['Host: evil.example@127.0.0.1:PORT'],
  ['Host: 127.0.0.1:PORT@evil.example'],
  ['Host: 127.0.0.1:PORT/evil.example'],
  ['Host: 127.0.0.1:PORT, evil.example'],
  ['Host: evil.example, 127.0.0.1:PORT'],
  ['Host: 127.0.0.1:PORT', 'Host: evil.example'],
  ['Host: evil.example', 'Host: 127.0.0.1:PORT'],
  ['Host: 127.0.0.1:PORT', 'Host: 127.0.0.1:PORT'],
  ['Host : 127.0.0.1:PORT'],
  ['Host: evil.example', ' 127.0.0.1:PORT'],
  ['Host: evil.example', 'X-Forwarded-Host: 127.0.0.1:PORT'],
  ['Host: evil.example', 'X-Original-Host: 127.0.0.1:PORT'],
  ['Host: evil.example', 'Forwarded: host=127.0.0.1:PORT'],
];

const foreignOrigins: readonly (readonly string[])[] = [
  ['Origin: https://evil.example'],
  ['Origin: null'],
  ['Origin:'],
  ['Origin: http://127.0.0.1'],
  ['Origin: http://127.0.0.1:NEXT'],
  ['Origin: http://localhost:PORT'],
  ['Origin: https://127.0.0.1:PORT'],
  ['Origin: 127.0.0.1:PORT'],
  ['Origin: http://127.0.0.1:PORT/'],
  ['Origin: http://127.0.0.1:PORT.evil.example'],
  ['Origin: http://127.0.0.1:PORT@evil.example'],
  ['Origin: http://127.0.0.1:PORT, https://evil.example'],
  ['Origin: http://127.0.0.1:PORT https://evil.example'],
  ['Origin: http://127.0.0.1:PORT', 'Origin: https://evil.example'],
  ['Origin: https://evil.example', 'Origin: http://127.0.0.1:PORT'],
  ['Origin: vscode-webview://abc'],
  ['Origin: chrome-extension://abc'],
  ['Sec-Fetch-Site: cross-site'],
  ['Sec-Fetch-Site: same-site'],
  ['Sec-Fetch-Site:'],
  ['Sec-Fetch-Site: none', 'Sec-Fetch-Site: cross-site'],
];

const otherLines = [
  'GET http://127.0.0.1:PORTBASE/ HTTP/1.1',
  'GET http://evil.exampleBASE/ HTTP/1.1',
  'GET //127.0.0.1:PORTBASE/ HTTP/1.1',
  'GET //evil.exampleBASE/ HTTP/1.1',
  'GET 127.0.0.1:PORTBASE/ HTTP/1.1',
  'GET * HTTP/1.1',
  'OPTIONS * HTTP/1.1',
  'CONNECT 127.0.0.1:PORT HTTP/1.1',
  'CONNECT evil.example:443 HTTP/1.1',
];

const withoutToken: readonly Attempt[] = [
  { cookie: 'other=1' },
  { cookie: 'vscode-tkn=' },
  { cookie: 'vscode-tkn=wrong' },
  { cookie: 'xvscode-tkn=TOKEN' },
  { cookie: 'vscode-tkn=TOKENx' },
  { cookie: 'vscode-tkn="TOKEN"' },
  { cookie: 'vscode-tkn=undefined' },
  { cookie: 'VSCODE-TKN=TOKEN' },
  { cookie: 'other=1', line: 'GET BASE/?tkn= HTTP/1.1' },
  { cookie: 'other=1', line: 'GET BASE/?tkn=wrong HTTP/1.1' },
  { cookie: 'other=1', line: 'GET BASE/?tkn=TOKEN&tkn=TOKEN HTTP/1.1' },
  { cookie: 'other=1', line: 'GET BASE/?tkn[]=TOKEN HTTP/1.1' },
  { cookie: 'other=1', line: 'GET BASE/#tkn=TOKEN HTTP/1.1' },
  { cookie: 'other=1', headers: ['Authorization: Bearer TOKEN'] },
  { line: 'GET BASE/?tkn=wrong HTTP/1.1' },
  { line: 'GET / HTTP/1.1' },
  { line: 'GET /?tkn=TOKEN HTTP/1.1' },
  { line: 'GET /x/..BASE/ HTTP/1.1' },
  { line: 'GET /0123456789abcdef0123456789abcdef/?tkn=TOKEN HTTP/1.1' },
];

const places = ['', 'version', 'delay-shutdown', 'callback', 'vscode-remote-resource?path=/etc/passwd'];

const refused = (status: number) => status === 0 || (status >= 400 && status < 500);

describe('who has the printed address', () => {
  it('gets the page, the files that it asks for, and the connection', async () => {
    expect(await statuses({})).toEqual([200, 101]);
    expect(await statuses({ hosts: ['Host: localhost:PORT'] })).toEqual([200, 101]);
    expect(await statuses({ headers: ['Origin: http://127.0.0.1:PORT'] })).toEqual([200, 101]);
    const line = `GET BASE/vscode-remote-resource?path=${secretFile} HTTP/1.1`;
    const { text } = await rawAnswer(host.port, head({ line }, ['Connection: close']));
    expect(text).toContain(await readFile(secretFile, 'latin1'));
  });

  it('is the only one who has the token: it is in a file of the user alone, and in no command line', async () => {
    const file = await stat(path.join(host.dataDir, 'connection-token'));
    const parent = await stat(host.dataDir);
    expect([file.mode & 0o777, parent.mode & 0o777]).toEqual([0o600, 0o700]);
    const { stdout } = await promisify(execFile)('ps', ['-axww', '-o', 'args']);
    expect(stdout).toContain('editorServer.ts');
    expect(stdout).not.toContain(token);
    expect(stdout).not.toContain(base);
  });

  it('sends its cookie to no other port: it is bound to a folder that nobody can guess', async () => {
    const answer = await fetch(host.url(folder), { redirect: 'manual' });
    expect(answer.headers.getSetCookie()).toEqual([expect.stringContaining(`vscode-tkn=${token}`)]);
    // Without a Path of its own a cookie belongs to the folder of the address, by RFC 6265.
    expect(answer.headers.getSetCookie().join()).not.toMatch(/path=/i);
    expect(base).toMatch(/^\/[0-9a-f]{32}\/$/);
  });
});

describe('whoever has only a part of it is refused', () => {
  it.each(foreignHosts.map((hosts) => [hosts.join(' + ') || 'no Host', hosts] as const))(
    'name of the host: %s',
    async (_title, hosts) => {
      expect((await statuses({ hosts })).filter((status) => !refused(status))).toEqual([]);
    },
  );

  it('a request of the old protocol, which needs no Host', async () => {
    const attempt = { line: 'GET BASE/ HTTP/1.0', hosts: [] };
    expect((await statuses(attempt)).filter((status) => !refused(status))).toEqual([]);
  });

  it.each(foreignOrigins.map((headers) => [headers.join(' + '), headers] as const))(
    'where the request comes from: %s',
    async (_title, headers) => {
      expect(await statuses({ headers })).toEqual([403, 403]);
      const preflight = { line: 'OPTIONS BASE/ HTTP/1.1', headers };
      expect(await rawStatus(host.port, head(preflight, ['Connection: close']))).toBe(403);
    },
  );

  it.each(otherLines)('form of the request line: %s', async (line) => {
    expect((await statuses({ line })).filter((status) => !refused(status))).toEqual([]);
  });

  it.each(withoutToken.map((attempt) => [JSON.stringify(attempt), attempt] as const))(
    'no token, or another: %s',
    async (_title, attempt) => {
      expect(await statuses(attempt)).toEqual([403, 403]);
    },
  );

  it('at every place, not only at the page itself', async () => {
    const { text } = await rawAnswer(host.port, head({}, ['Connection: close']));
    const scripts = [...text.matchAll(/(?:src|href)="\.?\/?([^":]+\.(?:js|css))"/g)].map(
      (match) => match[1] ?? '',
    );
    expect(scripts.length).toBeGreaterThan(0);
    for (const place of [...places, ...scripts]) {
      for (const line of [`GET BASE/${place} HTTP/1.1`, `GET /${place} HTTP/1.1`])
        expect([place, await statuses({ line, cookie: 'a=b' })]).toEqual([place, [403, 403]]);
    }
  });
});

describe('a page of another local server, in a browser that has the editor open', () => {
  it('opens no connection and reads no file, though it knows the whole path', async () => {
    const other = createServer((_request, response) => {
      response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>Other</title>');
    }).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const browser = await chromium.launch({ executablePath: ensureChromium(), args: chromiumFlags });
    try {
      const context = await browser.newContext();
      const editor = await context.newPage();
      await editor.goto(host.url(folder));
      expect(await editor.evaluate(attack())).toEqual({
        socket: 'open',
        file: 'read',
        style: 'loaded',
        frame: 'shown',
      });
      for (const name of ['127.0.0.1', 'localhost']) {
        const page = await context.newPage();
        await page.goto(`http://${name}:${(other.address() as AddressInfo).port}/`);
        expect(await page.evaluate(attack())).toEqual({
          socket: 'refused',
          file: 'refused',
          style: 'refused',
          frame: 'empty',
        });
      }
    } finally {
      await browser.close();
      other.close();
    }
  });
});

/** Runs in the page: what any page of the web may try at an address that it knows. */
function attack(): string {
  const address = `http://127.0.0.1:${host.port}${base}`;
  return `(async (address, resource) => {
    const told = (start) => new Promise(start);
    const element = (name, values) => Object.assign(document.createElement(name), values);
    const socket = await told((tell) => {
      const made = new WebSocket(address.replace('http', 'ws'));
      Object.assign(made, { onopen: () => tell('open'), onerror: () => tell('refused') });
    });
    const answer = await fetch(resource, { credentials: 'include' }).catch(() => undefined);
    const style = await told((tell) => document.head.append(element('link', {
      rel: 'stylesheet', href: resource, onload: () => tell('loaded'), onerror: () => tell('refused'),
    })));
    const frame = await told((tell) => document.body.append(element('iframe', {
      src: address + 'version', onload: (event) => tell(event.target.contentDocument ? 'shown' : 'empty'),
    })));
    return { socket, file: answer?.ok ? 'read' : 'refused', style, frame };
  })(${JSON.stringify(address)}, ${JSON.stringify(`${address}vscode-remote-resource?path=${secretFile}`)})`;
}
