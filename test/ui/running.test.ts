/** What runs and costs money beside functions, as a person sees it: sandboxes, servers, managed endpoints. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Demo } from '../host/demo.ts';
import { startDemo } from '../host/demo.ts';
import { freePort } from '../host/freePort.ts';
import { poll } from './kit/poll.ts';
import type { TreeRow } from './kit/treeRow.ts';
import type { Workbench } from './kit/workbench.ts';
import { openWorkbench } from './kit/workbench.ts';

const run = promisify(execFile);
let demo: Demo;
let workbench: Workbench;
let port: number;

const server = () => `import subprocess
import sys

import modal

app = modal.App("assistant")


@app.server(port=${port}, gpu="L4", unauthenticated=True)
class Chat:
    @modal.enter()
    def up(self) -> None:
        command = ["-m", "http.server", "${port}", "--bind", "127.0.0.1"]
        self.process = subprocess.Popen([sys.executable, *command])

    @modal.exit()
    def down(self) -> None:
        self.process.terminate()


@app.function(gpu="T4")
def summarize() -> None: ...
`;

const sandboxes = () => `import modal

app = modal.App.lookup("agents", create_if_missing=True)
modal.Sandbox.create("sh", "-c", "echo working; sleep 900", app=app, name="coder", gpu="A10", cpu=2, memory=4096)
modal.Sandbox.create("sleep", "900", app=app, name="browser", encrypted_ports=[${port + 1}], unencrypted_ports=[${port + 2}])
modal.Sandbox.create("sleep", "900", app=app)
`;

beforeAll(async () => {
  demo = await startDemo({
    settings: { 'modalGpu.apps.refreshSeconds': 2, 'terminal.integrated.gpuAcceleration': 'off' },
  });
  port = await freePort();
  await writeFile(path.join(demo.workspace, 'assistant.py'), server());
  await run(path.join(demo.simulator.binDir, 'modal'), ['deploy', 'assistant.py'], options());
  await python(sandboxes());
  const load = (endpoint: object) => demo.simulator.admin('POST', '/endpoints', endpoint);
  await load({ name: 'qwen-chat', model: 'Qwen/Qwen3-4B', app: 'assistant', server: 'Chat' });
  await load({
    name: 'kimi',
    model: 'moonshotai/Kimi-K3',
    shared: true,
    url: 'https://kimi.example.invalid',
  });
  await load({ name: 'fine-tuned', model: 'acme/own', status: 'failed' });
  workbench = await openWorkbench({
    host: demo.host,
    folder: demo.workspace,
    size: { width: 1440, height: 1100 },
  });
  await workbench.openView('Apps');
});
afterAll(async () => {
  await workbench?.close();
  await demo?.stop();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await workbench.shot(`failed ${task.name}`);
});

const options = () => ({ cwd: demo.workspace, env: { ...process.env, ...demo.env } });
const python = (code: string) => run(demo.simulator.python, ['-c', code], options());
const row = (name: string | RegExp): TreeRow => workbench.treeRow('Apps', name);
const gone = (each: TreeRow) => each.locator.waitFor({ state: 'hidden' });
/** What is asked when the button of a row is pressed. A press on a row that is painted anew in this very moment is lost. */
async function asked(of: TreeRow, action: string): Promise<string> {
  await poll(
    async () => {
      await of.inlineAction(action);
      const shown = workbench.modalDialog.locator.waitFor({ timeout: 5000 });
      return shown.then(
        () => true,
        () => workbench.page.keyboard.press('Escape').then(() => undefined),
      );
    },
    { what: `the question of ${action}`, timeoutMs: 60_000 },
  );
  return workbench.modalDialog.text();
}
const requestPanel = () =>
  workbench.webviewFrame(async (frame) => (await frame.locator('modal-request').count()) > 0);
const text = (wanted: string | RegExp) => workbench.page.getByText(wanted).first();

