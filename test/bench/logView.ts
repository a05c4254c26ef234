import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Frame } from 'playwright-core';
import type { Demo } from '../host/demo.ts';
import { startDemo } from '../host/demo.ts';
import type { Workbench } from '../ui/kit/workbench.ts';
import { openWorkbench } from '../ui/kit/workbench.ts';
import { poll } from '../ui/kit/poll.ts';
import type { BenchRow } from './table.ts';

const ticks = { linesPerSecond: 20, seconds: 10 };
const flood = { linesPerSecond: 40_000, seconds: 6 };
const held = 200_000;
const scrollSeconds = 5;

/** What the log viewer costs in a real editor: until a line is seen, while scrolling, and in memory. */
export async function benchLogView(): Promise<BenchRow[]> {
  const demo = await startDemo();
  try {
    const appId = await deploy(demo);
    const workbench = await openWorkbench({
      host: demo.host,
      folder: demo.workspace,
      flags: ['--enable-precise-memory-info', '--js-flags=--expose-gc'],
    });
    try {
      return await measure(demo, workbench, appId);
    } finally {
      await workbench.close();
    }
  } finally {
    await demo.stop();
  }
}

async function deploy(demo: Demo): Promise<string> {
  await writeFile(
    path.join(demo.workspace, 'ticker.py'),
    'import modal\n\napp = modal.App("ticker")\n\n\n@app.function()\ndef f(): pass\n',
  );
  await promisify(execFile)(path.join(demo.simulator.binDir, 'modal'), ['deploy', 'ticker.py'], {
    cwd: demo.workspace,
    env: { ...process.env, ...demo.env },
  });
  const { apps } = (await demo.simulator.admin('GET', '/state')) as {
    apps: { appId: string; name: string }[];
  };
  return apps.find(({ name }) => name === 'ticker')?.appId ?? '';
}

async function measure({ simulator }: Demo, workbench: Workbench, appId: string): Promise<BenchRow[]> {
  await workbench.openView('Apps');
  await workbench.treeRow('Apps', /^App ticker, deployed/).inlineAction(/^Follow Logs/);
  const frame = await workbench.webviewFrame(async (each) => (await each.locator('modal-logs').count()) > 0);
  await frame.getByText('Live').first().waitFor();
  const emit = (changes: object) => simulator.admin('POST', '/logs/emit', { appId, ...changes });

  await frame.evaluate(watchRows);
  await emit({ ...ticks, text: 'tick' });
  const wanted = ticks.linesPerSecond * ticks.seconds;
  const late = await poll(
    async () => {
      const times = await frame.evaluate<number[]>('window.benchLate');
      return times.length >= wanted ? times : undefined;
    },
    { what: 'painted lines', timeoutMs: 60_000 },
  );

  const before = await heap(frame);
  await emit({ ...flood, text: 'INFO a line of ordinary length, as a server writes for each request' });
  await frame
    .locator('.count', { hasText: new RegExp(`^${held.toLocaleString('en')} lines`) })
    .waitFor({ timeout: 120_000 });
  const frames = await frame.evaluate<number>(scrollUp(scrollSeconds));
  const megabytes = ((await heap(frame)) - before) / 1e6;

  const sorted = late.toSorted((a, b) => a - b);
  const p95 = sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN;
  return [
    { what: 'line printed to painted, p95', unit: 'ms', ours: p95, promise: '<= 150 ms', met: p95 <= 150 },
    {
      what: `scrolling through ${held.toLocaleString('en')} lines`,
      unit: 'frames/s',
      ours: frames,
      promise: '>= 55',
      met: frames >= 55,
    },
    {
      what: 'heap of the page that they add, after scrolling',
      unit: 'MB',
      ours: megabytes,
      promise: '<= 80 MB',
      met: megabytes <= 80,
    },
  ];
}

/** Bytes, after a collection. */
function heap(frame: Frame): Promise<number> {
  return frame.evaluate<number>('(gc(), gc(), performance.memory.usedJSHeapSize)');
}

/** Notes how much later than its own time each numbered line stands in a frame that has been drawn. */
const watchRows = `(() => {
  window.benchLate = [];
  const seen = new Set();
  const list = document.querySelector('modal-logs').shadowRoot.getElementById('list');
  const dayMs = (date) => ((date.getHours() * 60 + date.getMinutes()) * 60 + date.getSeconds()) * 1000 + date.getMilliseconds();
  const look = () => {
    const found = [];
    for (const row of list.querySelectorAll('.row')) {
      const [, h, m, s, number] = /(\\d\\d):(\\d\\d):(\\d\\d\\.\\d{3}).*?(\\d{8}) tick/s.exec(row.textContent) ?? [];
      if (number === undefined || seen.has(number)) continue;
      seen.add(number);
      found.push((Number(h) * 60 + Number(m)) * 60000 + Number(s) * 1000);
    }
    requestAnimationFrame(look); // what was found now is drawn before this is called again
    if (found.length > 0)
      requestAnimationFrame(() => window.benchLate.push(...found.map((time) => dayMs(new Date()) - time)));
  };
  look();
})()`;

/** Frames a second while the list moves by two rows in each of them. */
const scrollUp = (seconds: number) => `new Promise((resolve) => {
  const list = document.querySelector('modal-logs').shadowRoot.getElementById('list');
  const begun = performance.now();
  let frames = 0;
  const step = () => {
    const elapsed = (performance.now() - begun) / 1000;
    if (elapsed >= ${seconds}) return resolve(frames / elapsed);
    frames++;
    list.scrollTop -= 36;
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})`;
