/** The Catalogue of bundled apps, and which code a deploy is about. */
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commands, views } from '../../../src/contributions.ts';
import { codeOf } from '../../../src/domain/target.ts';
import { ownTarget } from '../../../src/editor/ownTarget.ts';
import { appOf, endpointOf } from '../support/apps.ts';
import { catalogApp } from '../support/catalogApp.ts';
import type { Started } from '../support/whole/extension.ts';
import { account, did, editor, start } from '../support/whole/extension.ts';
import { hour, versionOf } from '../support/whole/scene.ts';
import type { OpenTree } from '../support/whole/views.ts';

vi.mock('vscode', () => import('../support/whole/editor.ts'));
vi.mock('../../../src/modal/sdk.ts', () => import('../support/whole/account.ts'));

const setting = (changes: object) => ({
  env: 'DEMO_LEN',
  title: 'Length',
  description: 'Longest answer.',
  type: 'integer',
  default: 100,
  ...changes,
});
const settings = [
  setting({ minimum: 1 }),
  setting({
    env: 'DEMO_MODE',
    title: 'Mode',
    description: 'How it works.',
    type: 'string',
    default: 'fast',
    choices: ['fast', 'slow'],
  }),
  setting({ env: 'DEMO_ON', title: 'On', description: 'Whether it does.', type: 'boolean', default: true }),
] as never;
const demo = catalogApp({ settings });
const patience = { timeout: 9000 };
let window: Started;
let tree: OpenTree;
const open = async (bundled = [demo]) => {
  window = await start({
    bundled,
    files: {
      'mine.py': 'import modal\napp = modal.App("mine")\n\n@app.function(gpu="T4")\ndef go(): pass\n',
    },
  });
  window.useCli(`echo "$* · $APP_GPU $DEMO_LEN $DEMO_MODE $DEMO_ON" > "${window.folder}/ran"`);
  tree = await window.look(views.catalogue);
};
beforeEach(() => open());
afterEach(() => window.close());

/** What the server has once the CLI has been there. */
const published = (url = 'https://me--demo.modal.run') => {
  account.apps = [appOf({ name: 'demo-app', version: 1, deployedAt: Date.now() })];
  const fn = {
    id: 'fu-1',
    tag: 'web',
    kind: 'function',
    gpus: ['A10'],
    endpoints: [endpointOf({ url })],
  } as const;
  account.details.set('ap-1', { appId: 'ap-1', functions: [fn] });
};
describe('the Catalogue', () => {
  it('has a row for each bundled app, with price, needs and samples', async () => {
    expect(tree.rows()).toEqual([
      'Demo | A10 · $1.10/h',
      '  GPU | A10 (24 GB)',
      '  Secret demo-key | created for you',
      '  First sample | POST /go',
    ]);
    published();
    (await window.look(views.apps)).show(false);
    await vi.waitUntil(() => tree.rows()[0]?.includes('deployed'), patience);
    expect(tree.rows()[0]).toMatch(/deployed/);
  });

  it('shows the source of an app', async () => {
    expect(await did(commands.showAppFiles, tree.row('Demo'))).toEqual([
      'document: /extension/modal_apps/demo/app.py',
    ]);
    expect(await did(commands.showAppFiles)).toEqual(['document: /extension/modal_apps/demo/app.py']);
  });

  it('copies an app into the folder that is open', async () => {
    window.write('extension/modal_apps/demo/README.md', '# Demo\n');
    window.write('extension/modal_apps/appkit/__init__.py', '');
    expect(await did(commands.copyToWorkspace, tree.row('Demo'), 'Copy Command')).toEqual([
      'command: markdown.showPreview file:///work/modal_apps/demo/README.md',
      'information: Demo is in /work/modal_apps/demo. Deploy it with: modal deploy modal_apps/demo/app.py',
      '  [Open Code] [Copy Command]',
      'copied: modal deploy modal_apps/demo/app.py',
    ]);
    expect(readdirSync(path.join(window.work, 'modal_apps/demo')).sort()).toEqual(['README.md', 'app.py']);
    expect(await did(commands.copyToWorkspace, tree.row('Demo'))).toEqual([
      'error: Copy into Workspace: /work/modal_apps/demo is there already. Rename or remove it to copy the app again.',
      '  [Show Extension Log]',
    ]);
    rmSync(path.join(window.work, 'modal_apps/demo'), { recursive: true });
    window.write('work/modal_apps/appkit/__init__.py', 'changed = 1\n');
    expect(await did(commands.copyToWorkspace, undefined, 'Demo', 'Open Code')).toEqual([
      'list: Copy into Workspace · Select an app',
      '  (rocket) Demo | A10 · $1.10/h | A demo app.',
      'command: markdown.showPreview file:///work/modal_apps/demo/README.md',
      'warning: Demo is in /work/modal_apps/demo. The folder appkit already exists and differs from this version, so it was left unchanged. Deploy it with: modal deploy modal_apps/demo/app.py',
      '  [Open Code] [Copy Command]',
      'document: /work/modal_apps/demo/app.py',
    ]);
  });

  it('asks for a folder where none is open, or several are', async () => {
    window.write('extension/modal_apps/demo/README.md', '# Demo\n');
    const [folder] = editor.workspace.workspaceFolders ?? [];
    editor.workspace.workspaceFolders = undefined;
    expect(await did(commands.copyToWorkspace, tree.row('Demo'), undefined)).toEqual([
      'open: Select a folder for the app · Copy to This Folder',
    ]);
    editor.workspace.workspaceFolders = [folder!, { ...folder!, name: 'other' }];
    expect(await did(commands.copyToWorkspace, tree.row('Demo'), undefined)).toEqual([
      'folder list: work, other',
    ]);
    expect(await did(commands.copyToWorkspace, undefined, undefined)).toHaveLength(2);
  });
});

