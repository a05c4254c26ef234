/** What a person learns of an endpoint by measuring: its health line by line, and a load test with its price, charts and errors. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Demo } from '../host/demo.ts';
import { startDemo } from '../host/demo.ts';
import { themeNames } from './kit/themes.ts';
import type { Workbench } from './kit/workbench.ts';
import { openWorkbench } from './kit/workbench.ts';

const run = promisify(execFile);
let demo: Demo;
let workbench: Workbench;

beforeAll(async () => {
  demo = await startDemo();
  await writeFile(path.join(demo.workspace, 'measured.py'), script);
  await run(path.join(demo.simulator.binDir, 'modal'), ['deploy', 'measured.py'], {
    cwd: demo.workspace,
    env: { ...process.env, ...demo.env },
  });
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

/** One endpoint that tells all and fails every tenth time, and one behind Modal's proxy. */
const script = `import asyncio
import itertools

import modal

app = modal.App("measured")
image = modal.Image.debian_slim().pip_install("fastapi[standard]")


@app.function(image=image, gpu="A10", max_containers=2)
@modal.concurrent(max_inputs=20)
@modal.asgi_app()
def web():
    from fastapi import FastAPI
    from fastapi.responses import JSONResponse

    api = FastAPI()
    calls = itertools.count(1)

    @api.get("/health")
    def health():
        return {"status": "ok"}

    @api.get("/v1/models")
    def models():
        return {"object": "list", "data": [{"id": "tiny-llama"}]}

    @api.get("/work")
    async def work():
        number = next(calls)
        await asyncio.sleep(0.05)
        if number % 10 == 0:
            return JSONResponse({"error": {"message": "The GPU ran out of memory."}}, 500)
        return {"number": number}

    return api


@app.function(image=image)
@modal.asgi_app(requires_proxy_auth=True)
def guarded():
    from fastapi import FastAPI

    return FastAPI()
`;

const row = (name: RegExp) => workbench.treeRow('Apps', name);
const panel = () =>
  workbench.webviewFrame(async (frame) => (await frame.locator('modal-load').count()) > 0, 40_000);

describe('the health of an endpoint', () => {
  it('asks before a container starts, and then tells each step in words', async () => {
    await row(/^App measured, deployed/).expand();
    await row(/^Web endpoint web/).menu('Check Health');
    const text = await workbench.modalDialog.text();
    expect(text).toContain('Start a container of measured in main to check its health?');
    expect(text).toContain('A10 (24 GB), $1.10/h for each running container of web (live price');
    await workbench.quickPick.option(/^Reachable, OK/).waitFor();
    await workbench.modalDialog.press('Start Container');
    for (const line of [
      /^Response, OK · .*\/health: HTTP 200/,
      /^Container, OK · .*Cold start; first response after/,
      /^Key, OK.*No key required/,
      /^Model, OK.*Serves tiny-llama/,
      /^Schema, OK.*describes 3 operations/,
    ])
      await workbench.quickPick.option(line).waitFor({ timeout: 60_000 });
    await workbench.page.getByPlaceholder('All checks passed.').waitFor();
    await workbench.shot('150-health-good');
    await workbench.quickPick.cancel();
  });

  it('says what is wrong, and offers what helps', async () => {
    await row(/^Web endpoint guarded/).menu('Check Health');
    await workbench.quickPick.option(/^Key, failed · Enter: Enter Key….*requires a proxy token/).waitFor();
    await workbench.page.getByPlaceholder('1 problem. Select it to fix it.').waitFor();
    await workbench.shot('151-health-bad');
    await workbench.quickPick.choose(/^Key, failed/);
    await workbench.quickPick.type('wk-unknown0000000000.ws-unknown0000000000');
    await workbench.quickPick.accept();
    await workbench.modalDialog.press('Start Container');
    await workbench.quickPick.option(/^Key, failed.*The saved key was rejected/).waitFor();
    await workbench.quickPick.cancel();
  });
});

