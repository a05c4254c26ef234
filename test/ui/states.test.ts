/** What the views say when something is missing: each with one next step. */
import { rm, writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Demo } from '../host/demo.ts';
import { startDemo } from '../host/demo.ts';
import type { Workbench } from './kit/workbench.ts';
import { openWorkbench } from './kit/workbench.ts';

let demo: Demo;
let workbench: Workbench;
let config: string;

beforeAll(async () => {
  demo = await startDemo({ env: { PATH: '/usr/bin:/bin' } }); // where no modal is
  config = demo.simulator.configPath;
  await rm(config);
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

const profile = (secret: string, server: string) =>
  writeFile(
    config,
    `[local]\nactive = true\nserver_url = "${server}"\ntoken_id = "${demo.simulator.tokenId}"\ntoken_secret = "${secret}"\n`,
  );
const refresh = () => workbench.runCommand('Modal: Refresh');
const button = (name: string) => workbench.page.getByRole('button', { name, exact: true }).first();

describe('the Apps view', () => {
  it('invites to sign in when there is no token', async () => {
    await workbench.page.getByText('You are not signed in to Modal').waitFor();
    await button('Sign In').waitFor();
    await workbench.shot('20-signed-out');
  });

  it('names the line of a profile file that is not TOML', async () => {
    await writeFile(config, '[local]\ntoken_id = oops oops\n');
    await refresh();
    await workbench.page.getByText('The Modal profile file cannot be read').waitFor();
    await button('Open Profile File').click();
    await workbench.page.getByRole('tab', { name: /modal\.toml/ }).waitFor();
    await workbench.shot('21-profile-broken');
  });

  it('says that the token was refused', async () => {
    await profile('as-wrong', demo.simulator.serverUrl);
    await refresh();
    await workbench.page.getByText('Modal refused the token').waitFor();
    await workbench.shot('22-token-refused');
  });

  it('says that the server cannot be reached', async () => {
    await profile(demo.simulator.tokenSecret, 'http://127.0.0.1:9');
    await refresh();
    await workbench.page.getByText('Modal cannot be reached').waitFor();
    await button('Try Again').waitFor();
    await workbench.shot('23-offline');
  });

  it('recovers by itself when all is well again', async () => {
    await profile(demo.simulator.tokenSecret, demo.simulator.serverUrl);
    await refresh();
    await workbench.page.getByText('Nothing is deployed yet.').waitFor();
  });
});

describe('deploying', () => {
  it('offers to install the CLI where there is none', async () => {
    await workbench.treeRow('Catalogue', /^F.*GPU A10/).inlineAction(/^Deploy/);
    const message = await workbench.notification('The Modal CLI was not found').waitFor();
    expect(await message.text()).toContain('pip install modal');
    await message.locator.getByRole('button', { name: 'Install Modal CLI' }).waitFor();
    await workbench.shot('24-cli-missing');
  });
});

describe('everybody', () => {
  it.each(['light', 'highContrast', 'highContrastLight', 'dark'] as const)(
    'can read the log viewer: %s',
    async (theme) => {
      await workbench.clearNotifications();
      await workbench.switchTheme(theme);
      await workbench.openView('Logs');
      const frame = await workbench.webviewFrame(
        async (each) => (await each.locator('modal-logs').count()) > 0,
      );
      await frame.getByText('No log is followed').waitFor();
      await workbench.shot(`30-theme-${theme}`);
      expect(await workbench.axe(frame)).toEqual([]);
    },
  );
});
