/** Two windows of one person on one folder: neither ends what the other does, and both know what was sent. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Demo } from '../host/demo.ts';
import { startDemo } from '../host/demo.ts';
import { poll } from './kit/poll.ts';
import type { Workbench } from './kit/workbench.ts';
import { openWorkbench } from './kit/workbench.ts';

interface State {
  readonly apps: readonly { readonly description: string; readonly state: string }[];
}

let demo: Demo;
let first: Workbench;
let second: Workbench | undefined;

beforeAll(async () => {
  demo = await startDemo();
  first = await openWorkbench({ host: demo.host, folder: demo.workspace });
  await first.openView('Catalogue');
});
afterAll(async () => {
  await first?.close();
  await demo?.stop();
});
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  await first.shot(`failed ${task.name} first`);
  await second?.shot(`failed ${task.name} second`);
});

const statesOf = async (name: string) =>
  ((await demo.simulator.admin('GET', '/state')) as State).apps
    .filter((app) => app.description === name)
    .map(({ state }) => state);

describe('a deploy that runs in one window', () => {
  it('is not ended by another window that shows the Catalogue, and neither says that it was', async () => {
    await demo.simulator.admin('POST', '/faults', { rpc: { FunctionCreate: { delaySeconds: 30 } } });
    await first.treeRow('Catalogue', /^FinBERT analyst, GPU/).inlineAction(/^Deploy/);
    await first.quickPick.option(/^Deploy, /).waitFor();
    await first.quickPick.accept();
    await first.modalDialog.press('Deploy');
    await first.treeRow('Catalogue', /uploading files|creating functions/).waitFor();
    await poll(async () => (await statesOf('finbert-analyst')).length > 0 || undefined, {
      what: 'the new app',
    });

    second = await first.openTab(demo.workspace);
    await second.openView('Catalogue');
    await second.treeRow('Catalogue', /^FinBERT analyst/).waitFor();
    await second.shot('second-window-during-a-deploy');
    await first.page.bringToFront();
    await demo.simulator.admin('DELETE', '/faults');
    await poll(async () => (await statesOf('finbert-analyst')).includes('APP_STATE_DEPLOYED') || undefined, {
      what: 'the deploy of the first window to end well',
      timeoutMs: 120_000,
    });
    for (const window of [first, second]) {
      expect(await window.notification(/interrupted|ended with/).locator.isVisible()).toBe(false);
    }
  });
});
