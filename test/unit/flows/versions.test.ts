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
      'list: Roll Back App · Choose an app',
      '  (cloud) demo-app | main · deployed | Last deploy 2 hours ago',
      '  (cloud) idle | main · deployed | Last deploy 1 day ago',
      'list: Roll Back App · Choose a version',
      '  (pass-filled) v3 | live · 7h ago · 3333333 · ann | main · ann',
      '  (git-commit) v2 | 8h ago · ann | No commit',
      '  (git-commit) v1 | 9h ago · 1111111 · ann | main · ann',
      'warning: Roll back demo-app in main to v1?',
      '  From: v3 (3333333, 7 hours ago)',
      '  To: v1 (1111111, 9 hours ago)',
      '  GPU: T4 (16 GB), $0.59/h for each running container of web (price of 2026-10-04, before credits)',
      '  GPU: L4 (24 GB), $0.80/h for each running container of Chat (price of 2026-10-04, before credits)',
      '  GPU as the live version asks for it; v1 may ask for another.',
      '  2 running containers: finish what they do and are then replaced. When you stop them, their inputs run again in new containers.',
      '  [Roll Back] [Roll Back and Stop Old Containers]',
      'modal: rollback ap-1 1',
      'information: demo-app serves v1 again, as a new version.',
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
      'information: demo-app serves v1 again, as a new version. 1 old container stopped.',
    ]);
  });

  it.each([
    ['v3', 'v3 is live already.'],
    [
      'v2',
      'Modal does not allow a rollback to v2. Its image or files may be gone, or the plan keeps fewer versions. Deploy that code again instead.',
    ],
    [
      'v1',
      'Modal does not allow a rollback to v1. It is staged and was never live. Deploy that code again instead.',
    ],
  ])('refuses %s', async (version, words) => {
    account.histories.set('ap-1', [
      versionOf(3, { live: true }),
      versionOf(2, { rollbackAllowed: false }),
      versionOf(1, { rollbackAllowed: false, kind: 'staged' }),
    ]);
    const told = await did(commands.rollBack, tree.row('demo-app'), version);
    expect(told.at(-2)).toBe(`error: Roll back app: ${words}`);
  });
});

describe('rolling an app over', () => {
  it('gives it new containers', async () => {
    expect(await did(commands.rollOver, tree.row('demo-app'), 'Roll Over')).toEqual([
      'warning: Roll over demo-app in main?',
      '  New containers run the same code and read secrets anew, e.g. after a secret got a new value.',
      '  GPU: T4 (16 GB), $0.59/h for each running container of web (price of 2026-10-04, before credits)',
      '  GPU: L4 (24 GB), $0.80/h for each running container of Chat (price of 2026-10-04, before credits)',
      '  2 running containers: finish what they do and are then replaced. When you stop them, their inputs run again in new containers.',
      '  [Roll Over] [Roll Over and Stop Old Containers]',
      'modal: rollover ap-1',
      'information: demo-app has a new version of the same code.',
    ]);
    account.apps[1] = { ...account.apps[1]!, runningContainers: 0 };
    await did(commands.refresh);
    expect(await did(commands.rollOver, undefined, 'idle', undefined)).toEqual([
      'list: Roll Over App · Choose an app',
      '  (cloud) demo-app | main · deployed | Last deploy 2 hours ago',
      '  (cloud) idle | main · deployed | Last deploy 1 day ago',
      'warning: Roll over idle in main?',
      '  New containers run the same code and read secrets anew, e.g. after a secret got a new value.',
      '  GPU: none; containers are charged for CPU and memory while they run.',
      '  No container is running.',
      '  [Roll Over]',
    ]);
  });

  it('refuses what is not deployed', async () => {
    account.apps[1] = { ...account.apps[1]!, state: 'ephemeral' };
    await did(commands.refresh);
    expect((await did(commands.rollOver, undefined, 'idle')).slice(3)).toEqual([
      'error: Roll over app: idle is not deployed, so it has no other version to serve.',
      '  [Show Extension Log]',
    ]);
  });
});

describe('the history of an app', () => {
  it('lists its versions, and offers what can be done with each', async () => {
    expect(await did(commands.showHistory, tree.row('demo-app'), 'v1', 'Copy Commit Hash')).toEqual([
      'list: Versions of demo-app in main · Choose a version',
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
      '  GPU as the live version asks for it; v2 may ask for another.',
      '  2 running containers: finish what they do and are then replaced. When you stop them, their inputs run again in new containers.',
      '  [Roll Back] [Roll Back and Stop Old Containers]',
    ]);
    expect((await did(commands.showHistory, undefined, 'demo-app', 'v3', undefined)).slice(7)).toEqual([
      'list: demo-app v3 · Deployed 7 hours ago',
      '  (diff) Compare with Workspace',
      '  (git-compare) Compare with Other Version…',
      '  (copy) Copy Commit Hash',
    ]);
    expect(await did(commands.showHistory, tree.row('idle'))).toEqual([
      'error: Show deploy history: idle has no history: only deployed apps have versions.',
      '  [Show Extension Log]',
    ]);
  });
});
