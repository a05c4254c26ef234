/** Outdated Modal code is marked while it is read, and fixed by the editor's own means. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Demo } from '../host/demo.ts';
import { startDemo } from '../host/demo.ts';
import { poll } from './kit/poll.ts';
import type { Workbench } from './kit/workbench.ts';
import { openWorkbench } from './kit/workbench.ts';

const old = `import modal
from modal import gpu

stub = modal.Stub("old")


@stub.function(gpu=gpu.A100(size="80GB"), keep_warm=1, mounts=[])
@modal.web_endpoint(method="POST")
def answer(text: str) -> str:
    return text
`;

const mended = `import modal

stub = modal.App("old")


@stub.function(gpu="A100-80GB", min_containers=1, mounts=[])
@modal.fastapi_endpoint(method="POST")
def answer(text: str) -> str:
    return text
`;

let demo: Demo;
let workbench: Workbench;
const file = (name: string) => path.join(demo.workspace, name);

beforeAll(async () => {
  demo = await startDemo();
  await writeFile(file('old.py'), old);
  await writeFile(file('other.py'), old.replace('"old"', '"other"'));
  workbench = await openWorkbench({ host: demo.host, folder: demo.workspace });
});
afterAll(async () => {
  await workbench?.close();
  await demo?.stop();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await workbench.shot(`failed ${task.name}`);
});

const errors = () => workbench.page.locator('.monaco-editor .squiggly-error').count();

describe('outdated Modal code', () => {
  it('is marked, with what the release does with it and what to write', async () => {
    await workbench.openFile('old.py');
    await poll(async () => ((await errors()) >= 5 ? true : undefined), { what: 'marks in the file' });
    await workbench.runCommand('Problems: Focus on Problems View');
    const problems = workbench.page.locator('.markers-panel');
    await problems
      .getByText('modal.Stub fails with modal 1.6.4 (since 1.0.0). It is called modal.App now.')
      .waitFor();
    await problems.getByText(/^mounts= fails with modal 1\.6\.4/).waitFor();
    await workbench.shot('90-doctor-marks');
  });

  it('is fixed in one file by one action, but for what needs a person', async () => {
    await workbench.openFile('old.py');
    await workbench.page.locator('.monaco-editor .view-line', { hasText: 'modal.Stub' }).click();
    await workbench.page.keyboard.press('Control+.');
    await workbench.page.getByText('Fix all outdated Modal code in this file').click();
    await workbench.runCommand('File: Save');
    await poll(async () => ((await readFile(file('old.py'), 'utf8')) === mended ? true : undefined), {
      what: 'the fixed file',
    });
    await poll(async () => ((await errors()) === 1 ? true : undefined), { what: 'the mark that stays' });
  });

  it('is fixed in the whole workspace only after a preview', async () => {
    await workbench.runCommand('Modal: Fix Outdated Modal Code in Workspace…');
    const row = workbench.page.locator('.part.panel .monaco-list-row', { hasText: 'other.py' }).first();
    await row.waitFor({ timeout: 60_000 });
    await workbench.shot('91-doctor-preview');
    expect(await readFile(file('other.py'), 'utf8')).toContain('modal.Stub');
  });
});
