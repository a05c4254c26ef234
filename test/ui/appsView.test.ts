/** The Apps view in daily use: many apps, found by typing, arranged as one likes, by mouse and by keyboard. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/root.ts';
import type { Demo } from '../host/demo.ts';
import { startDemo } from '../host/demo.ts';
import { poll } from './kit/poll.ts';
import type { TreeRow } from './kit/treeRow.ts';
import type { Workbench } from './kit/workbench.ts';
import { openWorkbench } from './kit/workbench.ts';

let demo: Demo;
let workbench: Workbench;
const refreshSeconds = 2;

beforeAll(async () => {
  demo = await startDemo({ settings: { 'modalGpu.apps.refreshSeconds': refreshSeconds } });
  await generate(5, 3);
  await modal('environment', 'create', 'dev');
  await generate(2, 1, 'dev');
  workbench = await openWorkbench({
    host: demo.host,
    folder: demo.workspace,
    // Room for the rows that are counted: the editor makes only those that can be seen.
    size: { width: 1440, height: 1400 },
  });
  await workbench.openView('Apps');
});
afterAll(async () => {
  await workbench?.close();
  await demo?.stop();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await workbench.shot(`failed ${task.name}`);
});

const generate = (count: number, functionsPerApp: number, environment = 'main') =>
  demo.simulator.admin('POST', '/apps/generate', { count, functionsPerApp, environment });
const modal = (...args: string[]) =>
  promisify(execFile)(path.join(demo.simulator.binDir, 'modal'), args, {
    env: { ...process.env, ...demo.env },
  });
const row = (name: string | RegExp) => workbench.treeRow('Apps', name);
const app = (number: number) => row(`generated-000${number}`);
const text = (wanted: string | RegExp) => workbench.page.getByText(wanted).first();
const gone = (each: TreeRow) => each.locator.waitFor({ state: 'hidden' });
const press = (key: string) => workbench.page.keyboard.press(key);
/** What a screen reader would speak now. */
const focused = () =>
  workbench.page.evaluate<string>(`(() => {
    const { activeElement } = document;
    const id = activeElement?.getAttribute('aria-activedescendant');
    const row = id ? document.getElementById(id) : activeElement;
    return row?.getAttribute('aria-label') ?? '';
  })()`);
const spoken = (wanted: RegExp) =>
  poll(async () => wanted.test(await focused()) || undefined, { what: `the focus on ${String(wanted)}` });

async function rpcs(): Promise<string[]> {
  const { calls } = (await demo.simulator.admin('GET', '/rpc-log')) as { calls: { name: string }[] };
  return calls.map(({ name }) => name);
}

async function nextRefresh(): Promise<void> {
  await demo.simulator.admin('DELETE', '/rpc-log');
  await poll(async () => (await rpcs()).includes('AppList') || undefined, { what: 'the next refresh' });
}

/** Labels of the rows from top to bottom. */
async function labels(): Promise<string[]> {
  const tree = workbench.page.getByRole('tree', { name: 'Apps', exact: true });
  return (await tree.getByRole('treeitem').locator('.label-name').allInnerTexts()).filter(Boolean);
}

