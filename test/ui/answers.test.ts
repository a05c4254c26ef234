/** Answers of every kind as a person sees them: by mouse, by keyboard, and in four themes. */
import { execFile } from 'node:child_process';
import { cp, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Frame } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Demo } from '../host/demo.ts';
import { startDemo } from '../host/demo.ts';
import { poll } from './kit/poll.ts';
import type { Workbench } from './kit/workbench.ts';
import { openWorkbench } from './kit/workbench.ts';

let demo: Demo;
let workbench: Workbench;
let panel: Frame;
let url: string;

beforeAll(async () => {
  demo = await startDemo();
  const script = path.join(demo.workspace, 'answer_kinds.py');
  await cp(path.join(import.meta.dirname, '../integration/fixtures/answer_kinds.py'), script);
  await promisify(execFile)(path.join(demo.simulator.binDir, 'modal'), ['deploy', script], {
    env: { ...process.env, ...demo.env },
  });
  workbench = await openWorkbench({ host: demo.host, folder: demo.workspace });
  await workbench.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await workbench.openView('Apps');
  await workbench.treeRow('Apps', /^App answer-kinds/).expand();
  const endpoint = workbench.treeRow('Apps', /^Web endpoint web/);
  url = `http://${(await (await endpoint.waitFor()).spoken()).split(', ')[1]}`;
  await endpoint.inlineAction('Send Test Request…');
  panel = await workbench.webviewFrame(async (frame) => (await frame.locator('modal-answer').count()) > 0);
  await workbench.runCommand('View: Toggle Primary Side Bar Visibility');
});
afterAll(async () => {
  await workbench?.close();
  await demo?.stop();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await workbench.shot(`failed ${task.name}`);
});

const answer = () => panel.locator('modal-answer');
const tab = (name: string) => answer().getByRole('tab', { name, exact: true });

async function start(route: string): Promise<void> {
  await panel.getByLabel('Path').fill(route);
  await panel.getByLabel('Path').press('Control+Enter');
}

/** Sends, and waits for the answer. The one before must be gone first, so that it is not taken for the new one. */
async function send(route: string): Promise<void> {
  const [before] = await answer().locator('.status').elementHandles();
  await start(route);
  await before?.waitForElementState('hidden');
  await answer().getByText('200 OK').waitFor();
}