describe('what is deployed', () => {
  it('is chosen in the palette, also the script in the active editor', async () => {
    expect((await did(commands.deploy, undefined, 'Demo', undefined)).slice(0, 3)).toEqual([
      'list: Deploy App · Select an app',
      '  (rocket) Demo | A10 · $1.10/h | A demo app.',
      'list: Deploy demo-app to main · Press Enter to continue, or select an item to change it',
    ]);
    expect(await did(commands.deploy, undefined, undefined)).toHaveLength(2);
    editor.edit(await editor.workspace.openTextDocument(editor.Uri.file(`${window.work}/mine.py`)));
    expect((await did(commands.deploy, undefined, 'mine.py', undefined)).slice(0, 12)).toEqual([
      'list: Deploy App · Select an app',
      '  (file-code) mine.py | active editor | Deploy this file',
      '  (rocket) Demo | A10 · $1.10/h | A demo app.',
      'list: Deploy mine to main · Press Enter to continue, or select an item to change it',
      '  (rocket) Deploy',
      '  -- Target',
      '  (layers) Environment | main',
      '  (chip) GPU of go: T4 (16 GB), $0.59/h while a container runs',
      '  (chip) Nothing is charged while no container runs.',
      '  (chip) Prices of 2026-10-04, before credits',
      '  (file-code) Script | mine.py',
      '  -- Currently deployed',
    ]);
  });

  it('is the code of the app that a button is about', async () => {
    const button = (name: string) => ownTarget(codeOf({ name, environment: 'main' }));
    expect((await did(commands.deploy, button('mine'), undefined)).slice(0, 1)).toEqual([
      'list: Deploy mine to main · Press Enter to continue, or select an item to change it',
    ]);
    expect(await did(commands.deploy, button('other'))).toEqual([
      'error: Deploy App: Neither a Python file of this workspace nor the Catalogue has the app other. Open the folder with its code, then deploy it from there.',
      '  [Show Extension Log]',
    ]);
  });

  it('names what a script would take away from what is live', async () => {
    const fn = (tag: string) =>
      ({ id: `fu-${tag}`, tag, kind: 'function', gpus: [], endpoints: [] }) as const;
    account.apps = [appOf({ name: 'mine', version: 2, deployedAt: Date.now() - hour })];
    account.details.set('ap-1', { appId: 'ap-1', functions: [fn('go'), fn('gone')] });
    account.histories.set('ap-1', [versionOf(2, { live: true })]);
    const uri = editor.Uri.file(`${window.work}/mine.py`);
    const told = await did(commands.deploy, uri, 'Deploy', 'Show Script');
    expect(told).toEqual([
      'list: Deploy mine to main · Press Enter to continue, or select an item to change it',
      '  (rocket) Deploy',
      '  -- Target',
      '  (layers) Environment | main',
      '  (chip) GPU of go: T4 (16 GB), $0.59/h while a container runs',
      '  (chip) Nothing is charged while no container runs.',
      '  (chip) Prices of 2026-10-04, before credits',
      '  (file-code) Script | mine.py',
      '  -- Removed by this deploy',
      '  (warning) Live functions are removed | Removes 1 live function that the script does not have: gone.',
      '  -- Currently deployed',
      '  (history) Version 2 | 1 hour ago',
      'warning: Deploy mine to main?',
      '  Removes 1 live function that the script does not have: gone.',
      '  GPU of go: T4 (16 GB), $0.59/h while a container runs',
      '  Nothing is charged while no container runs.',
      '  Prices of 2026-10-04, before credits',
      '  Replaces version 2, deployed 1 hour ago',
      '  [Show Script] [Deploy and Remove 1 Function]',
      'document: /work/mine.py',
    ]);
    expect(
      (await did(commands.deploy, uri, 'Deploy', undefined, undefined)).filter((line) =>
        line.startsWith('list'),
      ),
    ).toHaveLength(2);
    const deployed = await did(commands.deploy, uri, 'Deploy', 'Deploy and Remove 1 Function', undefined);
    expect(deployed.slice(-3)).toEqual([
      'command: modalGpu.logs.focus {"preserveFocus":true}',
      'information: Deployed mine to main.',
      '  [Open Dashboard]',
    ]);
    expect(readFileSync(uri.path, 'utf8')).toContain('mine');
  });
});
