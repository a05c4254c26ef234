/** The whole extension in a real editor behind a real proxy, the only one that knows where Modal is. */
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { ensurePython } from '../../scripts/python.ts';
import type { Demo } from '../host/demo.ts';
import { startDemo } from '../host/demo.ts';
import { ensureProxySupport } from '../host/proxySupport.ts';
import type { Squid } from '../host/squid.ts';
import { startSquid } from '../host/squid.ts';
import type { Workbench } from './kit/workbench.ts';
import { openWorkbench } from './kit/workbench.ts';

const modalName = 'modal.company.test';
let squid: Squid;
let demo: Demo;
let workbench: Workbench;

beforeAll(async () => {
  // The editor reaches 127.0.0.1 and localhost without a proxy, also what listens there as one.
  squid = await startSquid({
    names: [modalName],
    address: '127.0.0.2',
    user: { name: 'jo', password: 'secret-of-jo' },
  });
  const address = `http://jo:secret-of-jo@${squid.host}`;
  demo = await startDemo({
    simulatorEnv: { MODAL_SIMULATOR_NAMES: modalName },
    env: {
      HTTP_PROXY: address,
      HTTPS_PROXY: address,
      PYTHONPATH: await ensureProxySupport(await ensurePython()),
    },
  });
  const { configPath } = demo.simulator;
  const profile = await readFile(configPath, 'utf8');
  await writeFile(configPath, profile.replace('127.0.0.1', modalName));
  workbench = await openWorkbench({ host: demo.host, folder: demo.workspace });
});
afterAll(async () => {
  await workbench?.close();
  await demo?.stop();
  await squid?.[Symbol.asyncDispose]();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await workbench.shot(`failed ${task.name}`);
});

it('lists and deploys', async () => {
  await workbench.openView('Scripts');
  await workbench.treeRow('Scripts', /^Script app hello-modal/).inlineAction(/^Deploy/);
  await workbench.quickPick.option(/^Deploy/).waitFor();
  await workbench.quickPick.accept();
  await workbench.modalDialog.press('Deploy');
  await workbench.treeRow('Scripts', /^Script app hello-modal.*deployed/i).waitFor(120_000);
  await workbench.openView('Apps');
  await workbench.shot('38-behind-a-proxy');
  expect((await squid.seen()).join('\n')).toMatch(new RegExp(`CONNECT ${modalName}:\\d+ 200`));
});
