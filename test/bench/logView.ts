import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { createVSIX } from '@vscode/vsce';
import type { Frame } from 'playwright-core';
import type { Demo } from '../host/demo.ts';
import { startDemo } from '../host/demo.ts';
import type { Workbench } from '../ui/kit/workbench.ts';
import { openWorkbench } from '../ui/kit/workbench.ts';
import { poll } from '../ui/kit/poll.ts';
import type { BenchRow } from './table.ts';

const ticks = { linesPerSecond: 20, seconds: 10 };
const ticksOfRun = ticks.linesPerSecond * ticks.seconds;
const flood = { linesPerSecond: 40_000, seconds: 6 };
const held = 200_000;
const scrollSeconds = 5;

/** What the log viewer costs in a real editor: until a line is seen, while scrolling, and in memory. */
export async function benchLogView(): Promise<BenchRow[]> {
  const settings = {
    // Drawn as text of the page, so that what it shows can be read.
    'terminal.integrated.gpuAcceleration': 'off',
    // Else its end is a question, which stands in the way.
    'terminal.integrated.confirmOnKill': 'never',
  };
  const folder = await mkdtemp(path.join(os.tmpdir(), 'rival-'));
  const demo = await startDemo({ settings, otherVsix: [await packRival(folder)] });
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
    await rm(folder, { recursive: true, force: true });
  }
}