describe('an answer', () => {
  it('is painted while it streams, and stays as it was when the panel was hidden', async () => {
    await start('/tokens');
    await answer().getByText('Screws hold what nails only join').waitFor();
    await answer().getByRole('option').first().waitFor();
    await workbench.shot('130-stream');
    await workbench.runCommand('File: New Untitled Text File');
    await fetch(`${url}/go`);
    await workbench.runCommand('View: Close Editor');
    panel = await workbench.webviewFrame(async (frame) => (await frame.locator('modal-answer').count()) > 0);
    await answer().getByText('both outlive the plan .').waitFor();
    await answer()
      .getByText(/^First token .+, ≈ \d+ tokens \(chunks\), ≈ [\d.]+ tokens\/s$/)
      .waitFor();
    await answer()
      .getByText(/Cost of this call: .+ × A10 at \$1\.10\/h/)
      .waitFor();
    await workbench.shot('131-streamed');
  });

  it('of a model that thinks has its reasoning apart, folded once there is an answer', async () => {
    await start('/thinks');
    const reasoning = answer().locator('details', { hasText: 'Reasoning' });
    await answer().getByText('Oak is heavy').waitFor();
    expect(await reasoning.getAttribute('open')).not.toBeNull();
    await workbench.shot('139-thinking');
    await fetch(`${url}/say`);
    await answer().getByText('Take pine : it is light , and cheap .').waitFor();
    await answer().getByText('add_to_cart {"item": "pine board", "count": 2}').waitFor();
    await answer()
      .getByText(/^First token .+, 39 tokens \(usage, 22 reasoning\), [\d.]+ tokens\/s$/)
      .waitFor();
    await answer().getByText('Oak is heavy').waitFor({ state: 'hidden' });
    await workbench.shot('139-thought');
    await reasoning.locator('summary').press('Enter');
    await answer().getByText('Oak is heavy').waitFor();
    await workbench.shot('139-unfolded');
  });

  it('that tells of an error in its stream says so, and is a failure in the history', async () => {
    await send('/breaks');
    await answer()
      .getByRole('alert')
      .filter({ hasText: /the response reports a failure: EngineCore encountered an issue/ })
      .waitFor();
    await answer().getByText('The engine was').waitFor();
    await workbench.shot('140-error-in-stream');
    await workbench.runCommand('Modal: Show Request History…');
    await workbench.quickPick.widget
      .getByText(/200 OK \(failed\)/)
      .first()
      .waitFor();
    await workbench.shot('140-error-in-history');
    await panel.page().keyboard.press('Escape');
  });

  it('keeps what came of a stream that was cut', async () => {
    await send('/cut');
    await answer()
      .getByText(/The connection was lost before the response was complete/)
      .waitFor();
    await answer().getByText('one two three').waitFor();
  });

  it('is a tree that is searched and walked by keyboard alone', async () => {
    await send('/scores');
    await tab('Summary').focus();
    await panel.page().keyboard.press('ArrowRight');
    await panel.page().keyboard.press('ArrowRight');
    await answer().getByRole('treeitem', { name: 'model "tiny"' }).waitFor();
    await answer().getByLabel('Search names and values').fill('searched');
    await answer().getByText('1 found').waitFor();
    await answer()
      .getByRole('treeitem', { name: /^nested\.text/ })
      .waitFor();
    await answer().getByLabel('Search names and values').press('Enter');
    await panel.page().keyboard.press('Enter');
    const found = answer().getByRole('treeitem', { name: /^text "searched <b>not bold<\/b>"/ });
    await found.waitFor();
    await answer().locator('[role=treeitem][aria-selected=true]', { hasText: 'searched' }).waitFor();
    await answer().getByRole('button', { name: 'Copy Path' }).click();
    await expect.poll(clipboard).toBe('$.nested.text');
    await answer().getByRole('tree').press('Control+c');
    await expect.poll(clipboard).toBe('searched <b>not bold</b>');
    await workbench.shot('132-json');
  });

  it('has a table that is sorted by its headings', async () => {
    await tab('Table').click();
    await answer().getByText('300 rows').waitFor();
    await answer().getByRole('button', { name: 'score', exact: true }).click();
    await answer()
      .getByRole('columnheader', { name: 'score' })
      .and(answer().locator('[aria-sort=ascending]'))
      .waitFor();
    const table = answer().getByRole('region', { name: 'Table scores' });
    await table.getByRole('row').nth(1).getByRole('cell', { name: '-1.0', exact: true }).waitFor();
    await workbench.shot('133-table');
  });

  it('is read as Markdown, of which nothing runs and nothing is loaded', async () => {
    await send('/markdown');
    await tab('Markdown').click();
    await answer().getByRole('heading', { name: 'Invoice 7' }).waitFor();
    await answer().getByRole('cell', { name: 'Screws' }).waitFor();
    await answer().getByText("<script>document.title = 'it ran'</script>").waitFor();
    expect(await answer().locator('img, script').count()).toBe(0);
    expect(await answer().getByRole('link', { name: 'Image: Seal' }).getAttribute('href')).toContain(
      'pictures',
    );
    await workbench.shot('134-markdown');
  });

  it('is a picture with its size', async () => {
    await send('/image');
    await answer().getByText('128 × 80 pixels').waitFor();
    await workbench.shot('135-image');
  });

  it('compares embeddings, also with those of the answer before', async () => {
    await send('/vectors');
    await tab('Vectors').click();
    await answer().getByRole('cell', { name: '768' }).first().waitFor();
    await answer()
      .getByText(/^= 0\.8/)
      .waitFor();
    await send('/vectors');
    await tab('Vectors').click();
    await answer().getByLabel('Second vector').selectOption('Previous response: data[0].embedding');
    await answer().getByText('= 1.0000').waitFor();
    await workbench.shot('136-vectors');
  });

  it('that lies about its type is shown as text', async () => {
    await send('/html');
    await answer()
      .getByText(/labeled JSON, but it is HTML or XML/)
      .waitFor();
    await answer().getByText('<html><script>').waitFor();
    await workbench.shot('137-wrong-type');
  });

  it('shows bytes as bytes, and of a large text the beginning', async () => {
    await send('/bytes');
    await answer().getByText('00000010  10 11 12').waitFor();
    await answer().getByRole('button', { name: 'Save answer' }).click();
    // The dialog takes Enter only once it has read the folder.
    await poll(
      async () => {
        const saved = await readFile(path.join(demo.workspace, 'answer.bin')).catch(() => undefined);
        if (saved?.length === 1024) return saved;
        if (await workbench.quickPick.widget.isVisible()) await workbench.quickPick.accept();
        return undefined;
      },
      { what: 'the saved answer' },
    );
    await send('/large');
    await answer().getByRole('button', { name: 'Open All' }).waitFor();
    await workbench.shot('138-large');
    await answer().getByRole('button', { name: 'Open All' }).click();
    await workbench.page.getByRole('tab', { name: /^answer 1\.txt/ }).waitFor();
    await workbench.page.locator('.view-line', { hasText: 'A line of a large answer.' }).first().waitFor();
    await workbench.runCommand('View: Close Editor');
  });

  it.each(['light', 'highContrast', 'highContrastLight', 'dark'] as const)(
    'can be read by everybody: %s',
    async (theme) => {
      await workbench.switchTheme(theme);
      for (const [route, name] of [
        ['/scores', 'JSON'],
        ['/vectors', 'Vectors'],
        ['/thinks', 'Stream'],
        ['/breaks', 'Stream'],
      ] as const) {
        await send(route);
        await tab(name).click();
        expect(await workbench.axe(panel)).toEqual([]);
      }
    },
  );
});

function clipboard(): Promise<string> {
  return workbench.page.evaluate('navigator.clipboard.readText()');
}
