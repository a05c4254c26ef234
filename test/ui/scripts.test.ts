/** The user's own scripts: found without running them, run with a form, served with reloads, all from the editor. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Demo } from '../host/demo.ts';
import { startDemo } from '../host/demo.ts';
import { poll } from './kit/poll.ts';
import type { Workbench } from './kit/workbench.ts';
import { openWorkbench } from './kit/workbench.ts';

const jobs = `import modal

app = modal.App("jobs")


@app.function()
def repeat(text: str, times: int = 2, loud: bool = False) -> str:
    print("repeated:", (text.upper() if loud else text) * times)
    return text


@app.function()
def fails(count: int = 1) -> int:
    raise ValueError(f"bad {count}")


@app.function()
def refused(items: list[str]) -> None: ...


@app.local_entrypoint()
def main() -> None:
    repeat.remote("from main ")
`;

const gpu = `import modal

chat = modal.App("chat")
search = modal.App("search")


@chat.cls(gpu="H100:2", min_containers=1)
class Model:
    @modal.method()
    def answer(self, prompt: str) -> str:
        return prompt


@search.function(gpu=["L4", "T4"])
def find() -> None: ...
`;

let demo: Demo;
let workbench: Workbench;
const file = (name: string) => path.join(demo.workspace, name);

beforeAll(async () => {
  demo = await startDemo();
  await writeFile(file('jobs.py'), jobs);
  await writeFile(file('models.py'), gpu);
  await writeFile(file('broken.py'), 'import modal\n\napp = modal.App("broken")\n\nprint((1\n');
  workbench = await openWorkbench({ host: demo.host, folder: demo.workspace });
});
afterAll(async () => {
  await workbench?.close();
  await demo?.stop();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await workbench.shot(`failed ${task.name}`);
});

const row = (name: string | RegExp) => workbench.treeRow('Scripts', name);
const helloRow = /^Script app hello-modal/;
const logsFrame = () =>
  workbench.webviewFrame(async (frame) => (await frame.locator('modal-logs').count()) > 0);
const lens = (name: string) =>
  workbench.page.locator('.codelens-decoration').getByText(name, { exact: true });

describe('the Scripts view', () => {
  it('lists every app of the workspace', async () => {
    await workbench.openView('Scripts');
    await row(helloRow).waitFor();
    for (const name of [/^Script app jobs in jobs.py/, /^Script app chat in models.py, GPU H100:2/]) {
      await row(name).waitFor();
    }
    await row(/^Script app search in models.py, GPU L4/).waitFor();
    await row(/^Script app broken in broken.py, syntax error on line 5/).waitFor();
    await workbench.shot('60-scripts');
  });

  it('shows functions, classes and entry points below an app', async () => {
    await row(/^Script app jobs/).expand();
    expect(await row(/^Function repeat/).inlineActions()).toEqual(['Run Function…']);
    await row(/^Local entry point main/).waitFor();
    await row(/^Script app chat/).expand();
    await row(/^Class Model, H100:2, \$7.90\/h, keeps 1 running/).waitFor();
    await row(/^Method Model.answer/).waitFor();
    await workbench.shot('61-functions');
  });

  it('opens the line of a syntax error', async () => {
    await row(/^Script app broken/).click();
    await workbench.page.getByRole('tab', { name: /broken\.py/ }).waitFor();
    await workbench.page.getByRole('button', { name: /Ln 5,/ }).waitFor();
  });
});

describe('in the editor', () => {
  it('has buttons above apps and functions, also of text that is not saved', async () => {
    await row(/^Function repeat/).click();
    await workbench.page.getByRole('tab', { name: /jobs\.py/ }).waitFor();
    await workbench.page.getByRole('button', { name: /Ln 7, Col 5/ }).waitFor();
    await lens('Deploy').waitFor();
    await poll(async () => ((await lens('Run').count()) === 4 ? true : undefined), {
      what: 'four Run buttons',
    });
    await workbench.shot('62-codelens');
    await workbench.page.keyboard.press('ControlOrMeta+End');
    await workbench.page.keyboard.insertText('\n\n@app.function()\ndef fresh() -> None: ...');
    await poll(async () => ((await lens('Run').count()) === 5 ? true : undefined), {
      what: 'a button above the new function',
    });
    expect(await readFile(file('jobs.py'), 'utf8')).not.toContain('fresh');
    await workbench.page.keyboard.press('ControlOrMeta+Home');
  });
});

describe('running', () => {
  it('asks for the parameters, by keyboard alone', async () => {
    await lens('Run').first().click();
    const { quickPick, page } = workbench;
    await quickPick.widget.getByText('text: str, required').waitFor();
    await page.getByText('(1/3)', { exact: false }).first().waitFor();
    await page.keyboard.type('ab ');
    await page.keyboard.press('Enter');
    await quickPick.widget.getByText('times: int, default 2').waitFor();
    await quickPick.type('many');
    await quickPick.widget.getByText('A whole number is needed').waitFor();
    await workbench.shot('63-run-form');
    await quickPick.type('3');
    await page.keyboard.press('Enter');
    await quickPick.option(/^true/).waitFor();
    await quickPick.widget.getByRole('button', { name: 'Back' }).click();
    await quickPick.widget.getByText('times: int, default 2').waitFor();
    expect(await quickPick.input.inputValue()).toBe('3');
    await page.keyboard.press('Enter');
    await quickPick.option(/^true/).waitFor();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    const question = await workbench.modalDialog.text();
    expect(question).toContain('Run repeat in main?');
    expect(question).toContain('$0.0473 per core-hour (live price');
    expect(question).toContain('asked again for this app and environment');
    await page.keyboard.press('Enter');
    await workbench.notification('repeat finished in').waitFor(60_000);
    const logs = await logsFrame();
    await logs.getByText('repeated: AB AB AB').waitFor();
    await logs.getByText('jobs.py::repeat', { exact: false }).first().waitFor();
    await row(/^Function repeat.*done in/).waitFor();
    await workbench.shot('64-run-finished');
  });

  it('offers the values of the last time', async () => {
    await workbench.clearNotifications();
    await row(/^Function repeat/).inlineAction(/^Run/);
    const last = workbench.quickPick.option(/Run with Previous Values/);
    expect(await last.textContent()).toContain('--text=ab  --times=3 --loud');
    await workbench.quickPick.cancel();
  });

  it('says why a function failed, and where', async () => {
    await row(/^Function fails/).inlineAction(/^Run/);
    await workbench.quickPick.choose(/Run with Defaults/);
    const message = await workbench.notification('ValueError: bad 1').waitFor(60_000);
    await workbench.shot('65-run-failed');
    await message.press('Open jobs.py:14');
    await workbench.page.getByRole('button', { name: /Ln 14, Col 1/ }).waitFor();
    await workbench.runCommand('Problems: Focus on Problems View');
    await workbench.page.getByText('ValueError: bad 1.').first().waitFor();
  });

  it('offers the command where the CLI would refuse', async () => {
    await workbench.clearNotifications();
    await row(/^Function refused/).inlineAction(/^Run/);
    await workbench.notification('items: list[str]').press('Copy Command');
  });
});

describe('deploying', () => {
  it('asks which app of a file is meant, and names its GPU and price', async () => {
    await workbench.clearNotifications();
    await row(/^Class Model/).click();
    await workbench.page.getByRole('tab', { name: /models\.py/ }).waitFor();
    await workbench.runCommand('Modal: Deploy App');
    await workbench.quickPick.choose(/models\.py/);
    await workbench.quickPick.choose(/^search/);
    await workbench.quickPick.option(/^GPU of find: L4/).waitFor();
    await workbench.shot('69-script-preview');
    await workbench.quickPick.accept();
    const text = await workbench.modalDialog.text();
    expect(text).toContain('Deploy search to main?');
    expect(text).toContain('GPU of find: L4 (24 GB), $0.80/h or T4 (16 GB), $0.59/h while a container runs');
    await workbench.modalDialog.press('Cancel');
  });

  it('is a task of the editor', async () => {
    await workbench.runCommand('Tasks: Run Task');
    await workbench.quickPick.choose(/Show All Tasks/);
    await workbench.quickPick.option(/modal: deploy models\.py::search/).waitFor();
    await workbench.quickPick.option(/modal: serve hello_modal\.py/).waitFor();
    await workbench.shot('69-tasks');
    await workbench.quickPick.cancel();
    // The shortcut for building finds none of them: it would deploy without a question.
    await workbench.runCommand('Tasks: Run Build Task');
    await workbench.quickPick.option(/No build task to run found/).waitFor();
    await workbench.quickPick.cancel();
  });
});

describe('serving', () => {
  const url = /serving (http\S+)/;

  it('shows the address in the row as soon as it answers', async () => {
    await workbench.clearNotifications();
    await row(helloRow).inlineAction(/^Serve/);
    await workbench.modalDialog.press('Serve');
    await workbench.notification('Serving hello-modal at').waitFor(60_000);
    await row(/^Script app hello-modal.*serving http/).waitFor();
    const [, address = ''] = url.exec(await row(helloRow).spoken()) ?? [];
    const answer = await fetch(`${address.replace(/,$/, '')}/?name=you`);
    expect(await answer.json()).toEqual({ greeting: 'Hello, you!' });
    await row(helloRow).expand();
    await workbench.shot('66-serving');
    expect(await row(/^Serve of hello-modal/).inlineActions()).toEqual([
      'Open Served URL',
      'Copy Served URL',
      'Show Script Output',
      'Stop Running Script',
    ]);
  });

  it('says that it reloaded, and answers with the new code', async () => {
    const script = file('hello_modal.py');
    await writeFile(script, (await readFile(script, 'utf8')).replace('Hello, ', 'Good day, '));
    await row(/^Script app hello-modal.*reloaded/).waitFor(60_000);
    await (await logsFrame()).getByText(/Reloaded at/).waitFor();
    await workbench.shot('67-reloaded');
  });

  it('says why a reload failed, and goes on with the last version', async () => {
    const script = file('hello_modal.py');
    const text = await readFile(script, 'utf8');
    await writeFile(script, `${text}\nraise RuntimeError("not today")\n`);
    await row(/^Script app hello-modal.*reload failed.*RuntimeError: not today/).waitFor(60_000);
    await workbench.shot('68-reload-failed');
    await writeFile(script, text);
    await row(/^Script app hello-modal.*reloaded/).waitFor(60_000);
  });

  it('stops, here and on the server', async () => {
    await row(helloRow).inlineAction(/^Stop/);
    await row(/^Script app hello-modal.*serve stopped/).waitFor(60_000);
    const { apps } = (await demo.simulator.admin('GET', '/state')) as {
      apps: { description: string; state: string }[];
    };
    expect(apps.filter((app) => app.description === 'hello-modal').map((app) => app.state)).toEqual([
      'APP_STATE_STOPPED',
    ]);
  });

  it('ends with the window', async () => {
    await row(helloRow).inlineAction(/^Serve/);
    await row(/^Script app hello-modal.*serving http|^Script app hello-modal, serving/).waitFor(60_000);
    await workbench.open(demo.workspace);
    await poll(
      async () => {
        const { apps } = (await demo.simulator.admin('GET', '/state')) as { apps: { state: string }[] };
        return apps.every(({ state }) => state === 'APP_STATE_STOPPED') || undefined;
      },
      { what: 'the end of the serve on the server', timeoutMs: 60_000 },
    );
    await workbench.openView('Scripts');
    await row(helloRow).waitFor();
  });

  it('asks before it spends money on GPUs', async () => {
    await row(/^Script app chat/).inlineAction(/^Serve/);
    const text = await workbench.modalDialog.text();
    expect(text).toContain('Serve chat in main?');
    expect(text).toContain('GPU of Model: H100:2 (160 GB), $7.90/h while a container runs');
    expect(text).toContain('1 container of Model is kept running: about $189.60 a day');
    await workbench.shot('69-confirm');
    await workbench.modalDialog.press('Cancel');
  });
});
