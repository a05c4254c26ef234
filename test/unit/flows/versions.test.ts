/** Versions of a deployed app: its history, going back, and new containers of the same code. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commands, views } from '../../../src/contributions.ts';
import type { Started } from '../support/whole/extension.ts';
import { account, did, start } from '../support/whole/extension.ts';
import { populate, versionOf } from '../support/whole/scene.ts';
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
});
afterEach(() => window.close());

describe('rolling an app back', () => {
  it('names both versions, and serves the older one', async () => {
    expect(await did(commands.rollBack, undefined, 'demo-app', 'v1', 'Roll Back')).toEqual([
      'list: Roll Back App · Select an app',
      '  (cloud) demo-app | main · deployed | Last deploy 2 hours ago',
      '  (cloud) idle | main · deployed | Last deploy 1 day ago',
      'list: Roll Back App · Select a version',
      '  (pass-filled) v3 | live · 7h ago · 3333333 · ann | main · ann',
      '  (git-commit) v2 | 8h ago · ann | No commit',
      '  (git-commit) v1 | 9h ago · 1111111 · ann | main · ann',
      'warning: Roll back demo-app in main to v1?',
      '  From: v3 (3333333, 7 hours ago)',
      '  To: v1 (1111111, 9 hours ago)',
      '  GPU: T4 (16 GB), $0.59/h for each running container of web (price of 2026-10-04, before credits)',
      '  GPU: L4 (24 GB), $0.80/h for each running container of Chat (price of 2026-10-04, before credits)',
      '  GPU of the current version; v1 may use a different one.',
      '  2 running containers finish their inputs and are then replaced. If you stop them, those inputs run again in new containers.',
      '  [Roll Back] [Roll Back and Stop Old Containers]',
      'modal: rollback ap-1 1',
      'information: Rolled demo-app back to v1.',
    ]);
  });

  it('stops the old containers where that is wanted', async () => {
    account.containers = [{ id: 'ta-000001', appId: 'ap-1', enqueuedAt: 1, startedAt: 1 }];
    const told = await did(
      commands.rollBack,
      undefined,
      'demo-app',
      'v1',
      'Roll Back and Stop Old Containers',
    );
    expect(told.slice(-2)).toEqual([
      'modal: stopContainer ta-000001 {}',
      'information: Rolled demo-app back to v1. 1 old container stopped.',
    ]);
  });

  it.each([
    ['v3', 'v3 is already live.'],
    [
      'v2',
      "Can't roll back to v2. Its image or files may have been deleted, or your plan keeps fewer versions. Deploy that code again instead.",
    ],
    ['v1', "Can't roll back to v1. It was staged but never live. Deploy that code again instead."],
  ])('refuses %s', async (version, words) => {
    account.histories.set('ap-1', [
      versionOf(3, { live: true }),
      versionOf(2, { rollbackAllowed: false }),
      versionOf(1, { rollbackAllowed: false, kind: 'staged' }),
    ]);
    const told = await did(commands.rollBack, tree.row('demo-app'), version);
    expect(told.at(-2)).toBe(`error: Roll Back App: ${words}`);
  });
});

describe('rolling an app over', () => {
  it('gives it new containers', async () => {
    expect(await did(commands.rollOver, tree.row('demo-app'), 'Restart')).toEqual([
      'warning: Restart the containers of demo-app in main with the same version?',
      '  Starts new containers with the same code and current secrets, for example after you changed a secret.',
      '  GPU: T4 (16 GB), $0.59/h for each running container of web (price of 2026-10-04, before credits)',
      '  GPU: L4 (24 GB), $0.80/h for each running container of Chat (price of 2026-10-04, before credits)',
      '  2 running containers finish their inputs and are then replaced. If you stop them, those inputs run again in new containers.',
      '  [Restart] [Restart and Stop Old Containers]',
      'modal: rollover ap-1',
      'information: Restarted demo-app with the same code.',
    ]);
    account.apps[1] = { ...account.apps[1]!, runningContainers: 0 };
    await did(commands.refresh);
    expect(await did(commands.rollOver, undefined, 'idle', undefined)).toEqual([
      'list: Restart Containers with Same Version · Select an app',
      '  (cloud) demo-app | main · deployed | Last deploy 2 hours ago',
      '  (cloud) idle | main · deployed | Last deploy 1 day ago',
      'warning: Restart the containers of idle in main with the same version?',
      '  Starts new containers with the same code and current secrets, for example after you changed a secret.',
      '  GPU: none; containers are billed for CPU and memory while they run.',
      '  No containers are running.',
      '  [Restart]',
    ]);
  });

  it('refuses what is not deployed', async () => {
    account.apps[1] = { ...account.apps[1]!, state: 'ephemeral' };
    await did(commands.refresh);
    expect((await did(commands.rollOver, undefined, 'idle')).slice(3)).toEqual([
      "error: Restart Containers with Same Version: idle isn't deployed. Deploy it first.",
      '  [Show Extension Log]',
    ]);
  });
});

describe('the history of an app', () => {
  it('lists its versions, and offers what can be done with each', async () => {
    expect(await did(commands.showHistory, tree.row('demo-app'), 'v1', 'Copy Commit Hash')).toEqual([
      'list: Versions of demo-app in main · Select a version',
      '  (pass-filled) v3 | live · 7h ago · 3333333 · ann | main · ann',
      '  (git-commit) v2 | 8h ago · ann | No commit',
      '  (git-commit) v1 | 9h ago · 1111111 · ann | main · ann',
      'list: demo-app v1 · Deployed 9 hours ago',
      '  (diff) Compare with Workspace',
      '  (git-compare) Compare with Other Version…',
      '  (discard) Roll Back…',
      '  (copy) Copy Commit Hash',
      'copied: 1111111111111111111111111111111111111111',
      'status: $(check) Copied 1111111111111111111111111111111111111111',
    ]);
    expect(
      (await did(commands.showHistory, undefined, 'demo-app', 'v2', 'Roll Back…', undefined)).slice(7),
    ).toEqual([
      'list: demo-app v2 · Deployed 8 hours ago',
      '  (diff) Compare with Workspace',
      '  (git-compare) Compare with Other Version…',
      '  (discard) Roll Back…',
      'warning: Roll back demo-app in main to v2?',
      '  From: v3 (3333333, 7 hours ago)',
      '  To: v2 (no commit, 8 hours ago)',
      '  GPU: T4 (16 GB), $0.59/h for each running container of web (price of 2026-10-04, before credits)',
      '  GPU: L4 (24 GB), $0.80/h for each running container of Chat (price of 2026-10-04, before credits)',
      '  GPU of the current version; v2 may use a different one.',
      '  2 running containers finish their inputs and are then replaced. If you stop them, those inputs run again in new containers.',
      '  [Roll Back] [Roll Back and Stop Old Containers]',
    ]);
    expect((await did(commands.showHistory, undefined, 'demo-app', 'v3', undefined)).slice(7)).toEqual([
      'list: demo-app v3 · Deployed 7 hours ago',
      '  (diff) Compare with Workspace',
      '  (git-compare) Compare with Other Version…',
      '  (copy) Copy Commit Hash',
    ]);
    expect(await did(commands.showHistory, tree.row('idle'))).toEqual([
      'error: Show Deploy History: idle has no history. Only deployed apps have versions.',
      '  [Show Extension Log]',
    ]);
  });
});
