/** What a window says while its line to Modal is mute, or something else answers, and how it is when that is over. */
import { writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Demo } from '../host/demo.ts';
import { startDemo } from '../host/demo.ts';
import type { Relay, RelayMode } from '../integration/support/relay.ts';
import { relayTo } from '../integration/support/relay.ts';
import type { Workbench } from './kit/workbench.ts';
import { openWorkbench } from './kit/workbench.ts';

let demo: Demo;
let relay: Relay;
let workbench: Workbench;

beforeAll(async () => {
  demo = await startDemo({ simulatorEnv: { MODAL_SIMULATOR_NAMES: '127.0.0.1' } }); // also under the relay's port
  const { configPath, serverUrl, tokenId, tokenSecret } = demo.simulator;
  relay = await relayTo(serverUrl);
  const values = { active: true, server_url: relay.url, token_id: tokenId, token_secret: tokenSecret };
  const lines = Object.entries(values).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  await writeFile(configPath, ['[local]', ...lines, ''].join('\n'));
  await demo.simulator.admin('POST', '/apps/generate', { count: 3, functionsPerApp: 1 });
  workbench = await openWorkbench({ host: demo.host, folder: demo.workspace });
  await workbench.openView('Apps');
  await workbench.treeRow('Apps', 'generated-0000').waitFor();
});
afterAll(async () => {
  await workbench?.close();
  await relay?.[Symbol.asyncDispose]();
  await demo?.stop();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await workbench.shot(`failed ${task.name}`);
});

const says = (words: string) => workbench.page.getByText(words).first();

it.each<[RelayMode, string]>([
  ['mute', 'takes the connection and does not answer'],
  ['page', 'is not Modal: it may be a proxy, the sign-in page of a network, or another program.'],
])('keeps the rows and says why they are old, until the line is back: %s', async (mode, words) => {
  relay.mode = mode;
  relay.cut();
  await workbench.runCommand('Modal: Refresh');
  await says(words).waitFor({ timeout: 60_000 });
  await says('Showing data from').waitFor();
  expect(await workbench.treeRow('Apps', 'generated-0000').locator.isVisible()).toBe(true);
  await workbench.shot(`line-${mode}`);
  relay.mode = 'passes';
  // Connections that were made meanwhile are dead: it may be told of them before the line is found again.
  await says('Showing data from').waitFor({ state: 'detached', timeout: 60_000 });
  expect(await says(words).isVisible()).toBe(false);
});
