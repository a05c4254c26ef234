/** A page of another origin, in a real browser that is signed in to the FinBERT page: it must not use that session. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensurePython } from '../../scripts/python.ts';
import { chromiumFlags, ensureChromium } from '../host/chromium.ts';

let page: ChildProcessWithoutNullStreams;
let folder: string;
let own: string;
let key: string;
let foreign: Server;
let browser: Browser;
let context: BrowserContext;
/** Analyses that the app was asked for. */
let asked = 0;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'page-'));
  const script = path.join(import.meta.dirname, '../../modal_apps/tests/finance/serve_page.py');
  page = spawn(await ensurePython(), ['-B', script], { env: { ...process.env, GRADIO_TEMP_DIR: folder } });
  const lines = createInterface({ input: page.stdout });
  const [first] = (await once(lines, 'line')) as [string];
  [own = '', key = ''] = first.split(' ');
  lines.on('line', (line) => (asked += line === 'asked' ? 1 : 0));
  foreign = createServer((_request, response) =>
    response.setHeader('content-type', 'text/html').end('<title>foreign</title><body>'),
  );
  foreign.listen(0, '127.0.0.1');
  await once(foreign, 'listening');
  browser = await chromium.launch({
    executablePath: ensureChromium(),
    args: [...chromiumFlags, '--host-resolver-rules=MAP evil.example 127.0.0.1'],
  });
});
afterAll(async () => {
  await browser?.close();
  foreign?.close();
  foreign?.closeAllConnections();
  page?.stdin.end();
  page?.kill();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  context = await browser.newContext();
  const signIn = await context.newPage();
  await signIn.goto(`${own}/ui/`);
  const status = await signIn.evaluate<number>(`(async (password) => {
    const body = new URLSearchParams({ username: 'a', password });
    return (await fetch('/ui/login', { method: 'POST', body })).status;
  })(${JSON.stringify(key)})`);
  expect(status).toBe(200);
  const [place] = JSON.parse((await upload(signIn, 'a.csv', 'text/csv', statement)).text) as [string];
  analysis = JSON.stringify({ data: [[{ path: place, meta: { _type: 'gradio.FileData' } }], 'How is it?'] });
  asked = 0;
});
afterEach(() => context.close());

/** Port and name make an origin; a port alone does not make another site, to which the cookie would not go. */
const origins = [
  ['another port of the same name', '127.0.0.1'],
  ['another name', 'localhost'],
  ['another site', 'evil.example'],
] as const;

async function foreignPage(host: string): Promise<Page> {
  const tab = await context.newPage();
  await tab.goto(`http://${host}:${(foreign.address() as AddressInfo).port}/`);
  return tab;
}

const statement = 'Item,FY2024,FY2023\nRevenue,100,90\nNet income,10,9\n';
/** A request of the page, with a file that is there: what it would be if its place were known. */
let analysis = '';

async function upload(tab: Page, name: string, type: string, text: string) {
  const file = JSON.stringify({ name, type, text });
  return tab.evaluate<{ status: number; text: string }>(`(async (file) => {
    const form = new FormData();
    form.append('files', new File([file.text], file.name, { type: file.type }));
    const answer = await fetch('/ui/gradio_api/upload', { method: 'POST', body: form });
    return { status: answer.status, text: await answer.text() };
  })(${file})`);
}

/** What a page can read of the answers, when it tries everything. */
async function attack(tab: Page, target: string): Promise<string[]> {
  const source = await readFile(path.join(import.meta.dirname, 'fixtures/foreignPage.mjs'), 'utf8');
  const tries = source
    .slice(source.indexOf('export default ') + 'export default '.length)
    .replace(/;\s*$/, '');
  return tab.evaluate<string[]>(`(${tries})(${JSON.stringify({ url: target, body: analysis })})`);
}

describe('a page of another origin, with the cookie of who is signed in', () => {
  it('is no more than what the page itself does: that reads and runs', async () => {
    const tab = await context.newPage();
    await tab.goto(`${own}/ui/`);
    const read = await attack(tab, own);
    expect(read.join('\n')).toMatch(/config include: \{"version"/);
    await expect.poll(() => asked, { timeout: 20_000 }).toBeGreaterThan(0);
  });

  it.each(origins)('reads nothing and runs no analysis: %s', async (_what, host) => {
    const tab = await foreignPage(host);
    expect(await attack(tab, own)).toEqual([]);
    // What had been sent before this would have been asked for before it.
    const last = await context.newPage();
    await last.goto(`${own}/ui/`);
    expect(await last.evaluate(`fetch('/ui/config').then(({ status }) => status)`)).toBe(200);
    expect(asked).toBe(0);
  });
});

describe('a picture that is a page', () => {
  const script =
    '<svg xmlns="http://www.w3.org/2000/svg" onload="document.documentElement.setAttribute(\'ran\', \'1\')">' +
    "<script>document.documentElement.setAttribute('ran', '1'); fetch('/ui/config')</script></svg>";

  it.each([
    ['a.svg', 'image/svg+xml', script],
    [
      'a.html',
      'text/html',
      `<html><body onload="document.documentElement.setAttribute('ran', '1')">${script}`,
    ],
    [
      'a.xhtml',
      'application/xhtml+xml',
      `<html xmlns="http://www.w3.org/1999/xhtml"><body>${script}</body></html>`,
    ],
    ['a.xml', 'text/xml', script],
    ['a', 'image/svg+xml', script],
    ['a.svg.csv', 'text/csv', script],
  ])('does not run when it was uploaded and is opened: %s', async (name, type, text) => {
    const tab = await context.newPage();
    await tab.goto(`${own}/ui/`);
    const uploaded = await upload(tab, name, type, text);
    expect(uploaded.status).toBe(200);
    const [place] = JSON.parse(uploaded.text) as [string];
    const address = `${own}/ui/gradio_api/file=${place}`;
    const requests: string[] = [];
    tab.on('request', (request) => requests.push(request.url()));
    // A download has no page, which is as good.
    await tab.goto(address).catch(() => undefined);
    const ran = await tab.evaluate(`document.documentElement.getAttribute('ran')`);
    expect(ran).toBeNull();
    expect(requests.filter((each) => each.endsWith('/ui/config'))).toEqual([]);
    const head = await tab.request.get(address);
    expect([200, 403, 404]).toContain(head.status());
    if (head.status() === 200) expect(head.headers()['content-security-policy']).toContain('sandbox');
  });
});
