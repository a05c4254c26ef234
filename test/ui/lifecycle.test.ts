/** What a person does with an app that is deployed already: look back, compare, go back, scale, look inside, stop. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Demo } from '../host/demo.ts';
import { startDemo } from '../host/demo.ts';
import { poll } from './kit/poll.ts';
import type { TreeRow } from './kit/treeRow.ts';
import type { Workbench } from './kit/workbench.ts';
import { openWorkbench } from './kit/workbench.ts';

const run = promisify(execFile);
let demo: Demo;
let workbench: Workbench;

beforeAll(async () => {
  // The terminal draws its text as elements, so that the test can read it.
  demo = await startDemo({ settings: { 'terminal.integrated.gpuAcceleration': 'off' } });
  await git('init', '--quiet', '--initial-branch', 'main');
  await deploy('one');
  await deploy('two');
  workbench = await openWorkbench({ host: demo.host, folder: demo.workspace });
  await workbench.openView('Apps');
});
afterAll(async () => {
  await workbench?.close();
  await demo?.stop();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await workbench.shot(`failed ${task.name}`);
});

const git = (...args: string[]) =>
  run('git', ['-c', 'user.name=Alice', '-c', 'user.email=alice@example.com', ...args], {
    cwd: demo.workspace,
  });

async function deploy(answer: string, commit = true): Promise<void> {
  const folder = path.join(demo.workspace, 'answers');
  await mkdir(folder, { recursive: true });
  await writeFile(
    path.join(folder, 'app.py'),
    `import modal\n\napp = modal.App("answers")\n\n\n@app.function(gpu="A10")\ndef answer() -> str:\n    return "${answer}"\n`,
  );
  if (commit) {
    await git('add', '.');
    await git('commit', '--quiet', '--message', answer);
  }
  await run(path.join(demo.simulator.binDir, 'modal'), ['deploy', 'answers/app.py'], {
    cwd: demo.workspace,
    env: { ...process.env, ...demo.env },
  });
}

const app = /^App answers, deployed/;
const row = (name: RegExp) => workbench.treeRow('Apps', name);

/** A row that is painted anew in this very moment is unknown to the editor: the command then asks for the app. */
async function compare(version: TreeRow, message: string): Promise<void> {
  await poll(
    async () => {
      await version.inlineAction('Compare Version with Workspace');
      const said = await workbench
        .notification(message)
        .waitFor(5000)
        .catch(() => undefined);
      if (!said) await workbench.page.keyboard.press('Escape');
      return said;
    },
    { what: message, timeoutMs: 30_000 },
  );
}

