/** Whose account is used: the status bar, profiles and environments, signing in, and the user's CLI. */
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commands, contextKeys, views } from '../../../src/contributions.ts';
import { ModalError } from '../../../src/domain/errors.ts';
import { ownTarget } from '../../../src/editor/ownTarget.ts';
import type { Started } from '../support/whole/extension.ts';
import { account, did, editor, happens, start } from '../support/whole/extension.ts';
import type { OpenList } from '../support/whole/questions.ts';
import { populate } from '../support/whole/scene.ts';

vi.mock('vscode', () => import('../support/whole/editor.ts'));
vi.mock('../../../src/modal/sdk.ts', () => import('../support/whole/account.ts'));

const patience = { timeout: 6000 };
const profiles = `[one]
token_id = "ak-1111111111"
token_secret = "as-1"
active = true

[two]
token_id = "ak-2222222222"
token_secret = "as-2"
environment = "dev"
`;
let window: Started;
beforeEach(async () => {
  window = await start({ files: {}, profiles });
  populate();
});
afterEach(() => window.close());

interface Item {
  readonly text: string;
  readonly tooltip: { readonly value: string; readonly isTrusted: object };
  readonly command: string;
  readonly backgroundColor?: object;
  readonly accessibilityInformation: { readonly label: string };
}
const bar = () => editor.state.statusItems[0] as unknown as Item;
const told = () => [bar().text, bar().accessibilityInformation.label, bar().command];
const look = () => window.look(views.apps);

describe('the status bar', () => {
  it('names workspace and environment once they are known', async () => {
    expect(bar()).toBeUndefined();
    await look();
    await vi.waitUntil(() => bar(), patience);
    expect(told()).toEqual([
      '$(cloud) acme/main',
      'Modal workspace acme, environment main, profile one',
      'modalGpu.switchAccount',
    ]);
    expect(bar().tooltip.isTrusted).toEqual({
      enabledCommands: [commands.switchProfile, commands.switchEnvironment, commands.signIn],
    });
    window.change('modalGpu.environment', 'dev');
    await vi.waitUntil(() => bar().text.includes('dev'), patience);
    window.change('modalGpu.profile', 'two');
    await vi.waitUntil(() => bar().accessibilityInformation.label.includes('two'), patience);
  });

  it('says what is wrong', async () => {
    account.refuses.set('whoAmI', new ModalError('unauthenticated', 'The token is refused.'));
    account.refuses.set('listEnvironments', new ModalError('unauthenticated', 'The token is refused.'));
    await did(commands.refresh);
    editor.state.trees.get(views.apps)!.show();
    await vi.waitUntil(() => bar(), patience);
    expect(told()).toEqual([
      '$(warning) Modal: invalid token',
      'Modal: invalid token. The token is refused.',
      'modalGpu.switchAccount',
    ]);
  });

  it('warns of a token from two places', async () => {
    vi.stubEnv('MODAL_TOKEN_ID', 'ak-3333333333');
    await look();
    await vi.waitUntil(() => bar(), patience);
    expect(bar().backgroundColor).toMatchObject({ id: 'statusBarItem.warningBackground' });
    expect(bar().text).toContain('$(warning)');
  });
});