describe('what runs beside functions', () => {
  it('is seen with state, GPU, price and age, and counts in its environment', async () => {
    await row(/^Managed endpoints, 2 live, 1 failed/).waitFor();
    await row(
      /^Managed endpoint qwen-chat, live, model Qwen\/Qwen3-4B, idle, L4, from \$0\.80 per hour/,
    ).waitFor();
    await row(/^Managed endpoint kimi, live, model moonshotai\/Kimi-K3, shared, billed by token/).waitFor();
    await row(/^App agents, deployed, 3 containers running, 3 sandboxes/).expand();
    await row(/^Sandboxes, 3 running, \$1\.\d\d per hour/).expand();
    await row(/^Sandbox coder, running, A10, from \$1\.\d\d per hour, since just now/).waitFor();
    await row(/^App assistant, deployed, idle, L4 and T4/).expand();
    await row(/^Server Chat, idle, L4, from \$0\.\d\d per hour per container/).waitFor();
    expect(await row(/^Environment main/).spoken()).toMatch(/3 running, .*\$1\.\d\d per hour/);
    const icon = workbench.page.getByRole('tab', { name: /^Modal/ }).first();
    await poll(
      async () =>
        /3 containers running, 3 of them sandboxes, 1 with GPU: about \$1\.\d\d\/h/.test(
          (await icon.getAttribute('aria-label')) ?? '',
        ) || undefined,
      { what: 'the badge to count sandboxes' },
    );
    await workbench.shot('b0-running');
  });

  it('reads well in a light theme too', async () => {
    await workbench.switchTheme('light');
    await workbench.shot('b1-running-light');
    await workbench.switchTheme('dark');
  });
});