describe('a load test', () => {
  it('is refused without bounds, and asks with app, environment, GPU and price', async () => {
    await row(/^Web endpoint web/).menu('Run Load Test…');
    await workbench.quickPick.choose(/^Request: GET \//);
    await workbench.quickPick.type('GET /work');
    await workbench.quickPick.accept();
    await workbench.quickPick.choose(/^Duration: 100 requests/);
    await workbench.quickPick.type('2h');
    await workbench.page.getByText('Enter a number of requests, such as 500').waitFor();
    await workbench.quickPick.type('2m');
    await workbench.quickPick.accept();
    await workbench.quickPick.choose(/^Start…/);
    const text = await workbench.modalDialog.text();
    for (const line of [
      'Run a load test on measured in main?',
      'Request: GET /work, 2 min, 10 at a time',
      'GPU: A10 (24 GB), $1.10/h for each running container of web (live price, before credits)',
      'Containers: up to 2 of web (its limit)',
      // 2 containers for 120 s and 60 s of idling at 1.10 an hour
      'Worst case: $0.11, if all of them run for the time limit of 2 min and then idle for 1 min',
      'the test stops when its containers have cost about $1.00',
    ])
      expect(text).toContain(line);
    await workbench.shot('152-load-question');
    await workbench.modalDialog.press('Run Load Test');
  });

  it('shows figures and charts while it runs, and stops at once', async () => {
    const frame = await panel();
    await frame.getByText('Values per second').click();
    await frame.getByRole('row', { name: /^3 / }).waitFor({ timeout: 60_000 });
    await frame.getByRole('img', { name: /^Containers: Running at most [12]/ }).waitFor();
    await frame.getByText('Values per second').click();
    await frame.evaluate('window.scrollTo(0, 0)');
    await workbench.shot('153-load-running');
    await frame.getByRole('button', { name: 'Stop' }).click();
    await frame.getByText('Stopped by you.').waitFor();
    expect(await frame.locator('.cost').innerText()).toMatch(/Cost: about \$0\.\d+\. .*s on A10 in total/);
  });

  it('runs again with a change, and compares with the run before', async () => {
    const frame = await panel();
    await frame.getByRole('button', { name: 'Change…' }).click();
    await workbench.quickPick.choose(/^Duration: 2 min/);
    await workbench.quickPick.type('100');
    await workbench.quickPick.accept();
    await workbench.quickPick.choose(/^Start…/);
    await workbench.modalDialog.press('Run Load Test');
    await frame.getByText('Finished.').waitFor({ timeout: 60_000 });
    const figures = await frame.getByRole('group', { name: 'Figures of the load test' }).innerText();
    expect(figures).toMatch(/Previous run \(2 min, 10 at a time\)/);
    expect(figures).toMatch(/Succeeded\s+90%/);
    expect(await frame.locator('.counts').innerText()).toMatch(/^100 sent in .*: 90 succeeded, 10 failed\.$/);
    const error = frame.getByRole('row', { name: /HTTP 500/ });
    expect(await error.innerText()).toMatch(
      /10\s+The app failed\. The GPU ran out of memory\.[\s\S]*Show Logs/,
    );
    await workbench.shot('154-load-finished');
  });

  it('is read by everybody: axe in four themes, the narrow width, and the keyboard', async () => {
    for (const theme of themeNames) {
      await workbench.switchTheme(theme);
      expect(await workbench.axe(await panel()), theme).toEqual([]);
      if (theme === 'light' || theme === 'highContrast') await workbench.shot(`155-load-${theme}`);
    }
    const frame = await panel();
    await frame.getByRole('button', { name: 'Run Again…' }).focus();
    const order: string[] = [];
    for (let step = 0; step < 3; step++) {
      await workbench.page.keyboard.press('Tab');
      order.push(String(await frame.evaluate(focused)));
    }
    expect(order).toEqual(['Change…', 'Export JSON…', 'Copy Markdown']);
    await workbench.page.setViewportSize({ width: 560, height: 900 });
    await workbench.page.keyboard.press('Control+b'); // without the sidebar
    expect(await frame.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
    await workbench.shot('156-load-narrow');
  });
});

/** Text of the element that has the focus, inside of components too. */
const focused = `(() => {
  let element = document.activeElement;
  let name = '';
  while (element) {
    name = element.textContent.trim() || name;
    element = element.shadowRoot?.activeElement;
  }
  return name;
})()`;