describe('switching', () => {
  it('offers what there is', async () => {
    await look();
    expect(
      (await did(commands.switchAccount, undefined, undefined)).map((line) =>
        line.replace(/ \| \/.*/, ' | FILE'),
      ),
    ).toEqual([
      'list: Modal · Signed in to acme',
      '  (server-environment) Switch Environment… | main',
      '  (account) Switch Profile… | one',
      '  (sign-in) Sign In to Another Account…',
      '  (file) Open Profile File | FILE',
    ]);
    expect(await did(commands.switchAccount, undefined, 'Open Profile File')).toContain(
      'document: /modal.toml',
    );
  });

  it('to another environment lists them with what they cost', async () => {
    account.environments = [
      {
        name: 'main',
        isDefault: true,
        runningContainers: 2,
        runningGpus: 1,
        spend: { usd: 1, limitUsd: 30 },
      },
      { name: 'dev', isDefault: false, runningContainers: 0 },
    ];
    expect(await did(commands.switchEnvironment, undefined, 'dev')).toEqual([
      'list: Switch Modal Environment · Select an environment to deploy to',
      '  (check) main | current · default | 2 running containers · 1 GPU · $1.00 of $30.00 this cycle',
      '  (server-environment) dev | no running container',
      '  (discard) Use Profile Default | main · current | default of the Modal workspace',
      'setting: modalGpu.environment = "dev"',
    ]);
    expect((await did(commands.switchEnvironment, undefined, 'Use Profile Default')).slice(1)).toEqual([
      '  (server-environment) main | default | 2 running containers · 1 GPU · $1.00 of $30.00 this cycle',
      '  (check) dev | current | no running container',
      '  (discard) Use Profile Default | main | default of the Modal workspace',
      'setting: modalGpu.environment = undefined',
    ]);
    expect(await did(commands.switchEnvironment, undefined, undefined)).toHaveLength(4);
  });

  it('to another profile shows whose each is', async () => {
    const known = async (list: OpenList) => {
      list.mark('two');
      await vi.waitUntil(() => !list.busy, patience);
      // New items take the place of the marked one, and the mark stays.
      expect(list.activeItems).toEqual([list.items[1]]);
      expect(list.lines()).toEqual([
        '  (check) one | current · active | workspace acme, user ann · ak-…1111',
        '  (account) two | workspace acme, user ann · ak-…2222 · environment dev',
        '  -- ',
        '  (discard) Use CLI Default | set for this workspace | MODAL_* variables first, then the active profile',
        '  (sign-in) Sign In to Another Account…',
        '  (file) Open Profile File',
      ]);
      list.take('two');
    };
    const first = await did(commands.switchProfile, undefined, known);
    expect(first).toEqual([
      'list: Switch Modal Profile · Profile for this workspace; its values override MODAL_* variables',
      '  (check) one | current · active | checking… · ak-…1111',
      '  (account) two | checking… · ak-…2222 · environment dev',
      '  -- ',
      '  (discard) Use CLI Default | set for this workspace | MODAL_* variables first, then the active profile',
      '  (sign-in) Sign In to Another Account…',
      '  (file) Open Profile File',
      'setting: modalGpu.profile = "two"',
    ]);
    const again = await did(commands.switchProfile, undefined, 'Use CLI Default');
    expect(again.at(-1)).toMatch(/^setting: modalGpu.profile/);
    expect(await did(commands.switchProfile, undefined, 'Open Profile File')).toContain(
      'document: /modal.toml',
    );
    expect((await did(commands.switchProfile, undefined, undefined)).join()).not.toContain('setting:');
  });

  it('says of a profile what could not be found out', async () => {
    account.refuses.set('whoAmI', new ModalError('unauthenticated', 'no'));
    const refused = async (list: OpenList) => {
      await vi.waitUntil(() => !list.busy, patience);
      expect(list.lines()[0]).toContain('invalid token');
    };
    await did(commands.switchProfile, undefined, refused, undefined);
    account.refuses.set('whoAmI', new ModalError('forbidden', 'no'));
    const unknown = async (list: OpenList) => {
      await vi.waitUntil(() => !list.busy, patience);
      expect(list.lines()[0]).toContain('workspace unknown: forbidden');
    };
    await did(commands.switchProfile, undefined, unknown, undefined);
  });
});

describe('the profile file', () => {
  it('is watched while the apps are looked at', async () => {
    await look();
    const before = account.asked.length;
    window.write('modal.toml', profiles.replace('ak-1111111111', 'ak-9999999999'));
    await vi.waitUntil(() => account.asked.length > before, patience);
  });

  it('is missed where there is none', async () => {
    window.close();
    window = await start({ profiles: undefined });
    vi.stubEnv('MODAL_CONFIG_PATH', `${window.folder}/none.toml`);
    expect((await did(commands.openProfileFile))[0]).toMatch(
      /^error: Open Modal Profile File: No profile file exists at \/none\.toml yet\. Sign in to create it\./,
    );
  });
});