describe('the Apps view', () => {
  it('shows environments with their apps, and says where deploys go', async () => {
    await app(0).waitFor();
    await row(/^Environment main, 5 apps, deploy target/).waitFor();
    await row(/^Environment dev, 2 apps$/).waitFor();
    expect(await app(0).spoken()).toMatch(
      /^App generated-0000, deployed, idle, L4 and T4, deployed just now/,
    );
    await workbench.shot('90-apps');
  });

  it('is walked through by keyboard, and Enter opens an app', async () => {
    await app(0).click();
    await press('Home');
    await spoken(/^Environment main/);
    await press('ArrowDown');
    await spoken(/^App generated-0000/);
    await press('Escape');
    await app(0).collapse();
    await press('Enter');
    await row(/^Function function_0, CPU/).waitFor();
    await press('ArrowDown');
    await spoken(/^Function function_0, CPU/);
    await press('ArrowDown');
    await spoken(/^Function function_1, T4/);
    await press('ArrowLeft');
    await spoken(/^App generated-0000/);
    await press('ArrowLeft');
    await gone(row(/^Function function_0/));
    await press('Enter');
    await workbench.shot('91-keyboard');
  });

  it('keeps selection and open rows over refreshes, grouping and filtering', async () => {
    const selected = row(/^Function function_1, T4/);
    await selected.click();
    const isSelected = () =>
      poll(async () => (await selected.locator.getAttribute('aria-selected')) === 'true' || undefined, {
        what: 'the row to be selected',
      });
    await generate(1, 1);
    await row('generated-0007').waitFor();
    await isSelected();
    await workbench.runCommand('Modal: Group Apps');
    await workbench.quickPick.choose('By state');
    await row(/^Deployed, 8 apps/).waitFor();
    await isSelected();
    await workbench.shot('92-by-state');
    await workbench.runCommand('Modal: Filter Apps');
    await workbench.quickPick.type('0005');
    await gone(selected);
    await workbench.quickPick.type('');
    await isSelected();
    await workbench.quickPick.cancel();
  });

  it('groups by GPU and sorts by the last deploy', async () => {
    await workbench.runCommand('Modal: Group Apps');
    await workbench.quickPick.choose('By GPU');
    await row(/^L4 and T4, 5 apps/).waitFor();
    await row(/^CPU only, 3 apps/).waitFor();
    await workbench.shot('93-by-gpu');
    await workbench.runCommand('Modal: Group Apps');
    await workbench.quickPick.option(/^By GPU.*current/).waitFor();
    await workbench.quickPick.choose('No grouping');
    await workbench.runCommand('Modal: Sort Apps');
    await workbench.quickPick.choose('By last deploy');
    await poll(async () => (await labels())[0] === 'generated-0007' || undefined, {
      what: 'the newest app first',
    });
    expect(await row('generated-0006').text()).toContain('dev');
    await workbench.shot('94-by-deploy');
  });

  it('narrows with each typed letter and each tick, and says so', async () => {
    await workbench.runCommand('Modal: Filter Apps');
    await workbench.quickPick.type('generated-0005');
    await gone(app(0));
    await app(5).waitFor();
    await text(/1 of 8 apps match the filter: “generated-0005”/).waitFor();
    await workbench.shot('95-filter');
    await workbench.quickPick.type('');
    await workbench.quickPick.widget.getByRole('checkbox', { name: /^T4/ }).first().click();
    await gone(app(5));
    await text(/5 of 8 apps match the filter: T4/).waitFor();
    await workbench.shot('96-filter-gpu');
    await workbench.quickPick.accept();
    await workbench.quickPick.widget.waitFor({ state: 'hidden' });
    await workbench.page.getByRole('button', { name: 'Change Filter…' }).waitFor();
  });

  it('keeps arrangement and filter when the window is loaded again', async () => {
    const apps = async () => (await labels()).filter((label) => label.startsWith('generated-'));
    const before = await apps();
    await workbench.open(demo.workspace);
    await workbench.openView('Apps');
    await text(/5 of 8 apps match the filter: T4/).waitFor();
    await poll(async () => (await apps()).length === before.length || undefined, { what: 'the rows' });
    expect(await apps()).toEqual(before);
  });

  it('says that no app matches, with the way out', async () => {
    await workbench.runCommand('Modal: Filter Apps');
    await workbench.quickPick.type('zzz');
    await text('No apps match the filter.').waitFor();
    await workbench.quickPick.cancel();
    await workbench.shot('97-filter-empty');
    await workbench.page.getByRole('button', { name: 'Clear Filter' }).last().click();
    await app(0).waitFor();
    await gone(row('No apps match'));
    expect(await labels()).toHaveLength(8);
  });

  it('offers to read an app again that could not be read', async () => {
    await demo.simulator.admin('POST', '/faults', { rpc: { AppGetLayout: { code: 13, message: 'broken' } } });
    await generate(1, 2);
    await row('generated-0008').expand();
    const retry = await row(/^Couldn't load the functions of generated-0008/).waitFor();
    expect(await retry.text()).toContain('Retry');
    await workbench.shot('98-retry');
    await demo.simulator.admin('DELETE', '/faults');
    await retry.click();
    await row(/^Function function_1, T4/)
      .locator.first()
      .waitFor();
    await gone(retry);
  });

  it('counts running containers on the icon, with GPU and price', async () => {
    const script = path.join(root, 'test/integration/fixtures/class_with_enter.py');
    await modal('deploy', script);
    const { functions } = (await demo.simulator.admin('GET', '/state')) as { functions: { urls: object }[] };
    const url = Object.values(functions.at(-1)!.urls)[0] as string;
    expect((await fetch(url)).status).toBe(200);
    await row(/^App it-class, deployed, 1 container running, A10/).waitFor();
    const icon = workbench.page.getByRole('tab', { name: /^Modal/ });
    const words = '1 container running, 1 with GPU: about $1.10/h';
    await poll(
      async () => ((await icon.first().getAttribute('aria-label')) ?? '').includes(words) || undefined,
      {
        what: 'the badge to be spoken',
      },
    );
    await row('it-class').expand();
    await row(/^Container ta-.*, running, A10/).waitFor();
    await workbench.shot('99-badge');
  });

  it('is silent while it is hidden', async () => {
    await workbench.runCommand('View: Show Explorer');
    await gone(app(0));
    await demo.simulator.admin('DELETE', '/rpc-log');
    await sleep(3 * refreshSeconds * 1000); // three refreshes that must not come
    expect(await rpcs()).toEqual([]);
    await workbench.openView('Apps');
    await nextRefresh();
  });

  it('copies the ID of what a row stands for', async () => {
    await row('it-class').menu('Copy ID');
    await text(/Copied ap-/).waitFor();
    await row(/^Container ta-/).menu('Copy ID');
    await text(/Copied ta-/).waitFor();
  });

  it('has no barrier that axe knows', async () => {
    await app(0).waitFor();
    const found = await workbench.axe('.part.sidebar .pane-body .tree-explorer-viewlet-tree-view');
    // What is spoken is longer than what is seen on purpose: "5 minutes ago" instead of "5m ago".
    expect(found.filter(({ rule }) => rule !== 'label-content-name-mismatch')).toEqual([]);
  });
});
