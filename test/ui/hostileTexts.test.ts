/** Words of others in the real editor: no link, no icon, no command comes of them. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Demo } from '../host/demo.ts';
import { startDemo } from '../host/demo.ts';
import { ensureHost } from '../host/install.ts';
import { iconModifier, iconName, linkPattern } from '../unit/support/editorPatterns.ts';
import type { Notification } from './kit/messages.ts';
import type { Workbench } from './kit/workbench.ts';
import { changeSettings, openWorkbench } from './kit/workbench.ts';

const run = promisify(execFile);

/** A command that anybody sees when it has run: it opens the settings. */
const link = (label: string) => `[${label}](command:workbench.action.openSettings?%22pwned%22)`;

const requests = `### Choose
GET https://example.com/{{${link('Choose the environment')}}}

### Say who
GET https://example.com/{{who}}
`;

const jobs = `import modal

app = modal.App("jobs")


@app.function()
def fails(note: str = "${link('Pick a note')} $(trash)") -> None:
    raise ValueError("${link('Fix it')} $(trash)")
`;

let demo: Demo;
let workbench: Workbench;
const file = (name: string) => path.join(demo.workspace, name);

beforeAll(async () => {
  demo = await startDemo();
  await writeFile(file('ask.http'), requests);
  await writeFile(
    file('http-client.env.json'),
    JSON.stringify({ [`${link('Use me')} $(trash)`]: { who: 'Ada' }, other: { who: 'Bob' } }),
  );
  await writeFile(file('jobs.py'), jobs);
  await commit(demo.workspace, 'https://git.example.com/me/mine.git');
  const other = path.join(demo.workspace, '../colleague');
  await mkdir(other);
  await writeFile(
    path.join(other, 'theirs.py'),
    'import modal\n\napp = modal.App("theirs")\n\n\n@app.function()\ndef f() -> None: ...\n',
  );
  await commit(other, link('Open a clone'));
  await run(path.join(demo.simulator.binDir, 'modal'), ['deploy', 'theirs.py'], {
    cwd: other,
    env: { ...process.env, ...demo.env },
  });
  workbench = await openWorkbench({ host: demo.host, folder: demo.workspace });
});
afterAll(async () => {
  await workbench?.close();
  await demo?.stop();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await workbench.shot(`failed ${task.name}`);
});

async function commit(cwd: string, remote: string): Promise<void> {
  const git = (...args: string[]) =>
    run('git', ['-c', 'user.name=Alice', '-c', 'user.email=alice@example.com', ...args], { cwd });
  await git('init', '--quiet', '--initial-branch', 'main');
  await git('remote', 'add', 'origin', remote);
  await git('add', '.');
  await git('commit', '--quiet', '--message', 'first');
}

const lens = (name: string | RegExp) =>
  workbench.page.locator('.codelens-decoration a').filter({ hasText: name });
const drawn = 'a[href], .codicon-trash';

/** Nothing in it can be pressed but its buttons, and pressing its words runs nothing. */
async function harmless(shown: Locator, words: string): Promise<void> {
  const said = shown.getByText(words, { exact: false }).first();
  await said.waitFor();
  expect(await shown.locator(drawn).count()).toBe(0);
  await said.click();
}

async function harmlessMessage({ locator }: Notification, words: string): Promise<void> {
  await harmless(locator.locator('.notification-list-item-message'), words);
  await workbench.clearNotifications();
  expect(await workbench.page.getByRole('tab', { name: /^Settings/ }).count()).toBe(0);
}

