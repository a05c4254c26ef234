/** From the Catalogue or a script to a deployed app: the preview, the question, the user's CLI, and what comes next. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commands, contextKeys, views } from '../../../src/contributions.ts';
import type { ManifestSecret } from '../../../src/domain/catalog.ts';
import { appOf, endpointOf } from '../support/apps.ts';
import { catalogApp } from '../support/catalogApp.ts';
import type { Started } from '../support/whole/extension.ts';
import { account, did, editor, happens, start } from '../support/whole/extension.ts';
import { committed } from '../support/whole/scene.ts';
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
const own: ManifestSecret = {
  name: 'mine',
  keys: ['TOKEN', 'OTHER'],
  generate: null,
  required: true,
  purpose: 'Opens it.',
};
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
/** What the CLI was called with. */
const ran = () => readFileSync(path.join(window.folder, 'ran'), 'utf8').replaceAll(window.folder, '').trim();
const withoutKey = (told: readonly string[]) =>
  told.map((line) => line.replace(/"APP_API_KEY":"[^"]+"/, 'the key'));

describe('the preview', () => {
  it('shows all that will be done, and deploys nothing without an answer', async () => {
    expect(await did(commands.deploy, tree.row('Demo'), undefined)).toEqual([
      'list: Deploy demo-app to main · Press Enter to continue, or select an item to change it',
      '  (rocket) Deploy | A10 (24 GB), $1.10/h while a container runs',
      '  -- Target',
      '  (layers) Environment | main',
      '  (chip) GPU | A10 (24 GB), $1.10/h while a container runs',
      '  (file-code) Script | app.py, as bundled',
      '  -- Currently deployed',
      '  (circle-outline) Not deployed',
      '  -- Secrets',
      '  (key) demo-key | will be created with a new random key | Opens it.',
      '  -- Settings',
      '  (settings) Length | 100 | Longest answer.',
      '  (settings) Mode | fast | How it works.',
      '  (settings) On | true | Whether it does.',
    ]);
    expect(
      await did(commands.deploy, tree.row('Demo'), 'Deploy', undefined, undefined).then((told) =>
        told.slice(12, -12),
      ),
    ).toEqual([
      '  (settings) Mode | fast | How it works.',
      '  (settings) On | true | Whether it does.',
      'information: Deploy demo-app to main?',
      '  GPU: A10 (24 GB), $1.10/h while a container runs (price of 2026-10-04, before credits)',
      '  You pay only while a container runs.',
      '  Secret: demo-key will be created with a new random key',
      '  Not deployed yet',
      '  [Deploy]',
      'list: Deploy demo-app to main · Press Enter to continue, or select an item to change it',
      '  (rocket) Deploy | A10 (24 GB), $1.10/h while a container runs',
    ]);
  });

  it('changes GPU, environment and settings, and says what is changed', async () => {
    account.environments = [...account.environments, { name: 'dev', isDefault: false }];
    const told = await did(
      ...([commands.deploy, tree.row('Demo')] as const),
      ...[
        'GPU',
        'L40S',
        'Environment',
        'dev',
        'Length',
        '0',
        '7',
        'Mode',
        'slow',
        'On',
        'false',
        'GPU',
        undefined,
        undefined,
      ],
    );
    expect(told.filter((line) => /^(?:list|input)|current|default|changed|At least|L40S/.test(line))).toEqual(
      [
        'list: Deploy demo-app to main · Press Enter to continue, or select an item to change it',
        'list: GPU for Demo · Select a GPU',
        '  A10 | 24 GB · $1.10/h · (current)',
        '  L40S | 48 GB · $1.95/h | faster',
        'list: Deploy demo-app to main · Press Enter to continue, or select an item to change it',
        '  (rocket) Deploy | L40S (48 GB), $1.95/h while a container runs',
        '  (chip) GPU | L40S (48 GB), $1.95/h while a container runs',
        'list: Environment for Demo · Select an environment',
        '  (layers) main | current, default',
        'list: Deploy demo-app to dev · Press Enter to continue, or select an item to change it',
        '  (rocket) Deploy | L40S (48 GB), $1.95/h while a container runs',
        '  (chip) GPU | L40S (48 GB), $1.95/h while a container runs',
        'input: Length · Longest answer. Default: 100 · "100"',
        'list: Deploy demo-app to dev · Press Enter to continue, or select an item to change it',
        '  (rocket) Deploy | L40S (48 GB), $1.95/h while a container runs',
        '  (chip) GPU | L40S (48 GB), $1.95/h while a container runs',
        '  (edit) Length | 7 · changed | Longest answer.',
        'list: Mode · How it works.',
        '  fast | current, default',
        'list: Deploy demo-app to dev · Press Enter to continue, or select an item to change it',
        '  (rocket) Deploy | L40S (48 GB), $1.95/h while a container runs',
        '  (chip) GPU | L40S (48 GB), $1.95/h while a container runs',
        '  (edit) Length | 7 · changed | Longest answer.',
        '  (edit) Mode | slow · changed | How it works.',
        'list: On · Whether it does.',
        '  true | current, default',
        'list: Deploy demo-app to dev · Press Enter to continue, or select an item to change it',
        '  (rocket) Deploy | L40S (48 GB), $1.95/h while a container runs',
        '  (chip) GPU | L40S (48 GB), $1.95/h while a container runs',
        '  (edit) Length | 7 · changed | Longest answer.',
        '  (edit) Mode | slow · changed | How it works.',
        '  (edit) On | false · changed | Whether it does.',
        'list: GPU for Demo · Select a GPU',
        '  L40S | 48 GB · $1.95/h · (current) | faster',
        'list: Deploy demo-app to dev · Press Enter to continue, or select an item to change it',
        '  (rocket) Deploy | L40S (48 GB), $1.95/h while a container runs',
        '  (chip) GPU | L40S (48 GB), $1.95/h while a container runs',
        '  (edit) Length | 7 · changed | Longest answer.',
        '  (edit) Mode | slow · changed | How it works.',
        '  (edit) On | false · changed | Whether it does.',
      ],
    );
  });

  it('compares with what is live', async () => {
    published();
    account.histories.set('ap-1', [committed(1, { live: true })]);
    account.secrets = ['demo-key'];
    expect((await did(commands.deploy, tree.row('Demo'), undefined)).slice(5, 12)).toEqual([
      '  (file-code) Script | app.py, as bundled',
      '  -- Currently deployed',
      '  (history) Version 1 | just now · commit 1111111',
      '  -- Secrets',
      '  (key) demo-key | exists | Opens it.',
      '  -- Settings',
      '  (settings) Length | 100 | Longest answer.',
    ]);
    expect(
      (await did(commands.deploy, tree.row('Demo'), 'Version 1', undefined)).filter((line) =>
        line.startsWith('list'),
      ),
    ).toHaveLength(2);
  });

  it('shows the script instead', async () => {
    expect((await did(commands.deploy, tree.row('Demo'), 'Script')).slice(-1)).toEqual([
      'document: /extension/modal_apps/demo/app.py',
    ]);
  });

  it('asks for a secret that only the user has, before anything else', async () => {
    window.close();
    await open([catalogApp({ secrets: [own] })]);
    const told = await did(commands.deploy, tree.row('Demo'), 'Create Secret', ' ', 'one', 'two', undefined);
    expect([told[1], ...told.filter((line) => /input|modal:|Enter|Use only/.test(line))]).toEqual([
      '  (key) Create Secret mine… | required before deploying',
      'list: Deploy demo-app to main · Press Enter to continue, or select an item to change it',
      'input: Create Secret mine (1 of 2) · TOKEN. Opens it. · hidden',
      '  Enter a value, or press Escape to cancel.',
      'input: Create Secret mine (2 of 2) · OTHER. Opens it. · hidden',
      'modal: createSecret mine main {"TOKEN":"one","OTHER":"two"}',
      'list: Deploy demo-app to main · Press Enter to continue, or select an item to change it',
    ]);
    expect(
      (await did(commands.deploy, tree.row('Demo'), 'mine', 'one', undefined, undefined)).join(),
    ).not.toContain('modal: createSecret');
  });

  it('asks for the names of what such a secret sets where they are not known', async () => {
    window.close();
    await open([catalogApp({ secrets: [{ ...own, keys: [] }] })]);
    const told = await did(
      commands.deploy,
      tree.row('Demo'),
      'Create Secret',
      '1x',
      'A, B',
      'one',
      'two',
      undefined,
    );
    expect(told.filter((line) => /input|modal:|Enter|Use only/.test(line))).toEqual([
      'list: Deploy demo-app to main · Press Enter to continue, or select an item to change it',
      'input: Create Secret mine · Names of the environment variables in the secret, separated by commas, for example HF_TOKEN',
      '  Use only letters, digits and underscores in names.',
      'input: Create Secret mine (1 of 2) · A. Opens it. · hidden',
      'input: Create Secret mine (2 of 2) · B. Opens it. · hidden',
      'modal: createSecret mine main {"A":"one","B":"two"}',
      'list: Deploy demo-app to main · Press Enter to continue, or select an item to change it',
    ]);
  });

  it('needs a workspace that is trusted', async () => {
    editor.workspace.isTrusted = false;
    expect(await did(commands.deploy, tree.row('Demo'))).toEqual([
      'error: Deploy App: Deploying runs Python code and requires a trusted workspace. Run "Manage Workspace Trust" to trust it.',
      '  [Show Extension Log]',
    ]);
  });
});

describe('a deploy', () => {
  const deploy = (...answers: readonly (string | undefined)[]) =>
    did(commands.deploy, tree.row('Demo'), 'Deploy', 'Deploy', ...answers);

  it('makes the secret, runs the CLI and offers what comes next', async () => {
    published();
    const told = await deploy('Copy URL');
    await vi.waitUntil(() => editor.state.contexts.get(contextKeys.deploying) === false, patience);
    expect(withoutKey(told.slice(14))).toEqual([
      'information: Deploy demo-app to main?',
      '  GPU: A10 (24 GB), $1.10/h while a container runs (price of 2026-10-04, before credits)',
      '  You pay only while a container runs.',
      '  Secret: demo-key will be created with a new random key',
      '  Replaces version 1, deployed just now',
      '  [Deploy]',
      'command: modalGpu.logs.focus {"preserveFocus":true}',
      'modal: createSecret demo-key main {the key}',
      'information: Deployed demo-app to main: https://me--demo.modal.run',
      '  [Send Sample] [Copy URL] [Open Dashboard]',
      'copied: https://me--demo.modal.run',
    ]);
    expect(ran()).toBe('deploy --env=main /extension/modal_apps/demo/app.py · A10');
    expect([...window.stored.keys()]).toEqual([expect.stringMatching(/default\/secret\/main\/demo-key$/)]);
  });

  it('keeps the choices for the next time', async () => {
    published();
    await did(commands.deploy, tree.row('Demo'), 'GPU', 'L40S', 'Length', '7', 'Deploy', 'Deploy', undefined);
    expect(ran()).toBe('deploy --env=main /extension/modal_apps/demo/app.py · L40S 7');
    const told = await did(commands.deploy, tree.row('Demo'), undefined);
    expect(told.filter((line) => /GPU|Length/.test(line))).toEqual([
      '  (chip) GPU | L40S (48 GB), $1.95/h while a container runs',
      '  (diff) GPU A10 → L40S',
      '  (edit) Length | 7 · changed | Longest answer.',
    ]);
  });

  it('sends the sample, or opens the dashboard', async () => {
    published('http://127.0.0.1:9');
    expect((await deploy('Open Dashboard')).at(-1)).toBe('opened: https://modal.com/id/ap-1');
    await deploy('Send Sample');
    await vi.waitUntil(() => editor.state.panels[0]?.last('answer/state')?.['state'] !== undefined, patience);
    expect(editor.state.panels[0]?.title).toBe('demo-app');
  });

  it('that fails says why, and is tried again or run in a terminal', async () => {
    window.useCli(
      `echo 'Traceback (most recent call last):\n  File "${window.folder}/extension/modal_apps/demo/app.py", line 2, in <module>\nValueError: no such thing' >&2; exit 1`,
    );
    const told = await deploy('Show Deploy Log');
    expect(withoutKey(told.slice(20))).toEqual([
      'command: modalGpu.logs.focus {"preserveFocus":true}',
      'modal: createSecret demo-key main {the key}',
      'error: Deploying Demo: ValueError: no such thing.',
      '  [Show Deploy Log] [Try Again] [Run in Terminal]',
      'command: modalGpu.logs.focus {"preserveFocus":true}',
    ]);
    expect(withoutKey(await deploy('Try Again', undefined)).slice(22, 25)).toEqual([
      'error: Deploying Demo: ValueError: no such thing.',
      '  [Show Deploy Log] [Try Again] [Run in Terminal]',
      'list: Deploy demo-app to main · Press Enter to continue, or select an item to change it',
    ]);
    expect((await deploy('Run in Terminal')).slice(-1)).toEqual([
      'terminal: Deploy Demo · env APP_GPU=A10 APP_NAME=demo-app /bin/modal deploy --env=main /extension/modal_apps/demo/app.py · in /extension/modal_apps/demo · MODAL_PROFILE MODAL_TOKEN_ID MODAL_TOKEN_SECRET MODAL_SERVER_URL',
    ]);
    const marks = editor.state.marks.get('modal');
    expect([...(marks?.values() ?? [])].flat()).toMatchObject([
      { source: 'modal deploy', severity: 0, range: { start: { line: 1 } } },
    ]);
    published();
    window.useCli('');
    await deploy(undefined);
    expect(marks?.size).toBe(0);
  });

  it('that is cancelled says so, by its row and by the palette', async () => {
    window.useCli('while :; do sleep 0.05; done');
    expect(await did(commands.cancelDeploy)).toEqual([
      'error: Cancel Deploy: Nothing is being deployed.',
      '  [Show Extension Log]',
    ]);
    const deployed = deploy();
    await vi.waitUntil(() => tree.rows()[0]?.includes('checking'), patience);
    expect(editor.state.contexts.get(contextKeys.deploying)).toBe(true);
    expect(
      await happens(() => editor.commands.executeCommand(commands.showDeployLog, tree.row('Demo'))),
    ).toContain('command: modalGpu.logs.focus {"preserveFocus":true}');
    const cancelled = await did(commands.cancelDeploy, tree.row('Demo'));
    expect([...cancelled, ...(await deployed)].at(-1)).toBe(
      'status: $(circle-slash) Deploy of Demo cancelled',
    );
    expect(await did(commands.showDeployLog)).toEqual([
      'command: modalGpu.logs.focus {"preserveFocus":true}',
    ]);
  });

  it('is told in a message with a Cancel while its view is hidden', async () => {
    tree.show(false);
    editor.state.cancels = true;
    window.useCli('while :; do sleep 0.05; done');
    const told = await did(commands.deploy, tree.row('Demo'), 'Deploy', 'Deploy');
    expect(told.at(-1)).toBe('status: $(circle-slash) Deploy of Demo cancelled');
    expect(editor.state.progress.filter((each) => each.startsWith('Deploying'))).toContain(
      'Deploying demo-app',
    );
  });
});
