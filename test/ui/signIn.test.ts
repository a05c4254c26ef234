/** From the first look to the account in the status bar: signing in, who is signed in, and switching. */
import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Demo } from '../host/demo.ts';
import { startDemo } from '../host/demo.ts';
import { poll } from './kit/poll.ts';
import type { Workbench } from './kit/workbench.ts';
import { openWorkbench } from './kit/workbench.ts';

let demo: Demo;
let workbench: Workbench;
let config: string;

const secret = 'as-CANARYCANARYCANARY';

/** Makes it by the real CLI, as its owner would. */
const makeEnvironment = (name: string) =>
  promisify(execFile)(path.join(demo.simulator.binDir, 'modal'), ['environment', 'create', name], {
    env: {
      ...process.env,
      MODAL_SERVER_URL: demo.simulator.serverUrl,
      MODAL_TOKEN_ID: demo.simulator.tokenId,
      MODAL_TOKEN_SECRET: demo.simulator.tokenSecret,
    },
  });

beforeAll(async () => {
  demo = await startDemo();
  config = demo.simulator.configPath;
  await writeFile(config, `[local]\nactive = true\nserver_url = "${demo.simulator.serverUrl}"\n`);
  await demo.simulator.admin('POST', '/apps/generate', { environment: 'main', count: 2, functions: 1 });
  await makeEnvironment('dev');
  workbench = await openWorkbench({ host: demo.host, folder: demo.workspace });
  await workbench.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
});
afterAll(async () => {
  await workbench?.close();
  await demo?.stop();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await workbench.shot(`failed ${task.name}`);
});

const button = (name: string) => workbench.page.getByRole('button', { name, exact: true }).first();
const status = (text: string | RegExp) => workbench.page.locator('.statusbar-item').filter({ hasText: text });
const settings = async () =>
  JSON.parse(await readFile(path.join(demo.workspace, '.vscode/settings.json'), 'utf8')) as Record<
    string,
    string
  >;

/** Modal's page, which the editor opens in a tab of its own. */
async function pageOpenedBy(action: () => Promise<unknown>): Promise<Page> {
  const opened = workbench.page.context().waitForEvent('page');
  await action();
  return opened;
}

/** Presses the button of that page. The editor forwards the local port, so the page itself is a detour here. */
const approve = (page: Page) =>
  demo.simulator.admin('POST', `/token-flow/${page.url().split('/').at(-1) ?? ''}/approve`);

describe('somebody who is not signed in', () => {
  it('is invited, and nothing is in the status bar before a view was opened', async () => {
    expect(await status(/Modal/).count()).toBe(0);
    await workbench.openView('Apps');
    await workbench.page.getByText("You aren't signed in to Modal").waitFor();
    await status('Modal: sign in').waitFor();
    await workbench.shot('70-signed-out');
  });

  it('may cancel, which leaves things as they were', async () => {
    const page = await pageOpenedBy(() => button('Sign In').click());
    await page.close();
    const progress = await workbench.notification('confirm in your browser').waitFor();
    await workbench.shot('71-waiting');
    await progress.press('Cancel');
    await progress.gone();
    await workbench.page.getByText("You aren't signed in to Modal").waitFor();
  });

  it('gets Modal’s page, copies its address, confirms, and sees the apps', async () => {
    const page = await pageOpenedBy(() => button('Sign In').click());
    expect(page.url()).toMatch(/\/token-flow\/tf-/);
    const progress = await workbench.notification('confirm in your browser').waitFor();
    await workbench.page.bringToFront();
    const again = await pageOpenedBy(() => progress.locator.getByText('Open Again').click());
    expect(again.url()).toBe(page.url());
    await again.close();
    await workbench.page.bringToFront();
    await progress.locator.getByText('Copy Address').click();
    await status('Sign-in address copied').waitFor();
    expect(await workbench.page.evaluate('navigator.clipboard.readText()')).toBe(page.url());
    await approve(page);
    const done = await workbench.notification('Signed in to local').waitFor();
    expect(await done.text()).toBe(`Signed in to local. The token is in ${config}, profile local.`);
    await workbench.treeRow('Apps', /^App /).locator.first().waitFor();
    await status('local/main').waitFor();
    await workbench.shot('72-signed-in');
    await workbench.clearNotifications();
  });
});

