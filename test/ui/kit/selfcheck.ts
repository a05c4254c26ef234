/** `node test/ui/kit/selfcheck.ts`: tries every part of the kit on a sample extension. For work on the kit itself. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startHost } from '../../host/server.ts';
import type { Host } from '../../host/server.ts';
import { packSampleExtension } from './sampleExtension.ts';
import { themeNames } from './themes.ts';
import { openWorkbench } from './workbench.ts';
import type { Workbench } from './workbench.ts';

type Check = (workbench: Workbench) => Promise<void>;

const checks: Readonly<Record<string, Check>> = {
  'tree rows': async (workbench) => {
    await workbench.openView('Fruit');
    const apple = await workbench.treeRow('Fruit', 'Apple').waitFor();
    assert.equal(await apple.spoken(), 'Apple, ripe');
    await apple.expand();
    await workbench.treeRow('Fruit', 'Seed').waitFor();
    await apple.collapse();
    await workbench.treeRow('Fruit', 'Seed').locator.waitFor({ state: 'hidden' });
  },
  'inline action and notification': async (workbench) => {
    const pie = workbench.treeRow('Fruit', 'Apple Pie');
    assert.deepEqual(await pie.inlineActions(), ['Peel Fruit']);
    await pie.inlineAction('Peel Fruit');
    const peeled = await workbench.notification('Peeled').waitFor();
    assert.equal(await peeled.text(), 'Peeled Apple Pie');
    await peeled.press('Undo');
    await workbench.notification('Undone').close();
  },
  'row menu and modal dialog': async (workbench) => {
    await workbench.treeRow('Fruit', 'Apple').menu('Eat Fruit');
    assert.match(await workbench.modalDialog.text(), /Eat the fruit\?\s+It is gone afterwards\./);
    await workbench.shot('selfcheck-dialog');
    await workbench.modalDialog.press('Eat');
    await workbench.notification('Answer: Eat').close();
  },
  'palette, picker and input box': async (workbench) => {
    await workbench.runCommand('Kit: Pick Colour');
    await workbench.quickPick.choose('Green');
    await workbench.quickPick.type('dark');
    await workbench.quickPick.accept();
    await workbench.notification('Picked Green dark').waitFor();
    await workbench.clearNotifications();
    await workbench.notification('Picked').gone();
  },
  'webview and axe': async (workbench) => {
    await workbench.openView('Kit Log');
    const frame = await workbench.webviewFrame('Kit Log');
    await frame.getByRole('button', { name: 'Clear' }).click();
    const found = await workbench.axe(frame);
    assert.deepEqual(
      found.map(({ rule }) => rule),
      ['image-alt'],
      JSON.stringify(found, undefined, 1),
    );
    assert.ok(Array.isArray(await workbench.axe('.sidebar')));
  },
  'picture in each theme': async (workbench) => {
    for (const name of themeNames) {
      await workbench.switchTheme(name);
      await workbench.shot(`selfcheck-${name}`);
    }
  },
  'what is missing fails with its name': async (workbench) => {
    await assert.rejects(workbench.webviewFrame('Nothing', 500), /the webview "Nothing"/);
    await assert.rejects(workbench.treeRow('Fruit', 'Pear').waitFor(500), /Timeout/);
  },
};

const folder = await mkdtemp(path.join(os.tmpdir(), 'kit-'));
const workspace = path.join(folder, 'workspace');
let host: Host | undefined;
let workbench: Workbench | undefined;
try {
  await mkdir(workspace);
  await writeFile(path.join(workspace, 'README.md'), '# Sample\n');
  host = await startHost({ vsix: await packSampleExtension(folder) });
  workbench = await openWorkbench({ host, folder: workspace });
  for (const [name, check] of Object.entries(checks)) {
    const start = performance.now();
    await check(workbench);
    console.log(`ok ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  }
} catch (error) {
  console.error(error, workbench?.consoleLines);
  await workbench?.shot('selfcheck-failed').catch(() => undefined);
  process.exitCode = 1;
} finally {
  await workbench?.close();
  await host?.stop();
  await rm(folder, { recursive: true, force: true });
}