describe('signing in', () => {
  /** What the CLI prints, and then writes. */
  const signsIn = `echo "The web browser should have opened for you to authenticate and get an API token."
echo "If it didn't, please copy this URL into your web browser manually:"
echo "https://modal.com/token-flow/tf-1"
sleep 0.3
echo "Web authentication finished successfully!"
echo "Token is connected to the acme workspace."
echo "Verifying token against http://127.0.0.1"
echo "Token verified successfully!"
echo "Token written to $MODAL_CONFIG_PATH in profile acme."`;

  const another = ownTarget({ kind: 'anotherAccount' });

  it('asks for whom a further account is', async () => {
    await look();
    window.useCli('exit 1');
    const asked = await did(commands.signIn, undefined, 'This workspace', 'not ok!', 'mine', undefined);
    expect(asked.slice(0, 6)).toEqual([
      'list: Sign In to Another Account (1/2) · Use this account for:',
      '  (folder) This workspace | Other projects and the terminal keep the active profile',
      '  (home) Everything on this machine | Becomes the active profile, also for modal in the terminal',
      'input: Sign In to Another Account (2/2) · Profile name. Leave empty to use the name of the Modal workspace. · Name of the Modal workspace',
      '  Use letters, digits, dots, dashes and underscores.',
      'error: Sign In: The CLI ended with exit code 1. Try again, or sign in in a terminal.',
    ]);
    expect(await did(commands.signIn, another, undefined)).toHaveLength(3);
    expect(await did(commands.signIn, another, 'Everything', undefined)).toHaveLength(4);
  });

  it('that fails is offered in a terminal', async () => {
    const cli = window.useCli('exit 1');
    const failed = await did(commands.signIn, undefined, 'Sign In in a Terminal');
    expect(failed.slice(-2).map((line) => line.replace(cli, 'CLI'))).toEqual([
      '  [Sign In in a Terminal] [Show Extension Log]',
      'terminal: Modal Sign-In · /bin/modal token new',
    ]);
    const before = account.asked.length;
    editor.events.terminals.fire({});
    await vi.waitUntil(() => account.asked.length > before, patience);
  });

  it('opens the page, and again where somebody has lost it', async () => {
    window.useCli(signsIn);
    const signingIn = did(commands.signIn);
    await vi.waitUntil(() => editor.state.progress.join().includes('confirm'), patience);
    expect(editor.state.progress.slice(-1)[0]).toContain('confirm in your browser');
    await editor.commands.executeCommand(commands.signIn);
    await editor.commands.executeCommand('_modalGpu.copySignInAddress');
    const done = await signingIn;
    expect(done).toEqual([
      'opened: https://modal.com/token-flow/tf-1',
      'opened: https://modal.com/token-flow/tf-1',
      'copied: https://modal.com/token-flow/tf-1',
      'status: $(check) Sign-in address copied',
      'setting: modalGpu.profile = undefined',
      'information: Signed in to acme. The token is in /modal.toml, profile acme.',
    ]);
  });

  it('is cancelled', async () => {
    editor.state.cancels = true;
    window.useCli('sleep 5');
    expect((await did(commands.signIn)).at(-1)).toBe('status: $(circle-slash) Sign-in cancelled');
  });
});

describe('the CLI', () => {
  it('is told of where it is found', async () => {
    window.useCli('');
    expect(await did(commands.installCli)).toEqual([
      'information: Using Modal CLI 1.6.4 (the setting modalGpu.cli.path): /bin/modal',
    ]);
    expect(editor.state.contexts.get(contextKeys.cliFound)).toBe(true);
  });

  it('is installed by a command that the user chooses', async () => {
    vi.stubEnv('PATH', '/usr/bin:/bin');
    window.change('modalGpu.cli.path', `${window.folder}/none`);
    const offered = await did(commands.installCli, undefined, undefined);
    expect(offered[0]).toMatch(/^list: Install the Modal CLI/);
    expect(await did(commands.installCli, undefined, 'Select Interpreter').then((all) => all.at(-1))).toBe(
      'command: workbench.action.openSettings modalGpu.cli.path',
    );
    expect(await did(commands.installCli, undefined, 'Open Modal').then((all) => all.at(-1))).toBe(
      'opened: https://modal.com/docs/guide',
    );
    const first = /\) (.*?) \|/.exec(offered[1] ?? '')?.[1] ?? '';
    editor.state.exitCode = 3;
    const failed = await did(commands.installCli, undefined, first, 'Try Another Method', undefined);
    expect(
      failed
        .filter((line) => /^(?:task|warning|list)|^ {2}\[/.test(line))
        .map((line) => line.replace(/task: .*/, 'task')),
    ).toEqual([
      'list: Install the Modal CLI · No Modal CLI found. Select how to install it; the command runs in a terminal.',
      'task',
      'warning: Installing modal failed with exit code 3. See the terminal for details.',
      '  [Try Another Method]',
      'list: Install the Modal CLI · No Modal CLI found. Select how to install it; the command runs in a terminal.',
    ]);
    editor.state.exitCode = undefined;
    expect((await did(commands.installCli, undefined, first)).at(-1)).toMatch(/^task: /);
    expect(readFileSync(`${window.folder}/modal.toml`, 'utf8')).toBe(profiles);
  });

  it('that is too old is upgraded', async () => {
    const cli = window.write('bin/modal', '#!/bin/sh\necho "modal client version: 0.5.0"\n', 0o755);
    window.change('modalGpu.cli.path', cli);
    expect((await did(commands.installCli, undefined, undefined))[0]).toMatch(
      /^list: Upgrade the Modal CLI · Modal CLI 0\.5\.0/,
    );
    expect(
      (
        await happens(
          () =>
            editor.commands.executeCommand(
              commands.deploy,
              ownTarget({ kind: 'codeOfBundled', id: 'demo', environment: 'main' }),
            ),
          undefined,
        )
      ).slice(-1),
    ).toEqual(['  [Install Modal CLI] [Show Extension Log]']);
  });
});
