/** Outdated Modal code is marked while it is read, and fixed by the editor's own means. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Demo } from '../host/demo.ts';
import { startDemo } from '../host/demo.ts';
import { plainEnvironment } from '../host/environment.ts';
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

const half = `import modal
from modal import Cron as C

app = modal.App("half")
settings = modal.Secret.from_name("")


@app.function(schedule=C("0 9 * * 1-5"), gpu="")
def nightly():
    pass
`;

let demo: Demo;
let workbench: Workbench;
const file = (name: string) => path.join(demo.workspace, name);

beforeAll(async () => {
  demo = await startDemo();
  await writeFile(file('old.py'), old);
  await writeFile(file('half.py'), half);
  for (const name of ['other', 'third'])
    await writeFile(file(`${name}.py`), old.replace('"old"', `"${name}"`));
  workbench = await openWorkbench({ host: demo.host, folder: demo.workspace });
});
afterAll(async () => {
  await workbench?.close();
  await demo?.stop();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await workbench.shot(`failed ${task.name}`);
});

const isMended = (name: string) =>
  poll(
    async () =>
      (await readFile(file(`${name}.py`), 'utf8')) === mended.replace('"old"', `"${name}"`)
        ? true
        : undefined,
    { what: `the fixes in ${name}.py` },
  );
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

  it('is fixed in the whole workspace where the user chooses it, in the editor’s own preview', async () => {
    await workbench.runCommand('Modal: Fix Outdated Modal Code in Workspace…');
    const question = workbench.page.locator('.monaco-dialog-box');
    await question.getByText('Fix outdated Modal code in 2 files (10 changes)?').waitFor({ timeout: 60_000 });
    await workbench.shot('91-doctor-question');
    await question.getByRole('button', { name: 'Choose…' }).click();
    const row = workbench.page.locator('.part.panel .monaco-list-row', { hasText: 'third.py' }).first();
    await row.waitFor({ timeout: 60_000 });
    await row.locator('input[type=checkbox], .monaco-checkbox').first().click();
    await workbench.shot('91-doctor-preview');
    expect(await readFile(file('third.py'), 'utf8')).toContain('modal.Stub');
    await workbench.page.locator('.bulk-edit-panel .monaco-button', { hasText: 'Apply' }).click();
    await isMended('third');
    expect(await readFile(file('other.py'), 'utf8')).toContain('modal.Stub');
  });

  it('is fixed in the whole workspace by one answer', async () => {
    await workbench.runCommand('Modal: Fix Outdated Modal Code in Workspace…');
    const question = workbench.page.locator('.monaco-dialog-box');
    await question.getByText('Fix outdated Modal code in 1 file (5 changes)?').waitFor({ timeout: 60_000 });
    await question.getByRole('button', { name: 'Fix All' }).click();
    await isMended('other');
  });
});

describe('help while Modal code is written', () => {
  const line = (words: string) =>
    workbench.page.locator('.monaco-editor .view-line', { hasText: words }).first();
  const suggestions = () => workbench.page.locator('.suggest-widget .monaco-list-row');

  /** Types between the quotes at the end of a line. @param left keys from there */
  const typeIn = async (words: string, left: number, typed: string) => {
    await line(words).click();
    await workbench.page.keyboard.press('End');
    for (let at = 0; at < left; at++) await workbench.page.keyboard.press('ArrowLeft');
    await workbench.page.keyboard.type(typed);
  };

  it('offers GPUs with memory and price, and behind a colon how many', async () => {
    await workbench.openFile('half.py');
    await typeIn('@app.function', 2, 'H');
    await workbench.page.keyboard.press('Control+Space');
    const h100 = suggestions().filter({ hasText: /^H10080 GB · \$3\.95\/h/ });
    await h100.waitFor({ timeout: 30_000 });
    await workbench.shot('92-doctor-gpus');
    await workbench.page.keyboard.type('100:');
    await suggestions().filter({ hasText: '8 × 80 GB · $31.60/h' }).waitFor();
    await workbench.page.keyboard.press('Escape');
    await workbench.page.keyboard.type('2');
    await workbench.runCommand('File: Save');
    await poll(
      async () => ((await readFile(file('half.py'), 'utf8')).includes('gpu="H100:2"') ? true : undefined),
      {
        what: 'the GPU in the file',
      },
    );
  });

  it('offers the secrets of the account, where somebody is signed in', async () => {
    const { python, configPath } = demo.simulator;
    await promisify(execFile)(python, ['-m', 'modal', 'secret', 'create', 'finbert-keys', 'KEY=1'], {
      env: plainEnvironment({ MODAL_CONFIG_PATH: configPath }),
    });
    await workbench.openFile('half.py');
    await typeIn('from_name', 2, 'fin');
    await workbench.page.keyboard.press('Control+Space');
    await suggestions()
      .filter({ hasText: 'finbert-keys' })
      .filter({ hasText: /secret$/ })
      .waitFor({ timeout: 30_000 });
    await workbench.shot('93-doctor-secrets');
    await workbench.page.keyboard.press('Enter');
    await workbench.runCommand('File: Save');
    await poll(
      async () =>
        (await readFile(file('half.py'), 'utf8')).includes('from_name("finbert-keys")') ? true : undefined,
      { what: 'the name in the file' },
    );
  });

  it('says over a cron when it runs, and over a decorator what it costs', async () => {
    await workbench.openFile('half.py');
    const hover = workbench.page.locator('.monaco-hover');
    await line('@app.function').getByText('C', { exact: true }).first().hover();
    await hover.getByText('At 09:00, Monday through Friday').waitFor({ timeout: 30_000 });
    await workbench.shot('94-doctor-cron');
    await line('def nightly').hover();
    await line('@app.function').hover({ position: { x: 60, y: 8 } });
    await hover.getByText('while one container runs').waitFor({ timeout: 30_000 });
    await hover.getByText('H100:2: $7.90/h').waitFor();
    await workbench.shot('95-doctor-price');
  });
});
