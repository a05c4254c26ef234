/** What a person does with earlier logs: older lines, histogram, ranges, a document, a download. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Frame } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Demo } from '../host/demo.ts';
import { startDemo } from '../host/demo.ts';
import { poll } from './kit/poll.ts';
import { themeNames } from './kit/themes.ts';
import type { Workbench } from './kit/workbench.ts';
import { openWorkbench } from './kit/workbench.ts';

const run = promisify(execFile);
const beginning = /Start of the log\. Modal keeps logs for 1 day on the Starter plan/;
const early = 2000;
const later = 300;
let demo: Demo;
let workbench: Workbench;
let frame: Frame;
let appId: string;

beforeAll(async () => {
  demo = await startDemo();
  await deploy();
  // New streams begin with what is new, so that what is older has to be loaded.
  await demo.simulator.admin('POST', '/faults', { logResume: 'live', logClockSeconds: -1500 });
  await emit({ linesPerSecond: 1000, seconds: early / 1000, text: 'early', containers: 2 });
  await logged(early);
  await demo.simulator.admin('POST', '/faults', { logClockSeconds: -600 });
  await emit({ linesPerSecond: 300, seconds: later / 300, text: 'later' });
  await logged(early + later);
  await demo.simulator.admin('POST', '/faults', { logClockSeconds: 0 });
  await python(
    'import modal\ntry:\n  modal.Function.from_name("answers", "fail").remote()\nexcept ValueError: pass',
  );
  workbench = await openWorkbench({ host: demo.host, folder: demo.workspace });
  await workbench.openView('Apps');
});
afterAll(async () => {
  await workbench?.close();
  await demo?.stop();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await workbench.shot(`failed ${task.name}`);
});

const env = () => ({ ...process.env, ...demo.env });
const emit = (changes: Readonly<Record<string, unknown>>) =>
  demo.simulator.admin('POST', '/logs/emit', { appId, ...changes });
const python = (code: string) =>
  run(demo.simulator.python, ['-c', code], { cwd: demo.workspace, env: env() });

async function deploy(): Promise<void> {
  await mkdir(path.join(demo.workspace, 'answers'), { recursive: true });
  await writeFile(
    path.join(demo.workspace, 'answers/app.py'),
    `import modal\nimport sys\n\napp = modal.App("answers")\n\n\n@app.function()\ndef fail() -> None:\n    print("to stderr", file=sys.stderr)\n    raise ValueError("no such model")\n`,
  );
  await run(path.join(demo.simulator.binDir, 'modal'), ['deploy', 'answers/app.py'], {
    cwd: demo.workspace,
    env: env(),
  });
  const { apps } = (await demo.simulator.admin('GET', '/state')) as {
    apps: { appId: string; name: string }[];
  };
  appId = apps.find(({ name }) => name === 'answers')!.appId;
}

/** Waits until the local Modal has that many lines, by its own command. */
async function logged(count: number): Promise<void> {
  const modal = path.join(demo.simulator.binDir, 'modal');
  await poll(
    async () => {
      const { stdout } = await run(modal, ['app', 'logs', 'answers', '--since', '2h', '--tail', '20000'], {
        env: env(),
        maxBuffer: 1 << 26,
      });
      return stdout.trimEnd().split('\n').length >= count || undefined;
    },
    { what: `${count} lines`, timeoutMs: 60_000 },
  );
}

const viewer = () => workbench.webviewFrame(async (each) => (await each.locator('modal-logs').count()) > 0);
const past = () => frame.locator('modal-log-earlier');
const button = (name: string | RegExp) => past().getByRole('button', { name });
const slider = () => past().getByRole('slider', { name: 'Lines over time' });
const spoken = async () => (await slider().getAttribute('aria-valuetext')) ?? '';
const list = () => frame.getByRole('grid', { name: 'Log lines' });

/** Evaluates an expression about the list's element, in the page. */
const inList = <T>(expression: string) =>
  frame.evaluate<T>(
    `((list) => ${expression})(document.querySelector('modal-logs').shadowRoot.getElementById('list'))`,
  );
const scrollTop = () => inList<number>('list.scrollTop');

/** The first row that is seen as a whole. */
const topText = () =>
  inList<string | undefined>(
    `[...list.querySelectorAll('.row')]
      .map((row) => ({ y: row.getBoundingClientRect().top - list.getBoundingClientRect().top, row }))
      .filter(({ y }) => y >= -0.5)
      .sort((a, b) => a.y - b.y)[0]?.row.textContent`,
  );

