import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Frame } from 'playwright-core';
import { Agent, request } from 'undici';
import { silentLogger } from '../../src/shared/logger.ts';
import { AnswerModel } from '../../src/features/requests/core/answer/answerModel.ts';
import { StreamReader } from '../../src/features/requests/core/answer/streamReader.ts';
import { RequestSender } from '../../src/features/requests/core/send.ts';
import { startDemo } from '../host/demo.ts';
import { fixture } from '../integration/support/world.ts';
import { httpResult } from '../unit/support/httpResult.ts';
import { poll } from '../ui/kit/poll.ts';
import type { Workbench } from '../ui/kit/workbench.ts';
import { openWorkbench } from '../ui/kit/workbench.ts';
import type { BenchRow } from './table.ts';
import { median } from './table.ts';

const pairs = 600;
const cancels = 50;
const opens = 5;
const events = 1000;

/** What sending costs beside the bare library, how soon a cancel and an event are felt, and what the process keeps. */
export async function benchRequests(): Promise<BenchRow[]> {
  return [...(await benchSending()), benchWide(), ...(await benchPanel())];
}

/** An answer that is made to hold the editor: what is found out before anything of it is shown. */
function benchWide(): BenchRow {
  const body = JSON.stringify(
    Object.fromEntries(Array.from({ length: 1_000_000 }, (_, at) => [`k${at}`, at])),
  );
  const headers = { 'content-type': 'application/json' };
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    new AnswerModel({ result: httpResult(body, { headers }), stream: new StreamReader({}) });
    return performance.now() - start;
  });
  const ours = Math.max(...times);
  return {
    what: 'answer with a million fields (slowest)',
    unit: 'ms',
    ours,
    promise: '<= 50 ms',
    met: ours <= 50,
  };
}

const newSender = () =>
  new RequestSender({
    logger: silentLogger,
    resolveSecret: () => Promise.resolve('key-of-the-bench'),
    timeoutSeconds: () => 30,
  });