/** @returns path of the package */
async function packRival(folder: string): Promise<string> {
  const packagePath = path.join(folder, 'rival.vsix');
  const cwd = path.join(import.meta.dirname, 'outputRival');
  await createVSIX({
    cwd,
    packagePath,
    dependencies: false,
    allowMissingRepository: true,
    skipLicense: true,
  });
  return packagePath;
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

async function measure(demo: Demo, workbench: Workbench, appId: string): Promise<BenchRow[]> {
  const { simulator } = demo;
  await workbench.openView('Apps');
  await workbench.treeRow('Apps', /^App ticker, deployed/).inlineAction(/^Follow Logs/);
  const viewer = () => workbench.webviewFrame(async (each) => (await each.locator('modal-logs').count()) > 0);
  let frame = await viewer();
  await frame.getByText('Live').first().waitFor();
  const emit = (changes: object) => simulator.admin('POST', '/logs/emit', { appId, ...changes });
  const warm = () => emit({ linesPerSecond: 1, seconds: 1, text: 'warm' });
  const seen = (word: string) => workbench.page.evaluate<Record<string, number>>(`window.benchSeen.${word}`);

  await followInTerminal(demo, workbench, warm);
  await workbench.page.evaluate(watchText('.terminal-wrapper.active .xterm-rows', 'tick'));
  await frame.evaluate(watchRows('tick'));
  await emit({ ...ticks, text: 'tick' });
  const painted = await allPainted(frame);
  const inTerminal = after(painted, await seen('tick'));
  await workbench.runCommand('View: Close All Editors');

  // Alone, as the output channel below: the panel shows one of them at a time.
  await frame.evaluate(watchRows('tack'));
  await emit({ ...ticks, text: 'tack' });
  const alone = p95(after(await allPainted(frame)));

  await followInOutputChannel(workbench, warm);
  await workbench.page.evaluate(watchText(outputChannel, 'tock'));
  await emit({ ...ticks, text: 'tock' });
  await poll(
    async () => Object.values(await seen('tock')).filter(Boolean).length >= ticksOfRun || undefined,
    {
      what: 'lines in the output channel',
      timeoutMs: 60_000,
    },
  );
  await workbench.runCommand('Rival: Follow or Stop');
  await workbench.openView('Logs');
  frame = await viewer();
  const inOutputChannel = after(await printedRows(frame, 'tock'), await seen('tock'));

  const before = await heap(frame);
  await emit({ ...flood, text: 'INFO a line of ordinary length, as a server writes for each request' });
  await frame
    .locator('.count', { hasText: new RegExp(`^${held.toLocaleString('en')} lines`) })
    .waitFor({ timeout: 120_000 });
  const frames = await frame.evaluate<number>(scrollUp(scrollSeconds));
  const megabytes = ((await heap(frame)) - before) / 1e6;
  const plainFrames = await frame.evaluate<number>(scrollPlain(scrollSeconds));

  const ours = p95(after(painted));
  return [
    {
      what: 'line printed to painted, p95',
      unit: 'ms',
      ours,
      rival: { name: 'modal app logs -f in the terminal beside it', value: p95(inTerminal) },
      promise: '<= 150 ms',
      met: ours <= 150,
    },
    {
      what: 'the same, with nothing beside it',
      unit: 'ms',
      ours: alone,
      rival: { name: 'modal app logs -f in an output channel', value: p95(inOutputChannel) },
      promise: '<= 150 ms',
      met: alone <= 150,
    },
    {
      what: `scrolling through ${held.toLocaleString('en')} lines`,
      unit: 'frames/s',
      ours: frames,
      rival: { name: 'plain text of 5,000 lines in the same panel', value: plainFrames },
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

/** The same log by the CLI, in a terminal of the same window. */
async function followInTerminal(
  { simulator }: Demo,
  workbench: Workbench,
  warm: () => Promise<unknown>,
): Promise<void> {
  await workbench.runCommand('Terminal: Create New Terminal in Editor Area');
  const terminal = workbench.page.locator('.terminal-wrapper.active .xterm-rows');
  await terminal.waitFor();
  const modal = path.join(simulator.binDir, 'modal');
  await workbench.page.keyboard.type(
    `MODAL_CONFIG_PATH=${simulator.configPath} ${modal} app logs -f ticker\n`,
  );
  await poll(
    async () => {
      await warm();
      return (await terminal.innerText()).includes(' warm') || undefined;
    },
    { what: 'the log in the terminal', timeoutMs: 60_000 },
  );
}

const outputChannel = '.output-view .view-lines';

/** The same by the extension in `outputRival`, in the panel where ours was. */
async function followInOutputChannel(workbench: Workbench, warm: () => Promise<unknown>): Promise<void> {
  await workbench.runCommand('Rival: Follow or Stop');
  const lines = workbench.page.locator(outputChannel);
  await poll(
    async () => {
      await warm();
      return /\d{8}\swarm/.test(await lines.innerText()) || undefined;
    },
    { what: 'the log in the output channel', timeoutMs: 60_000 },
  );
}

/** The ticks that {@link watchRows} has noted. */
function allPainted(frame: Frame): Promise<readonly Painted[]> {
  return poll(
    async () => {
      const lines = await frame.evaluate<Painted[]>('window.benchPainted');
      return lines.length >= ticksOfRun ? lines : undefined;
    },
    { what: 'painted lines', timeoutMs: 60_000 },
  );
}

/** When the lines with a word were printed, from rows that were not seen until now. */
async function printedRows(frame: Frame, word: string): Promise<readonly Painted[]> {
  const filter = frame.locator('#filter');
  await filter.pressSequentially(word);
  await frame.locator('.count', { hasText: new RegExp(`(?:^|, )${ticksOfRun} of `) }).waitFor();
  await frame.evaluate(watchRows(word));
  await frame.evaluate(`${theList}.scrollTop = 0`);
  const scrolling = setInterval(
    () => void frame.evaluate(`${theList}.scrollTop += 90`).catch(() => undefined),
    100,
  );
  try {
    return await allPainted(frame);
  } finally {
    clearInterval(scrolling);
    await filter.press('Escape');
    await frame.locator('#list').press('End');
  }
}

/** Milliseconds from printed to drawn. @param seen when lines were drawn elsewhere, by number */
function after(lines: readonly Painted[], seen?: Readonly<Record<string, number>>): number[] {
  return lines.flatMap(({ number, printed, drawn }) => {
    const at = seen ? seen[number] : drawn;
    return at === undefined ? [] : [at - printed];
  });
}

function p95(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? Number.NaN;
}

/** Milliseconds of the day. */
interface Painted {
  readonly number: string;
  readonly printed: number;
  readonly drawn: number;
}

const nowOfDay = `() => {
  const date = new Date();
  return ((date.getHours() * 60 + date.getMinutes()) * 60 + date.getSeconds()) * 1000 + date.getMilliseconds();
}`;

/** Notes by its number when each line with a word stood in a drawn frame, in an element of the workbench. */
const watchText = (selector: string, word: string) => `(() => {
  const seen = ((window.benchSeen ??= {}).${word} = {});
  const now = ${nowOfDay};
  const element = document.querySelector('${selector}');
  const look = () => {
    if (!element.isConnected) return;
    const found = [...element.textContent.matchAll(/(\\d{8})\\s+${word}/g)].map(([, number]) => number);
    const fresh = found.filter((number) => !(number in seen));
    for (const number of fresh) seen[number] = 0;
    requestAnimationFrame(look);
    if (fresh.length > 0) requestAnimationFrame(() => fresh.forEach((number) => (seen[number] = now())));
  };
  look();
})()`;

/** Bytes, after a collection. */
function heap(frame: Frame): Promise<number> {
  return frame.evaluate<number>('(gc(), gc(), performance.memory.usedJSHeapSize)');
}

/** Notes of each numbered line its own time, and when it stood in a frame that was drawn. */
const watchRows = (word: string) => `(() => {
  window.benchPainted = [];
  const now = ${nowOfDay};
  const seen = new Set();
  const list = document.querySelector('modal-logs').shadowRoot.getElementById('list');
  const look = () => {
    const found = [];
    for (const row of list.querySelectorAll('.row')) {
      const [, h, m, s, number] = /(\\d\\d):(\\d\\d):(\\d\\d\\.\\d{3}).*?(\\d{8}) ${word}/s.exec(row.textContent) ?? [];
      if (number === undefined || seen.has(number)) continue;
      seen.add(number);
      found.push({ number, printed: (Number(h) * 60 + Number(m)) * 60000 + Number(s) * 1000 });
    }
    requestAnimationFrame(look); // what was found now is drawn before this is called again
    if (found.length > 0)
      requestAnimationFrame(() => window.benchPainted.push(...found.map((line) => ({ ...line, drawn: now() }))));
  };
  look();
})()`;

const theList = "document.querySelector('modal-logs').shadowRoot.getElementById('list')";

/** Frames a second while the list moves by two rows in each of them. */
const scrollUp = (seconds: number) => scroll(theList, seconds);

/** The same with text that the browser alone scrolls: what the machine can do at all. */
const scrollPlain = (seconds: number) => `(() => {
  const box = document.createElement('pre');
  box.textContent = Array.from({ length: 5000 }, (_, at) => at + ' a line of ordinary length').join('\\n');
  Object.assign(box.style, { position: 'fixed', inset: '100px 0 0 0', overflow: 'auto', margin: 0, zIndex: 9 });
  document.body.append(box);
  box.scrollTop = box.scrollHeight;
  return ${scroll('box', seconds)}.finally(() => box.remove());
})()`;

const scroll = (element: string, seconds: number) => `new Promise((resolve) => {
  const list = ${element};
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