describe('the patterns that the other tests look for', () => {
  it('are those of this editor', async () => {
    const { root } = await ensureHost();
    const code = await readFile(path.join(root, 'out/vs/code/browser/workbench/workbench.js'), 'utf8');
    expect(code.includes(`/${linkPattern}/gi`)).toBe(true);
    expect(code.includes(`iconNameExpression="${iconName}"`)).toBe(true);
    expect(code.includes(`iconModifierExpression="${iconModifier}"`)).toBe(true);
    const [, iconCode] =
      /new RegExp\(`(\(\\\\\\\\\)\?[^`]{0,120})`,"g"\);function \w+\(\w+,\w+\)\{let \w+=new Array/.exec(
        code,
      ) ?? [];
    expect(
      iconCode?.replace(/\w+\.iconNameExpression/, 'N').replace(/\w+\.iconModifierExpression/, 'M'),
    ).toBe(String.raw`(\\\\)?\\$\\((${'${N}'}(?:${'${M}'})?)\\)`);
  });
});

describe('a .http file of somebody else', () => {
  it('has a variable whose name makes no link of the error', async () => {
    await workbench.openFile('ask.http');
    await lens('Send').first().click();
    const said = await workbench.notification("isn't defined").waitFor();
    await workbench.shot('170-hostile-request');
    await harmlessMessage(said, 'Choose the environment');
  });

  it('has an environment whose name is words in the list and above the request, and can be chosen', async () => {
    await lens('Select HTTP Environment…').click();
    const option = workbench.quickPick.option(/Use me/);
    await option.waitFor();
    expect(await option.locator(drawn).count()).toBe(0);
    await workbench.shot('171-hostile-environment');
    await option.click();
    const chosen = lens(/Use me/);
    await chosen.waitFor();
    expect(await chosen.locator('.codicon-trash').count()).toBe(0);
    expect(await chosen.innerText()).toContain('$');
  });
});

describe('a script of somebody else', () => {
  it('has a default that is words in the list and in the prompt of its field', async () => {
    await workbench.openFile('jobs.py');
    await lens(/^Run$/).first().click();
    const change = workbench.quickPick.option(/Enter Values/);
    await change.waitFor();
    expect(
      await workbench.quickPick
        .option(/Run with Defaults/)
        .locator(drawn)
        .count(),
    ).toBe(0);
    await change.click();
    await harmless(workbench.quickPick.widget.locator('.quick-input-message'), 'Pick a note');
    await workbench.shot('172-hostile-prompt');
    await workbench.quickPick.accept();
  });

  it('fails with an error that makes no link', async () => {
    await workbench.modalDialog.press('Run');
    const said = await workbench.notification('ValueError').waitFor(60_000);
    await workbench.shot('173-hostile-error');
    await harmlessMessage(said, 'Fix it');
  });
});

describe('a deploy of a colleague', () => {
  it('names a repository whose address makes no link', async () => {
    await workbench.openView('Apps');
    await workbench.treeRow('Apps', /^App theirs, deployed/).expand();
    await workbench.treeRow('Apps', /^Versions of theirs/).expand();
    await workbench.treeRow('Apps', /^Version 1, live/).inlineAction('Compare Version with Workspace');
    const said = await workbench
      .notification(/Commit [0-9a-f]{7} (?:belongs to|is not in)|has no commit/)
      .waitFor();
    await workbench.shot('174-hostile-repository');
    await harmlessMessage(
      said,
      await said.text().then((text) => (text.includes('Open a clone](') ? 'Open a clone' : text)),
    );
  });
});

describe('the status bar', () => {
  it('has the name of an environment as words, also in its tooltip', async () => {
    await changeSettings(demo.host, { 'modalGpu.environment': `${link('Use me')} $(trash)` });
    await workbench.open(demo.workspace);
    await workbench.openView('Apps');
    const item = workbench.page.locator('.statusbar-item').filter({ hasText: 'Use me' });
    await item.waitFor({ timeout: 60_000 });
    expect(await item.locator('.codicon-trash').count()).toBe(0);
    await item.hover();
    const tooltip = workbench.page
      .locator('.monaco-hover')
      .filter({ hasText: 'setting modalGpu.environment' });
    await tooltip.waitFor();
    await workbench.shot('175-hostile-status');
    expect(await tooltip.locator('.codicon-trash').count()).toBe(0);
    const links = await tooltip.locator('a').allInnerTexts();
    expect(links).toEqual(['Switch Profile', 'Switch Environment']);
  });
});