describe('a sandbox', () => {
  const coder = () => row(/^Sandbox coder/);

  it('offers its log, a shell and a stop', async () => {
    expect(await coder().inlineActions()).toEqual([
      'Follow Logs…',
      'Open Shell in Container',
      'Stop Sandbox…',
    ]);
    await coder().inlineAction('Follow Logs…');
    const logs = await workbench.webviewFrame('Logs');
    await logs.getByText('working').first().waitFor();
    await workbench.shot('b2-sandbox-logs');
  });

  it('shows the addresses of its ports', async () => {
    await row(/^Sandbox browser/).expand();
    const tunnel = await row(new RegExp(`^Tunnel to port ${port + 1}`)).waitFor();
    expect(await tunnel.inlineActions()).toEqual(['Open Address in Browser', 'Copy Address']);
    await tunnel.inlineAction('Copy Address');
    await text(`Copied https://127.0.0.1:${port + 1}`).waitFor();
    await coder().menu('Copy ID');
    await text(/Copied sb-/).waitFor();
  });

  it('opens a shell through the own command', async () => {
    await coder().inlineAction('Open Shell in Container');
    const terminal = workbench.page.locator('.terminal-wrapper.active .xterm-rows');
    await terminal
      .getByText(/shell sb-/)
      .first()
      .waitFor();
    await terminal
      .getByText(/^(?:bash-|root@|sh-)[^ ]*[#$]\s*$/)
      .last()
      .waitFor({ timeout: 60_000 });
    await workbench.page.keyboard.type('echo in-$MODAL_SANDBOX_ID');
    await workbench.page.keyboard.press('Enter');
    await terminal.getByText(/^in-sb-\w+/).waitFor();
    await workbench.shot('b3-sandbox-shell');
    await workbench.page.keyboard.type('exit');
    await workbench.page.keyboard.press('Enter');
  });

  it('stops after one question with app, environment, GPU and price', async () => {
    const question = await asked(coder(), 'Stop Sandbox…');
    for (const fact of [
      'Stop sandbox coder (sb-',
      'App: agents',
      'Environment: main',
      'GPU: A10, from $1.',
      'live price',
    ])
      expect(question).toContain(fact);
    await workbench.shot('b4-stop-sandbox');
    await workbench.modalDialog.press('Stop Sandbox');
    await gone(coder());
    await row(/^Sandboxes, 2 running/).waitFor();
  });

  it('leaves the list when it ends by itself while its row is open', async () => {
    const browser = row(/^Sandbox browser/);
    await browser.click();
    await python('import modal; modal.Sandbox.from_name("agents", "browser").terminate()');
    await gone(browser);
    await gone(row(/^Tunnel to port/));
    await row(/^Sandboxes, 1 running/).waitFor();
  });
});

describe('a server', () => {
  const chat = () => row(/^Server Chat/);

  it('offers request, log and, once it runs, a stop of its containers', async () => {
    expect(await chat().inlineActions()).toEqual(['Send Test Request…', 'Follow Logs…']);
    const { functions } = (await demo.simulator.admin('GET', '/state')) as { functions: { urls: object }[] };
    const url = Object.values(functions[0]!.urls)[0] as string;
    await poll(async () => (await fetch(url)).ok || undefined, { what: 'the server to be up' });
    await row(/^Server Chat, 1 running, L4, from \$0\.\d\d per hour/).waitFor();
    await row(/^Container ta-\w+, running, L4/).waitFor();
    expect(await chat().inlineActions()).toEqual([
      'Send Test Request…',
      'Follow Logs…',
      'Stop Containers of Server…',
    ]);
    await workbench.shot('b5-server');
  });

  it('tells its statistics in its tooltip', async () => {
    await workbench.page.mouse.move(800, 500);
    await chat().locator.locator('.label-name').hover();
    await text(/Last hour: \d+ requests \(.*1 × 2xx.*\), half within/).waitFor();
    await workbench.shot('b6-server-tooltip');
    await workbench.page.mouse.move(800, 500);
  });

  it('answers a request of the panel', async () => {
    await chat().inlineAction('Send Test Request…');
    const panel = await requestPanel();
    await panel.getByRole('button', { name: 'Send', exact: true }).click();
    await panel.getByText('200').first().waitFor();
    await workbench.shot('b7-server-request');
  });

  it('ends its containers after one question', async () => {
    const question = await asked(chat(), 'Stop Containers of Server…');
    for (const fact of ['App: assistant', 'Environment: main', 'GPU: L4, from $0.', '1 container will stop'])
      expect(question).toContain(fact);
    await workbench.shot('b8-stop-containers');
    await workbench.modalDialog.press('Stop Containers');
    await text('Containers of Chat stopped').waitFor();
  });
});

describe('a managed endpoint', () => {
  const qwen = () => row(/^Managed endpoint qwen-chat/);

  it('opens a chat with its model filled in, and sends nothing', async () => {
    expect(await qwen().inlineActions()).toEqual([
      'Send Test Request…',
      'Follow Logs…',
      'Stop Managed Endpoint…',
    ]);
    await row(/^Managed endpoint kimi/).inlineAction('Send Test Request…');
    const panel = await workbench.webviewFrame(
      async (frame) => (await frame.getByText('"moonshotai/Kimi-K3"').count()) > 0,
    );
    await panel.getByText('The response will be shown here.').waitFor();
    await workbench.shot('b9-chat');
  });

  it('copies its address', async () => {
    await row(/^Managed endpoint kimi/).menu('Copy Address');
    await text('Copied https://kimi.example.invalid').waitFor();
  });

  it('stops after one question with model, environment, GPU and price', async () => {
    const question = await asked(qwen(), 'Stop Managed Endpoint…');
    for (const fact of [
      'Stop managed endpoint qwen-chat?',
      'Model: Qwen/Qwen3-4B',
      'App: assistant',
      'Environment: main',
      'GPU: L4, from $0.80/h',
    ])
      expect(question).toContain(fact);
    await workbench.shot('ba-stop-endpoint');
    await workbench.modalDialog.press('Stop Endpoint');
    await gone(qwen());
    await row(/^Managed endpoints, 1 live, 1 failed/).waitFor();
  });
});

describe('all of it', () => {
  it('has no barrier that axe knows', async () => {
    const found = await workbench.axe('.part.sidebar .pane-body .tree-explorer-viewlet-tree-view');
    expect(found.filter(({ rule }) => rule !== 'label-content-name-mismatch')).toEqual([]);
  });
});
