/** Deploys as a person meets them: choices in the preview, failures at their line, hidden views, reloads. */
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Demo } from '../host/demo.ts';
import { startDemo } from '../host/demo.ts';
import { poll } from './kit/poll.ts';
import type { Workbench } from './kit/workbench.ts';
import { openWorkbench } from './kit/workbench.ts';

let demo: Demo;
let workbench: Workbench;

beforeAll(async () => {
  demo = await startDemo();
  await writeFile(path.join(demo.workspace, 'wrong_gpu.py'), wrongGpu);
  workbench = await openWorkbench({ host: demo.host, folder: demo.workspace });
  await workbench.openView('Catalogue');
});
afterAll(async () => {
  await workbench?.close();
  await demo?.stop();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await workbench.shot(`failed ${task.name}`);
});

const wrongGpu = `import modal

app = modal.App("wrong-gpu")


@app.function(gpu="A41")
def work() -> int:
    return 1
`;
const finbert = /^FinBERT analyst, GPU/;
const faults = (body: unknown) => demo.simulator.admin('POST', '/faults', body);
const noFaults = () => demo.simulator.admin('DELETE', '/faults');

async function openPreview(): Promise<void> {
  await workbench.treeRow('Catalogue', finbert).inlineAction(/^Deploy/);
  await workbench.quickPick.option(/^Deploy, /).waitFor();
}

async function confirm(): Promise<void> {
  await workbench.quickPick.accept();
  await workbench.modalDialog.press('Deploy');
}

interface State {
  readonly apps: readonly { readonly description: string; readonly state: string }[];
}
const appStates = async (name: string) =>
  ((await demo.simulator.admin('GET', '/state')) as State).apps
    .filter((app) => app.description === name)
    .map(({ state }) => state);

const callsOf = async (rpc: string) => {
  const { calls } = (await demo.simulator.admin('GET', '/rpc-log')) as { calls: { name: string }[] };
  return calls.filter(({ name }) => name.endsWith(rpc)).length;
};

describe('an app whose functions are in other files', () => {
  const live = async () => {
    const { apps } = (await demo.simulator.admin('GET', '/state')) as {
      apps: { description: string; state: string; functions: Record<string, unknown> }[];
    };
    const found = apps.find(
      ({ description, state }) => description === 'several' && state === 'APP_STATE_DEPLOYED',
    );
    return Object.keys(found?.functions ?? {});
  };

  const names = ['load', 'clean', 'embed', 'index', 'search'];
  const write = (name: string, text: string) => writeFile(path.join(demo.workspace, name), text);
  const several = () => workbench.treeRow('Scripts', /^Script app several/);

  it('is deployed with all of them, from the file that has them', async () => {
    await write('common.py', 'import modal\n\napp = modal.App("several")\n');
    const functions = names.map((name) => `@app.function()\ndef ${name}() -> None: ...\n`);
    await write('jobs.py', `from common import app\n\n${functions.join('\n')}`);
    await workbench.openView('Scripts');
    await several().inlineAction(/^Deploy/);
    await workbench.quickPick.option(/^CPU only: load, clean, embed, index, search/).waitFor();
    await confirm();
    await poll(async () => ((await live()).length === 5 ? true : undefined), {
      what: 'the five functions',
      timeoutMs: 60_000,
    });
    expect((await live()).sort()).toEqual([...names].sort());
    await workbench.clearNotifications();
  });

  it('is not published empty by Enter: the question names what goes', async () => {
    await write('jobs.py', 'from common import app\n');
    const deploy = async () => {
      await several().inlineAction(/^Deploy/);
      await workbench.quickPick.option(/^Live functions are removed/).waitFor();
    };
    await workbench.treeRow('Scripts', /^Script app several in common/).waitFor();
    await deploy();
    await workbench.shot('36-loss-preview');
    await workbench.quickPick.accept();
    const text = await workbench.modalDialog.text();
    expect(text).toContain(
      'Removes 5 live functions that the script does not have: clean, embed, index, load, search.',
    );
    await workbench.shot('37-loss-question');
    await workbench.page.keyboard.press('Enter');
    await workbench.page.getByRole('tab', { name: /common\.py/ }).waitFor();
    expect(await live()).toHaveLength(5);

    await deploy();
    await workbench.quickPick.accept();
    await workbench.modalDialog.press('Deploy and Remove 5 Functions');
    await poll(async () => ((await live()).length === 0 ? true : undefined), {
      what: 'the app without functions, as it was asked for',
      timeoutMs: 60_000,
    });
    await workbench.clearNotifications();
    await workbench.openView('Catalogue');
  });
});

