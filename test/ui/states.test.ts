/** What the views say when something is missing: each with one next step. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Demo } from '../host/demo.ts';
import { startDemo } from '../host/demo.ts';
import type { Workbench } from './kit/workbench.ts';
import { openWorkbench } from './kit/workbench.ts';

let demo: Demo;
let workbench: Workbench;
let config: string;
let tools: string;

beforeAll(async () => {
  tools = await mkdtemp(path.join(os.tmpdir(), 'tools-'));
  // Where no modal is, and where uv puts one.
  demo = await startDemo({
    env: { PATH: `${tools}:/usr/bin:/bin`, UV_TOOL_BIN_DIR: path.join(tools, 'bin') },
  });
  config = demo.simulator.configPath;
  await rm(config);
  workbench = await openWorkbench({ host: demo.host, folder: demo.workspace });
  await workbench.openView('Apps');
});
afterAll(async () => {
  await workbench?.close();
  await demo?.stop();
  await rm(tools, { recursive: true, force: true });
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
    await workbench.page.getByText("You aren't signed in to Modal").waitFor();
    await button('Sign In').waitFor();
    await workbench.shot('20-signed-out');
  });

  it('names the line of a profile file that is not TOML', async () => {
    await writeFile(config, '[local]\ntoken_id = oops oops\n');
    await refresh();
    await workbench.page.getByText("The Modal profile file can't be read").waitFor();
    await button('Open Profile File').click();
    await workbench.page.getByRole('tab', { name: /modal\.toml/ }).waitFor();
    await workbench.shot('21-profile-broken');
  });

  it('says that the token was refused', async () => {
    await profile('as-wrong', demo.simulator.serverUrl);
    await refresh();
    await workbench.page.getByText('Modal rejected the token').waitFor();
    await workbench.shot('22-token-refused');
  });

  it('says that the server cannot be reached', async () => {
    await profile(demo.simulator.tokenSecret, 'http://127.0.0.1:9');
    await refresh();
    await workbench.page.getByText("Can't reach Modal").waitFor();
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

  it('installs it by the chosen command, in sight, and says what it found then', async () => {
    // Stands in for uv, which would fetch modal from the internet: links the real one to where uv would put it.
    const bin = path.join(tools, 'bin');
    await mkdir(bin);
    const modal = path.join(demo.simulator.binDir, 'modal');
    const uv = `#!/bin/sh\n[ "$*" = "tool install modal" ] || exit 2\necho Installed modal\nln -s ${modal} ${bin}/modal\n`;
    await writeFile(path.join(tools, 'uv'), uv, { mode: 0o755 });
    await workbench.notification('The Modal CLI was not found').press('Install Modal CLI');
    await workbench.quickPick.option(/^uv tool install modal.*recommended/).waitFor();
    await workbench.quickPick.option(/^python3 -m venv \.venv && /).waitFor();
    await workbench.shot('79-install');
    await workbench.quickPick.choose(/^uv tool install modal/);
    const found = await workbench.notification(/Using Modal CLI 1\.\d+\.\d+/).waitFor(60_000);
    expect(await found.text()).toContain(`(UV_TOOL_BIN_DIR): ${bin}/modal`);
    await workbench.page
      .getByRole('tab', { name: /Terminal/ })
      .first()
      .waitFor();
    await workbench.shot('79-installed');
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