describe('the status bar', () => {
  it('says in words who is signed in and where each value comes from', async () => {
    const item = status('local/main');
    expect(await item.getByRole('button').getAttribute('aria-label')).toBe(
      'Modal workspace local, environment main, profile local',
    );
    await item.hover();
    const hover = workbench.page
      .locator('.monaco-hover')
      .filter({ hasText: 'default of the Modal workspace' });
    await hover.waitFor();
    const text = await hover.innerText();
    expect(text).toContain(`active profile in ${config}`);
    expect(text).toContain(demo.simulator.serverUrl);
    expect(text).not.toContain(demo.simulator.tokenSecret);
    await workbench.shot('73-tooltip');
  });

  it('notices a second profile in the file, and opens a list', async () => {
    const before = await readFile(config, 'utf8');
    await writeFile(
      config,
      `${before}\n["other.team"]\nserver_url = "${demo.simulator.serverUrl}"\ntoken_id = "ak-OTHEROTHER99"\ntoken_secret = "${secret}"\nenvironment = "staging"\n`,
    );
    await status('local/main').click();
    await workbench.quickPick.option(/Switch Environment/).waitFor();
    await workbench.shot('74-menu');
    await workbench.quickPick.choose(/Switch Profile/);
    await workbench.quickPick.option(/local.*current/).waitFor();
    await workbench.quickPick.option(/other\.team.*invalid token/).waitFor();
    await workbench.quickPick.option(/local.*workspace local, user alice/).waitFor();
    await workbench.shot('75-profiles');
  });

  it('follows the chosen profile, and says that its token is refused', async () => {
    await workbench.quickPick.choose(/other\.team/);
    await status('Modal: invalid token').waitFor();
    expect(await settings()).toEqual({ 'modalGpu.profile': 'other.team' });
    await workbench.page.getByText('Modal rejected the token of the active profile').waitFor();
    await workbench.shot('76-token-refused');
    await workbench.runCommand('Modal: Switch Profile');
    await workbench.quickPick.choose(/Use CLI Default/);
    await status('local/main').waitFor();
    expect(await settings()).toEqual({});
  });

  it('switches the environment that deploys go to', async () => {
    await workbench.runCommand('Modal: Switch Environment');
    await workbench.quickPick.option(/main.*current · default/).waitFor();
    await workbench.quickPick.option(/Use Profile Default/).waitFor();
    await workbench.shot('77-environments');
    await workbench.quickPick.choose(/^dev/);
    await status('local/dev').waitFor();
    expect(await settings()).toEqual({ 'modalGpu.environment': 'dev' });
    await workbench.openView('Catalogue');
    await workbench.treeRow('Catalogue', /^FinBERT analyst/).inlineAction(/^Deploy/);
    await workbench.quickPick.option(/^Environment, dev/).waitFor();
    await workbench.quickPick.accept();
    expect(await workbench.modalDialog.text()).toContain('Deploy finbert-analyst to dev?');
    await workbench.modalDialog.press('Cancel');
    await workbench.quickPick.option(/^Environment, dev/).waitFor(); // the preview is there again
    await workbench.quickPick.cancel();
    await workbench.runCommand('Modal: Switch Environment');
    await workbench.quickPick.choose(/Use Profile Default/);
    await status('local/main').waitFor();
    expect(await settings()).toEqual({});
  });
});

describe('another account', () => {
  it('is signed in to under a name of its own, for this workspace only', async () => {
    await workbench.runCommand('Modal: Sign In');
    await workbench.quickPick.option(/This workspace/).waitFor();
    await workbench.shot('78-another-account');
    await workbench.quickPick.choose(/This workspace/);
    await workbench.quickPick.type('second one');
    await workbench.quickPick.widget.getByText('Use letters, digits').waitFor();
    await workbench.quickPick.type('second');
    const page = await pageOpenedBy(() => workbench.quickPick.accept());
    await approve(page);
    await workbench.notification(/profile second\.$/).waitFor();
    expect(await settings()).toEqual({ 'modalGpu.profile': 'second' });
    expect(await readFile(config, 'utf8')).toMatch(/\[local\]\s+active = true/);
    await poll(
      async () =>
        ((await status('local/main').getByRole('button').getAttribute('aria-label')) ?? '').includes(
          'profile second',
        ) || undefined,
      { what: 'the new profile in the status bar' },
    );
  });
});

it('writes no secret into any log', async () => {
  const logs = path.join(demo.host.dataDir, 'data/logs');
  const files = await readdir(logs, { recursive: true, withFileTypes: true });
  const texts = await Promise.all(
    files
      .filter((file) => file.isFile())
      .map((file) => readFile(path.join(file.parentPath, file.name), 'utf8')),
  );
  expect(texts.join('')).toContain('token new');
  for (const each of [demo.simulator.tokenSecret, secret, 'token-flow'])
    expect(texts.join('')).not.toContain(each);
});
