/** What is read again, copied and opened by rows of the Apps view. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commands, views } from '../../../src/contributions.ts';
import { ModalError } from '../../../src/domain/errors.ts';
import { appOf } from '../support/apps.ts';
import { endpointInfoOf, sandboxOf } from '../support/running.ts';
import type { Started } from '../support/whole/extension.ts';
import { account, did, happens, start } from '../support/whole/extension.ts';
import { chat, hour, populate, web } from '../support/whole/scene.ts';
import type { OpenTree } from '../support/whole/views.ts';

vi.mock('vscode', () => import('../support/whole/editor.ts'));
vi.mock('../../../src/modal/sdk.ts', () => import('../support/whole/account.ts'));

let window: Started;
let tree: OpenTree;
beforeEach(async () => {
  window = await start();
  populate();
  tree = await window.look(views.apps);
  tree.expand('app/ap-1');
  await vi.waitFor(() => tree.row('Chat'), { timeout: 9000 });
  await happens(() => undefined);
});
afterEach(() => window.close());

describe('an app that cannot be read', () => {
  beforeEach(async () => {
    account.refuses.set('describeApp', new ModalError('timeout', 'No answer in time.'));
    account.apps.push(appOf({ id: 'ap-5', name: 'broken', createdAt: Date.now() - hour }));
    await did(commands.refresh);
    await vi.waitUntil(() => tree.rows().some((row) => row.includes('No answer')), { timeout: 9000 });
  });

  it('is read again when it is asked for', async () => {
    expect(tree.rows().filter((row) => row.includes('No answer'))).toEqual([
      "    Retry | Couldn't load functions: No answer in time.",
    ]);
    account.refuses.clear();
    account.details.set('ap-5', { appId: 'ap-5', functions: [web] });
    await did(commands.retryApp, tree.row('broken'));
    expect(tree.rows().some((row) => row.includes('No answer'))).toBe(false);
    expect(await did(commands.retryApp)).toEqual([
      'error: Retry Loading App: No apps failed to load.',
      '  [Show Extension Log]',
    ]);
  });

  it('is chosen in the palette', async () => {
    expect(await did(commands.retryApp, undefined, 'broken')).toEqual([
      'list: Retry Loading App · Select an app',
      '  broken | main | No answer in time.',
    ]);
  });
});

describe('the ID', () => {
  it.each([
    ['demo-app', 'ap-1'],
    ['web', 'fu-1'],
    ['Chat', 'fu-2'],
    ['…000001', 'ta-000001'],
    ['…sb-1', 'sb-1'],
    ['chat', 'ep-1'],
  ])('of %s is copied', async (label, id) => {
    expect(await did(commands.copyId, tree.row(label))).toEqual([
      `copied: ${id}`,
      `status: $(check) Copied ${id}`,
    ]);
  });

  it('is chosen in the palette', async () => {
    account.sandboxes.push(sandboxOf({ id: 'sb-2', name: 'agent' }));
    await did(commands.refresh);
    expect(await did(commands.copyId, undefined, 'demo-app', 'agent')).toEqual([
      'list: Copy ID · Select an app',
      '  (cloud) demo-app | main · deployed | Last deploy 2 hours ago',
      '  (cloud) idle | main · deployed | Last deploy 1 day ago',
      'list: Copy ID · Select an item to copy its ID',
      '  demo-app | app | ap-1',
      '  web | function | fu-1',
      '  Chat | server | fu-2',
      '  …000001 | container | ta-000001',
      '  …000002 | container | ta-000002',
      '  …sb-1 | sandbox | sb-1',
      '  agent | sandbox | sb-2',
      'copied: sb-2',
      'status: $(check) Copied sb-2',
    ]);
    expect((await did(commands.copyId, undefined, 'idle')).slice(-2)).toEqual([
      'copied: ap-2',
      'status: $(check) Copied ap-2',
    ]);
    expect(await did(commands.copyId, undefined, undefined)).toHaveLength(3);
  });
});

describe('the address', () => {
  it.each([
    ['endpoint', 'https://me--demo.modal.run'],
    ['port 8000', 'https://tunnel.modal.host'],
    ['Chat', 'https://me--chat.modal.run'],
    ['chat', 'https://me--chat.modal.run'],
  ])('of %s is copied and opened', async (label, url) => {
    expect(await did(commands.copyAddress, tree.row(label))).toEqual([
      `copied: ${url}`,
      `status: $(check) Copied ${url}`,
    ]);
    expect(await did(commands.openAddress, tree.row(label))).toEqual([`opened: ${url}/`]);
  });

  it('is chosen in the palette', async () => {
    expect(await did(commands.copyAddress, undefined, 'demo-app: Chat')).toEqual([
      'list: Copy Address · Select a web endpoint',
      '  (globe) demo-app: web | main | https://me--demo.modal.run',
      '  (globe) demo-app: Chat | main | https://me--chat.modal.run',
      'copied: https://me--chat.modal.run',
      'status: $(check) Copied https://me--chat.modal.run',
    ]);
    expect(await did(commands.openAddress, undefined, undefined)).toHaveLength(3);
    expect(await did(commands.copyEndpointUrl, tree.row('endpoint'))).toEqual([
      'copied: https://me--demo.modal.run',
      'status: $(check) Copied https://me--demo.modal.run',
    ]);
  });

  it('is asked for where a server has several, and missed where there is none', async () => {
    account.details.set('ap-1', {
      appId: 'ap-1',
      functions: [
        { ...chat, endpoints: [...chat.endpoints, ...web.endpoints] },
        { ...chat, id: 'fu-3', tag: 'Mute', endpoints: [] },
      ],
    });
    account.infos.set('ep-1', endpointInfoOf({ url: '' }));
    account.endpoints = [{ ...account.endpoints[0]!, stamp: '2' }];
    account.apps[0] = { ...account.apps[0]!, version: 4, deployedAt: Date.now() };
    await did(commands.refresh);
    await vi.waitFor(() => tree.row('Mute'), { timeout: 9000 });
    expect(await did(commands.copyAddress, tree.row('Chat'), 'me--demo')).toEqual([
      'list: Copy Address · Select an address',
      '  https://me--chat.modal.run',
      '  https://me--demo.modal.run',
      'copied: https://me--demo.modal.run',
      'status: $(check) Copied https://me--demo.modal.run',
    ]);
    expect(await did(commands.copyAddress, tree.row('Mute'))).toEqual([
      'error: Copy Address: Modal reports no address for Mute. Deploy it again.',
      '  [Show Extension Log]',
    ]);
    await vi.waitUntil(() => account.asked.filter((name) => name === 'endpointInfo').length > 1, {
      timeout: 9000,
    });
    await happens(() => undefined);
    expect(await did(commands.copyAddress, tree.row('chat'))).toEqual([
      'error: Copy Address: chat has no address yet. Try again when it is live.',
      '  [Show Extension Log]',
    ]);
  });

  it('is missed where nothing is deployed', async () => {
    Object.assign(account, { apps: [], containers: [], sandboxes: [], endpoints: [] });
    expect(await did(commands.copyAddress)).toEqual([
      'error: Copy Address: No web endpoints are deployed. Deploy an app first.',
      '  [Show Extension Log]',
    ]);
    expect(await did(commands.stopApp)).toEqual([
      'error: Stop App: Nothing is deployed. Deploy an app first.',
      '  [Show Extension Log]',
    ]);
    account.refuses.set('listApps', new ModalError('offline', 'No way to Modal.'));
    expect(await did(commands.copyAddress)).toEqual([
      'error: Copy Address: No way to Modal.',
      '  [Show Extension Log]',
    ]);
  });
});