describe('an app that is deployed', () => {
  it('shows its versions when they are asked for', async () => {
    await row(app).expand();
    await row(/^Versions of answers/).expand();
    await row(/^Version 2, live/).waitFor();
    const old = row(/^Version 1, deployed/);
    expect(await old.spoken()).toMatch(/^Version 1, deployed .* by alice, commit [0-9a-f]{7}$/);
    expect(await old.inlineActions()).toEqual(['Compare Version with Workspace', 'Roll Back App…']);
    expect(await row(/^Version 2, live/).inlineActions()).toEqual(['Compare Version with Workspace']);
    await workbench.shot('80-versions');
  });

  it('compares a version with the workspace', async () => {
    await row(/^Version 1, deployed/).inlineAction('Compare Version with Workspace');
    await workbench.page
      .getByRole('tab', { name: /answers v1 \([0-9a-f]{7}\) ↔ Workspace · answers/ })
      .waitFor();
    await workbench.page.getByText('"one"').first().waitFor();
    await workbench.page.getByText('"two"').first().waitFor();
    await workbench.shot('81-compare');
  });

  it('compares two versions, the older on the left', async () => {
    await row(/^Version 2, live/).menu('Compare Version with Other Version…');
    await workbench.quickPick.choose(/^v1/);
    await workbench.page
      .getByRole('tab', { name: /answers v1 \([0-9a-f]{7}\) ↔ v2 \([0-9a-f]{7}\) · answers/ })
      .waitFor();
    await workbench.shot('82-compare-versions');
  });

  it('goes back after a question that names versions, GPU and price', async () => {
    await row(/^Version 1, deployed/).inlineAction('Roll Back App…');
    const text = await workbench.modalDialog.text();
    expect(text).toContain('Roll back answers in main to v1?');
    expect(text).toMatch(/From: v2 \([0-9a-f]{7}, .+\)/);
    expect(text).toMatch(/To: v1 \([0-9a-f]{7}, .+\)/);
    expect(text).toContain('A10 (24 GB), $1.10/h for each running container of answer (live price');
    await workbench.shot('83-roll-back');
    await workbench.modalDialog.press('Roll Back');
    await workbench.notification('Rolled answers back to v1').waitFor();
    expect(await (await row(/^Version 3, live/).waitFor()).text()).toContain('rollback of v1');
    await workbench.clearNotifications();
    await workbench.shot('84-rolled-back');
  });

  it('changes autoscaling after a question with the price of a day', async () => {
    await row(/^Function answer/).menu('Change Autoscaling…');
    await workbench.quickPick.option(/^Min containers: 0/).waitFor();
    await workbench.shot('85-autoscaling');
    await workbench.quickPick.choose(/^Min containers: 0/);
    await workbench.quickPick.type('1.5');
    await workbench.page.getByText('Enter a whole number, 0 or more.').waitFor();
    await workbench.quickPick.type('1');
    await workbench.quickPick.accept();
    await workbench.quickPick.choose(/^Apply/);
    const text = await workbench.modalDialog.text();
    expect(text).toContain('Change autoscaling of answer in answers (main)?');
    expect(text).toContain('1 × A10 at $1.10/h = $1.10/h, $26.40 a day');
    await workbench.shot('86-autoscaling-price');
    await workbench.modalDialog.press('Change Autoscaling');
    await row(/^Function answer, A10, min 1/).waitFor();
  });

  it('opens a shell in a container', async () => {
    await row(/^Container ta-\w+, running/).waitFor(60_000);
    await row(/^Container ta-\w+, running/).menu('Open Shell in Container');
    const terminal = workbench.page.locator('.terminal-wrapper.active .xterm-rows');
    await terminal
      .getByText(/shell ta-/)
      .first()
      .waitFor();
    // What is typed before the shell is there goes to the outer one, so the inner one is waited for.
    await terminal
      .getByText(/^(?:bash-|root@|sh-)[^ ]*[#$]\s*$/)
      .last()
      .waitFor({ timeout: 60_000 });
    await workbench.page.keyboard.type('echo in-$MODAL_TASK_ID');
    await workbench.page.keyboard.press('Enter');
    await terminal.getByText(/^in-ta-\w{22}/).waitFor();
    await workbench.shot('87-shell');
    await workbench.page.keyboard.type('exit');
    await workbench.page.keyboard.press('Enter');
  });

  it('stops a container after a question that says what happens to its inputs', async () => {
    const container = row(/^Container ta-\w+, running/);
    const id = /ta-\w+/.exec(await container.spoken())![0];
    await container.inlineAction('Stop Container…');
    expect(await workbench.modalDialog.text()).toContain('reschedules them to another container');
    await workbench.shot('88-stop-container');
    await workbench.modalDialog.press('Stop Now');
    await row(new RegExp(`^Container ${id}`)).locator.waitFor({ state: 'hidden' });
  });

  it('says when a comparison may not be exact', async () => {
    await deploy('three', false);
    await workbench.runCommand('Modal: Refresh');
    const dirty = await row(/^Version 4, live.* with uncommitted changes/).waitFor();
    expect(await dirty.text()).toMatch(/[0-9a-f]{7}\*/);
    await compare(dirty, 'v4 was deployed with uncommitted changes');
    await workbench.clearNotifications();
  });

  it('says what to do about a commit that is not here', async () => {
    await deploy('four');
    await git('reset', '--quiet', '--hard', 'HEAD~1');
    await git('reflog', 'expire', '--expire=now', '--all');
    await git('update-ref', '-d', 'ORIG_HEAD');
    await git('gc', '--quiet', '--prune=now');
    await workbench.runCommand('Modal: Refresh');
    await compare(row(/^Version 5, live/), 'Fetch it with "git fetch --all"');
    await workbench.clearNotifications();
  });

  it('says which plan a rollback needs', async () => {
    await demo.simulator.admin('POST', '/faults', { starterPlan: true });
    await row(/^Version 2, deployed/).inlineAction('Roll Back App…');
    await workbench.modalDialog.press('Roll Back');
    const refusal = workbench.notification("Rollback needs Modal's Team or Enterprise plan");
    await refusal.waitFor();
    await workbench.shot('89-plan');
    await demo.simulator.admin('DELETE', '/faults');
  });
});