async function benchSending(): Promise<BenchRow[]> {
  const globals = () => [
    Reflect.get(globalThis, 'fetch') as unknown,
    Reflect.get(globalThis, Symbol.for('undici.globalDispatcher.1')) as unknown,
    Reflect.get(globalThis, Symbol.for('undici.globalDispatcher.2')) as unknown,
  ];
  const server = createServer((incoming, response) => {
    if (incoming.url === '/wait') return;
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ answer: 'x'.repeat(2000) }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const sender = newSender();
  const before = globals();
  try {
    const rows = [...(await benchOverhead(sender, url)), await benchCancel(sender, `${url}wait`, server)];
    const changed = globals().filter((value, index) => value !== before[index]).length;
    return [
      ...rows,
      {
        what: 'fetch and global dispatchers replaced',
        unit: '',
        ours: changed,
        promise: '0',
        met: changed === 0,
      },
    ];
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** In turns, so that both see the same machine. The library makes a connection for each request, as we do. */
async function benchOverhead(sender: RequestSender, url: string): Promise<BenchRow[]> {
  const spec = {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json' },
    body: '{"q": 1}',
    auth: { secretRef: 'bench', header: 'authorization', scheme: 'Bearer' },
  };
  const ours: number[] = [];
  const bare: number[] = [];
  for (let at = -50; at < pairs; at++) {
    const start = performance.now();
    const { body } = await sender.send(spec, new AbortController().signal);
    const middle = performance.now();
    const agent = new Agent();
    const headers = { ...spec.headers, authorization: 'Bearer key-of-the-bench' };
    const answer = await request(url, { method: 'POST', headers, body: spec.body, dispatcher: agent });
    const text = await answer.body.text();
    await agent.destroy();
    const end = performance.now();
    if (body !== text) throw new Error('The two answers differ.');
    if (at < 0) continue; // both warm up
    ours.push(middle - start);
    bare.push(end - middle);
  }
  return [overhead('p50', 0.5, 2, ours, bare), overhead('p99', 0.99, 10, ours, bare)];
}

function overhead(
  name: string,
  share: number,
  limit: number,
  ours: readonly number[],
  bare: readonly number[],
): BenchRow {
  const [our, their] = [quantile(ours, share), quantile(bare, share)];
  return {
    what: `request on loopback (${name})`,
    unit: 'ms',
    ours: our,
    rival: { name: 'bare undici', value: their },
    promise: `<= ${limit} ms more`,
    met: our - their <= limit,
  };
}

/** From the cancel until the server sees its socket closed. */
async function benchCancel(
  sender: RequestSender,
  url: string,
  server: ReturnType<typeof createServer>,
): Promise<BenchRow> {
  const times: number[] = [];
  for (let at = 0; at < cancels; at++) {
    const abort = new AbortController();
    const asked = once(server, 'request') as Promise<[{ socket: NodeJS.EventEmitter }]>;
    const sending = sender.send({ method: 'GET', url, headers: {} }, abort.signal).catch(() => undefined);
    const [{ socket }] = await asked;
    const closed = once(socket, 'close');
    const start = performance.now();
    abort.abort();
    await closed;
    times.push(performance.now() - start);
    await sending;
  }
  const ours = Math.max(...times);
  return {
    what: 'cancel frees the socket (slowest)',
    unit: 'ms',
    ours,
    promise: '<= 50 ms',
    met: ours <= 50,
  };
}

/** The real panel in a real editor. */
async function benchPanel(): Promise<BenchRow[]> {
  await using parts = new AsyncDisposableStack();
  const demo = await startDemo();
  parts.defer(() => demo.stop());
  await promisify(execFile)(
    path.join(demo.simulator.binDir, 'modal'),
    ['deploy', fixture('answer_kinds.py')],
    {
      env: { ...process.env, ...demo.env },
    },
  );
  const ticks = parts.use(await serveTicks());
  await writeFile(path.join(demo.workspace, 'ticks.http'), `GET ${ticks.url}\n`);
  const workbench = await openWorkbench({ host: demo.host, folder: demo.workspace });
  parts.defer(() => workbench.close());
  await workbench.page.context().addInitScript(watchDrawn);
  await workbench.openView('Apps');
  await workbench.treeRow('Apps', /^App answer-kinds/).expand();
  return [...(await benchOpen(workbench)), await benchPaint(workbench, ticks.begin)];
}

/** From the event of the click or the key to the frame in which the editor shows what was asked for, in turns. */
async function benchOpen(workbench: Workbench): Promise<BenchRow[]> {
  const { page } = workbench;
  const endpoint = workbench.treeRow('Apps', /^Web endpoint web/);
  const shells: number[] = [];
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let at = 0; at <= opens; at++) {
    const row = await endpoint.waitFor();
    const button = row.locator.getByRole('button', { name: 'Send Test Request…' });
    await row.locator.hover();
    await button.hover();
    await page.mouse.down();
    const clicked = Date.now();
    await page.mouse.up();
    const panel = await frameWith(workbench, 'modal-answer');
    const shell = (await untilDrawn(panel, 'panel')) - clicked;
    const filled = (await untilDrawn(panel, 'filled')) - clicked;
    await workbench.runCommand('View: Close All Editors');
    await workbench.openFile('README.md');
    const pressed = Date.now();
    await page.keyboard.press('Control+Shift+V');
    const preview = (await untilDrawn(await frameWith(workbench, '.markdown-body h1'), 'preview')) - pressed;
    await workbench.runCommand('View: Close All Editors');
    if (at === 0) continue; // the first loads the files
    shells.push(shell);
    ours.push(filled);
    theirs.push(preview);
  }
  const value = median(ours);
  return [
    {
      what: `request panel opens (p50, click to drawn with its draft; panel alone ${median(shells)})`,
      unit: 'ms',
      ours: value,
      rival: { name: "the editor's Markdown preview", value: median(theirs) },
      promise: '<= 200 ms',
      met: value <= 200,
    },
  ];
}

/** What stands in a page when it counts as drawn. */
const drawnMarks = {
  panel: `document.querySelector('modal-request')?.shadowRoot?.querySelector('modal-answer')?.shadowRoot?.textContent`,
  filled: `document.querySelector('modal-request')?.shadowRoot?.querySelector('modal-draft')?.shadowRoot?.querySelector('[role=tab]')`,
  preview: `document.querySelector('.markdown-body h1')`,
};

/** In each frame that is made: when each of these was handed over for display, in milliseconds since 1970. */
const watchDrawn = `(() => {
  if (window.top === window) return;
  window.benchDrawn = {};
  const look = () => {
    const found = { ${Object.entries(drawnMarks)
      .map(([name, code]) => `${name}: ${code}`)
      .join(', ')} };
    for (const [name, is] of Object.entries(found))
      if (is && !(name in window.benchDrawn)) {
        window.benchDrawn[name] = 0;
        // A task that is put at the end of the frame's work runs when the frame was handed over for display.
        requestAnimationFrame(() => setTimeout(() => (window.benchDrawn[name] = Date.now())));
      }
    // Whatever is measured next is not to be disturbed.
    if (found.preview || found.filled) clearInterval(looking);
  };
  const looking = setInterval(look, 4);
})()`;

/**
 * The editor hides a page until all of it has come, so that it is seen with its first paint at the earliest.
 * @returns when it was drawn, in milliseconds since 1970
 */
async function untilDrawn(frame: Frame, what: keyof typeof drawnMarks): Promise<number> {
  const paint = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime";
  const code = `Math.max(window.benchDrawn['${what}'] || NaN, performance.timeOrigin + ${paint}) || 0`;
  return poll(async () => (await frame.evaluate<number>(code).catch(() => 0)) || undefined, {
    what: `the drawn ${what}`,
    timeoutMs: 30_000,
  });
}

export async function frameWith(workbench: Workbench, selector: string): Promise<Frame> {
  for (;;) {
    for (const frame of workbench.page.frames())
      if (
        (await frame
          .locator(selector)
          .count()
          .catch(() => 0)) > 0
      )
        return frame;
  }
}

/** 200 events a second, each with its time in milliseconds, from when they are begun. */
export async function serveTicks() {
  const { promise: begun, resolve: begin } = Promise.withResolvers<undefined>();
  const server = createServer((_incoming, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    void begun.then(async () => {
      const start = performance.now();
      for (let at = 0; at < events; at++) {
        await sleep(Math.max(0, start + at * 5 - performance.now()));
        response.write(`data: tick ${Date.now()};\n\n`);
      }
      response.end('data: [DONE]\n\n');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ticks`,
    begin: () => begin(undefined),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/**
 * Notes for each event how long after it was sent the frame was drawn that shows it in the joined text: of the rows,
 * only those in sight exist. Times are of one machine.
 */
const watchPaint = `(() => {
  const root = document.querySelector('modal-request').shadowRoot.querySelector('modal-answer').shadowRoot;
  let known = 0;
  window.benchLate = [];
  const look = () => {
    const text = root.querySelector('.joined pre')?.textContent ?? '';
    if (text.length < known) known = 0;
    const fresh = [...text.slice(known).matchAll(/tick (\\d+);/g)].map((match) => Number(match[1]));
    if (fresh.length === 0) return;
    known = text.lastIndexOf(';') + 1;
    // A task that is put at the end of the frame's work runs when the frame was handed over for display.
    requestAnimationFrame(() => setTimeout(() => {
      const now = Date.now();
      window.benchLate.push(...fresh.map((time) => now - time));
    }));
  };
  new MutationObserver(look).observe(root, { subtree: true, childList: true, characterData: true });
})()`;

async function benchPaint(workbench: Workbench, begin: () => void): Promise<BenchRow> {
  await workbench.openFile('ticks.http');
  await workbench.page.locator('.codelens-decoration').getByText('Send', { exact: true }).click();
  const panel = await frameWith(workbench, 'modal-answer');
  await panel.getByText('200 OK').waitFor();
  await panel.evaluate(watchPaint);
  begin();
  const late = await poll(
    async () => {
      const values = await panel.evaluate<number[]>('window.benchLate');
      return values.length >= events ? values : undefined;
    },
    { what: 'painted events', timeoutMs: 60_000 },
  );
  const ours = quantile(late, 0.99);
  return {
    what: `200 events/s, sent to painted (p99; p50 ${median(late)} ms)`,
    unit: 'ms',
    ours,
    promise: '<= 50 ms',
    met: ours <= 50,
  };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
