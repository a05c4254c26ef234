/** A colleague, or somebody with a leaked token, deploys what no client would send; a person only looks at it. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Demo } from '../host/demo.ts';
import { startDemo } from '../host/demo.ts';
import type { Workbench } from './kit/workbench.ts';
import { openWorkbench } from './kit/workbench.ts';

const run = promisify(execFile);
const own = 'ssh-ed25519 AAAAmine me\n';
let demo: Demo;
let workbench: Workbench;
let keys: string;
/** What the deploys name as their commit, the oldest first. */
let commits: string[];

beforeAll(async () => {
  demo = await startDemo();
  keys = path.join(demo.workspace, '..', 'authorized_keys');
  await writeFile(keys, own);
  await git('init', '--quiet', '--initial-branch', 'main');
  await git('add', '.');
  await git('commit', '--quiet', '--message', 'Fix typo\n\nssh-ed25519 AAAAattacker colleague');
  commits = [`--output=${keys}`, `-O${keys}`, 'HEAD', 'HEAD^{/typo}'];
  for (const commit of commits) await deploy(commit);
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

/** By the official SDK, which reads the commit from Git and sends it without another look. */
async function deploy(commitHash: string): Promise<void> {
  const script = `
import os
import modal, modal.runner
from modal_proto import api_pb2


async def commit():
    return api_pb2.CommitInfo(vcs="git", branch="main", commit_hash=os.environ["COMMIT"], commit_timestamp=1_700_000_000)


modal.runner.get_git_commit_info = commit
modal.App("shared").deploy()
`;
  await run(demo.simulator.python, ['-c', script], {
    cwd: demo.workspace,
    env: { ...process.env, ...demo.env, COMMIT: commitHash },
  });
}

it('gives Git nothing that a version only calls its commit', async () => {
  await workbench.treeRow('Apps', /^App shared, deployed/).expand();
  await workbench.treeRow('Apps', /^Versions of shared/).expand();
  for (const [at] of commits.entries()) {
    const version = workbench.treeRow('Apps', new RegExp(`^Version ${at + 1}, `));
    await version.inlineAction('Compare Version with Workspace');
    await workbench.notification(`shared v${at + 1} has no usable commit`).waitFor();
    await workbench.clearNotifications();
  }
  expect(await readFile(keys, 'utf8')).toBe(own);
});