describe('the preview', () => {
  it('takes other values for settings, and says why it refuses one', async () => {
    await openPreview();
    await workbench.quickPick.type('most gpu containers');
    await workbench.quickPick.accept();
    await workbench.quickPick.type('many');
    await workbench.page.getByText('Enter a whole number.').waitFor();
    await workbench.shot('30-setting-refused');
    await workbench.quickPick.type('1');
    await workbench.quickPick.accept();
    await workbench.quickPick.option(/1 · changed/).waitFor();
    await workbench.shot('31-setting-changed');
  });

  it('takes another GPU, with its price at once', async () => {
    await workbench.quickPick.choose(/^GPU, /);
    await workbench.quickPick.choose(/^L4/);
    await workbench.quickPick.option(/^Deploy, L4 \(24 GB\), \$0\.80\/h/).waitFor();
    await workbench.quickPick.cancel();
  });
});

describe('a deploy', () => {
  it('says in a notification what happens while its view is hidden', async () => {
    await faults({ rpc: { FunctionCreate: { delaySeconds: 20 } } });
    await openPreview();
    await confirm();
    await workbench.treeRow('Catalogue', /uploading files|creating functions/).waitFor();
    expect(await workbench.notification('Deploying finbert-analyst').locator.isVisible()).toBe(false);
    await workbench.runCommand('View: Show Explorer');
    await workbench.notification(/Deploying finbert-analyst.*(uploading|creating)/).waitFor();
    await workbench.shot('32-hidden-view');
    await workbench.notification('Deploying finbert-analyst').press('Cancel');
    await workbench.page.getByText('Deploy of FinBERT analyst cancelled').first().waitFor();
    await noFaults();
    await workbench.openView('Catalogue');
    await poll(
      async () =>
        (await appStates('finbert-analyst')).every((state) => state === 'APP_STATE_STOPPED') || undefined,
      {
        what: 'the unfinished app to end',
      },
    );
  });

  it('that fails is a problem at the line that caused it', async () => {
    await workbench.openFile('wrong_gpu.py');
    await workbench.runCommand('Modal: Deploy App…');
    await workbench.quickPick.choose(/^wrong_gpu\.py/);
    await workbench.quickPick
      .option(/^Deploy/)
      .first()
      .waitFor();
    await confirm();
    await workbench.notification(/Not a valid GPU type: 'A41'.*Choose another GPU/).waitFor(60_000);
    await workbench.runCommand('Problems: Focus on Problems View');
    const problem = workbench.page.getByRole('treeitem', { name: /Not a valid GPU type.*line 6/i }).first();
    await problem.waitFor();
    await workbench.shot('33-problem');
  });

  it('that failed can be run in a terminal as it was', async () => {
    await demo.simulator.admin('DELETE', '/rpc-log');
    await workbench.notification(/Not a valid GPU type/).press('Run in Terminal');
    await workbench.page.getByText('Deploy wrong_gpu.py').first().waitFor();
    await poll(async () => (await callsOf('FunctionCreate')) || undefined, {
      what: 'the command in the terminal',
    });
    await workbench.shot('34-terminal');
    await workbench.clearNotifications();
  });

  it('runs in a terminal as it was, whatever its file is called', async () => {
    const name = "a $(touch PWNED) it's ${workspaceFolder} \\'; touch PWNED; #.py";
    const arrived = path.join(demo.workspace, 'arrived.txt');
    const failing = `open(${JSON.stringify(arrived)}, "w").write(__file__)\nraise RuntimeError("not today")\n`;
    await writeFile(path.join(demo.workspace, name), `import modal\n\napp = modal.App("a")\n${failing}`);
    await workbench.treeRow('Scripts', /^Script app a in /).inlineAction(/^Deploy/);
    await workbench.quickPick
      .option(/^Deploy/)
      .first()
      .waitFor();
    await confirm();
    await workbench.notification(/not today/).waitFor(60_000);
    await rm(arrived);
    await workbench.notification(/not today/).press('Run in Terminal');
    const text = await poll(() => readFile(arrived, 'utf8').catch(() => undefined), {
      what: 'the command in the terminal',
      timeoutMs: 30_000,
    });
    expect(path.basename(text)).toBe(name);
    await workbench.shot('34-terminal-name');
    expect(await readdir(demo.workspace)).not.toContain('PWNED');
    await workbench.clearNotifications();
  });

  it('that a reload cuts off is told about, with what is true now', async () => {
    await faults({ rpc: { FunctionCreate: { delaySeconds: 60 } } });
    await workbench.openView('Catalogue');
    await openPreview();
    await confirm();
    await workbench.treeRow('Catalogue', /uploading files|creating functions/).waitFor();
    await workbench.open(demo.workspace);
    await workbench.openView('Catalogue');
    await workbench
      .notification(/Deploying finbert-analyst was interrupted when the window closed. Nothing was/)
      .waitFor(60_000);
    await workbench.shot('35-after-reload');
    await noFaults();
    // Again means that app, not one to be chosen.
    await workbench.notification(/was interrupted/).press('Deploy Again…');
    await workbench.quickPick.widget.getByText('Deploy finbert-analyst to main').waitFor();
    await workbench.quickPick.cancel();
    expect((await appStates('finbert-analyst')).filter((state) => state !== 'APP_STATE_STOPPED')).toEqual([]);
    await workbench.treeRow('Catalogue', /^FinBERT analyst.*not deployed/).waitFor();
  });
});