/** Walks until a bucket has lines. */
async function walkTo(key: 'ArrowLeft' | 'ArrowRight'): Promise<void> {
  for (let step = 0; step < 110 && (await spoken()).includes(': 0 lines'); step++) await slider().press(key);
}

describe('earlier logs', () => {
  it('is loaded above what is read, which stays where it is', async () => {
    await workbench.treeRow('Apps', /^App answers, deployed/).inlineAction(/^Follow Logs/);
    frame = await viewer();
    await emit({ linesPerSecond: 200, seconds: 0.5, text: 'live line' });
    await list().getByText('00000099 live line').waitFor();
    await inList('(list.scrollTop = 90)');
    const before = await poll(async () => (await topText()) || undefined, { what: 'rows' });
    await button('Load Older Lines').click();
    await poll(async () => (await scrollTop()) > 10_000 || undefined, {
      what: 'older lines',
    });
    await poll(async () => (await topText()) === before || undefined, { what: `"${before}" to stay` });
    // Each time the beginning is reached, older lines come before it, until there are none.
    await poll(
      async () => {
        // There is no way further up from the top: what is reached while a page still loads asks for nothing.
        await inList('(list.scrollTop = 60)');
        await frame.evaluate(
          'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))',
        );
        await inList('(list.scrollTop = 0)');
        return (await past().getByText(beginning).isVisible()) || undefined;
      },
      { what: 'the beginning' },
    );
    await inList('(list.scrollTop = 0)');
    await list().getByText('00000000 early').waitFor();
    await workbench.shot('110-older');
  });

  it('is shown as bars to walk through, and as a table', async () => {
    await button('Histogram').click();
    await slider().focus();
    await slider().press('End');
    await slider().press('Home');
    await poll(async () => (await spoken()).includes(': 0 lines') || undefined, {
      what: 'an empty first bucket',
    });
    await walkTo('ArrowRight');
    expect(await spoken()).toMatch(/\d\d:\d\d.* to .*: [\d,]+ lines, [\d,]+ stdout, 0 stderr, 0 system/);
    await workbench.shot('111-histogram');
    const before = await scrollTop();
    await slider().press('End');
    await walkTo('ArrowLeft');
    await slider().press('Enter');
    await poll(async () => (await scrollTop()) !== before || undefined, {
      what: 'the list to show the selected time',
    });
    await button('Show Counts as Table').click();
    await past().getByRole('columnheader', { name: 'stderr' }).waitFor();
    await button('Show Counts as Table').click();
  });

  it('opens in a range that the mouse was drawn over', async () => {
    const { mouse } = workbench.page;
    const said = past().locator('#words');
    const saying = (ask: (words: string) => boolean, what: string) =>
      poll(
        async () => {
          const words = await said.innerText();
          return ask(words) ? words : undefined;
        },
        { what },
      );
    await slider().focus();
    await slider().press('Home');
    await walkTo('ArrowRight');
    await slider().press('PageDown');
    await walkTo('ArrowRight');
    const at = Number(await slider().getAttribute('aria-valuenow'));
    const bars = Number(await slider().getAttribute('aria-valuemax')) + 1;
    const box = (await past().locator('.u-over').boundingBox())!;
    const y = box.y + box.height / 2;
    const middleOf = (bar: number) => box.x + (box.width * (bar + 0.5)) / bars;
    await mouse.move(middleOf(at - 3), y);
    await mouse.down();
    // From here on the bars stand still.
    await mouse.move(middleOf(at - 3) + 1, y);
    const first = await saying((words) => words.includes(': 0 lines'), 'the bar under the mouse');
    await mouse.move(middleOf(at), y);
    await saying((words) => !words.includes(': 0 lines'), 'the bar with lines under the mouse');
    await mouse.move(middleOf(at + 3), y);
    const last = await saying((words) => words.includes(': 0 lines') && words !== first, 'the last bar');
    await mouse.up();
    const begin = /(\d\d:\d\d) to /.exec(first)?.[1];
    const end = / to .*?(\d\d:\d\d): /.exec(last)?.[1];
    await frame.getByText(`${later} lines loaded`).waitFor();
    await button(new RegExp(`^Time Range: .*${begin}.*–.*${end}`)).waitFor();
    await list()
      .getByText(`00000${later - 1} later`)
      .waitFor();
    await button('Back to Live').click();
    await button(/^Time Range: Live/).waitFor();
  });

  it('opens in a range that is typed, after saying what cannot be read', async () => {
    await workbench.runCommand('Modal: Show Logs of a Time Range');
    await past().getByLabel('From').fill('tomorrow');
    await past().getByLabel('From').press('Enter');
    await past().getByRole('alert').getByText('This is not a time. Write it as').waitFor();
    expect(await past().getByLabel('From').getAttribute('aria-invalid')).toBe('true');
    await workbench.shot('112-range-error');
    await past().getByLabel('From').fill('-30m');
    await past().getByLabel('To').fill('-5m');
    await past().getByLabel('To').press('Enter');
    await frame.getByText('2,300 lines loaded').waitFor();
    await past().getByText('Start of the time range.').waitFor();
    expect(await frame.getByRole('button', { name: 'Follow Again' }).count()).toBe(0);
    await slider().waitFor();
    await workbench.shot('113-range');
    await button('Back to Live').click();
    await button(/^Time Range: Live/).waitFor();
  });

  it('opens as a document with folds and symbols, from the keyboard', async () => {
    await list().click({ position: { x: 5, y: 20 } });
    // That the panel has the focus is told to the editor by a message, which may come after the key.
    const tab = workbench.page.getByRole('tab', { name: /^answers \d+\.log/ });
    await poll(
      async () => {
        await workbench.page.keyboard.press('Alt+F2');
        await tab.first().waitFor({ timeout: 3000 });
        return true;
      },
      { what: 'the document' },
    );
    // Further up, two containers write in turn: nothing there is longer than a line.
    await workbench.page.keyboard.press('Control+End');
    await workbench.runCommand('Fold All');
    await workbench.page.locator('.editor-instance .inline-folded').first().waitFor();
    await workbench.page.keyboard.press('Control+Shift+O');
    await workbench.quickPick.option(/ValueError: no such model/).waitFor();
    await workbench.quickPick.cancel();
    await workbench.runCommand('Focus on Outline View');
    await workbench.page
      .getByRole('treeitem', { name: /ta-emitter/ })
      .first()
      .waitFor();
    await workbench.shot('114-document');
    await workbench.openView('Apps');
  });

  it('has links from the frames of a traceback in the document to the workspace', async () => {
    await workbench.page.getByRole('tab', { name: /^answers \d+\.log/ }).click();
    await workbench.runCommand('Unfold All');
    await workbench.page.keyboard.press('Control+Shift+O');
    await workbench.quickPick.choose(/ValueError: no such model/);
    const link = workbench.page.locator('.view-line .detected-link', { hasText: 'root/app.py' });
    await link.first().click({ modifiers: ['Control'] });
    await workbench.page.getByRole('tab', { name: /^app\.py/, selected: true }).waitFor();
    await workbench.page.getByRole('button', { name: /^Ln 10, / }).waitFor();
    await workbench.runCommand('View: Close All Editors');
  });

  it('is downloaded into a file', async () => {
    await workbench.page.getByRole('button', { name: 'Download Logs…' }).click();
    await workbench.quickPick.choose(/^Last hour/);
    await workbench.quickPick.option(/^Plain Text/).waitFor();
    await workbench.shot('115-download');
    await workbench.quickPick.choose(/^Plain Text/);
    await workbench.quickPick.waitOpen();
    await workbench.page.getByRole('button', { name: 'OK', exact: true }).click();
    const saved = await workbench.notification(/Saved 2,4\d\d lines to answers-.*\.log/).waitFor();
    await saved.close();
    const name = (await readdir(demo.workspace)).find((each) => /^answers-.*\.log$/.test(each))!;
    const text = await readFile(path.join(demo.workspace, name), 'utf8');
    expect(text.startsWith('# Modal logs: appId=')).toBe(true);
    expect(text.match(/ early$/gm)).toHaveLength(early);
    expect(text.match(/ later$/gm)).toHaveLength(later);
    expect((await readdir(demo.workspace)).filter((each) => each.endsWith('.part'))).toEqual([]);
  });

  it('can be read and used by everybody, in four themes', async () => {
    await button(/^Time Range: Live/).click();
    await slider().waitFor();
    for (const theme of themeNames) {
      await workbench.switchTheme(theme);
      frame = await viewer();
      expect(await workbench.axe(frame)).toEqual([]);
      if (theme === 'highContrastLight') await workbench.shot('116-high-contrast-light');
    }
    await past().getByLabel('From').focus();
    await workbench.page.keyboard.press('Escape');
    await past().getByLabel('From').waitFor({ state: 'detached' });
    expect(
      await frame.evaluate(`document.querySelector('modal-logs').shadowRoot
      .querySelector('modal-log-earlier').shadowRoot.activeElement?.id`),
    ).toBe('range');
  });
});
