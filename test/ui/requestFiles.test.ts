/** What stays of requests: sent from a file, found again in the history, compared, saved and copied as code. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Demo } from '../host/demo.ts';
import { startDemo } from '../host/demo.ts';
import { poll } from './kit/poll.ts';
import type { Workbench } from './kit/workbench.ts';
import { openWorkbench } from './kit/workbench.ts';

const run = promisify(execFile);
const key = 'key-of-the-endpoint-1234567890';
/** Of the user's own file of variables. */
const pass = 'pass-of-the-user-1234567890';

const source = `import modal

app = modal.App("greeter")


@app.function()
@modal.concurrent(max_inputs=10)
@modal.asgi_app()
def web():
    import json

    calls = 0

    async def serve(scope, receive, send):
        nonlocal calls
        if scope["type"] != "http":
            return
        if scope["path"] == "/openapi.json":
            await send({"type": "http.response.start", "status": 404, "headers": []})
            await send({"type": "http.response.body"})
            return
        calls += 1
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        text = (await receive()).get("body", b"").decode()
        allowed = headers.get("authorization") == "Bearer ${key}"
        answer = {"you": text, "calls": calls, "allowed": allowed, "pass": headers.get("x-pass"), "scores": [0.5, 1.0]}
        body = json.dumps(answer).encode()
        start = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]}
        await send(start)
        await send({"type": "http.response.body", "body": body})

    return serve
`;

let demo: Demo;
let workbench: Workbench;
let url: string;
const file = (name: string) => path.join(demo.workspace, name);
const saved = '.modal/requests/greeter.http';

beforeAll(async () => {
  demo = await startDemo();
  await writeFile(file('greeter.py'), source);
  const { stdout } = await run(path.join(demo.simulator.binDir, 'modal'), ['deploy', 'greeter.py'], {
    cwd: demo.workspace,
    env: { ...process.env, ...demo.env },
  });
  url = (/(http:\/\/\S+)\s+\(unauthenticated\)/.exec(stdout)?.[1] ?? '').replace(/\/$/, '');
  await mkdir(path.dirname(file(saved)), { recursive: true });
  await writeFile(
    file('.modal/requests/http-client.env.json'),
    '{"dev": {"who": "Ada"}, "prod": {"who": "Bob"}}',
  );
  await writeFile(
    file('.modal/requests/http-client.private.env.json'),
    JSON.stringify({ dev: { PASS: pass } }),
  );
  await writeFile(
    file(saved),
    `# Greetings.
@baseUrl = ${url}

### Say hello
POST {{baseUrl}}/hello
Content-Type: application/json
Authorization: Bearer {{MODAL_API_KEY}}
X-Pass: {{PASS}}

{"name": "{{who}}"}

### Broken
GET {{baseUrl}}/{{nobody}}
`,
  );
  await writeFile(file('../outside.txt'), 'from outside');
  await writeFile(
    file('.modal/requests/outside.http'),
    // The header decides which server gets it, whatever the path looks like.
    `### Send a file\nPOST /me--finbert.modal.run/upload\nHost: ${new URL(url).host}\nContent-Type: text/plain\n\n< ../../../outside.txt\n`,
  );
  workbench = await openWorkbench({ host: demo.host, folder: demo.workspace });
});
afterAll(async () => {
  await workbench?.close();
  await demo?.stop();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await workbench.shot(`failed ${task.name}`);
});

const panel = () =>
  workbench.webviewFrame(async (frame) => (await frame.locator('modal-request').count()) > 0);
const lens = (name: string) =>
  workbench.page.locator('.codelens-decoration').getByText(name, { exact: true });

describe('a request in a .http file', () => {
  it('has a button, and what cannot be sent is marked', async () => {
    await workbench.runCommand('Set Endpoint API Key');
    await workbench.page.getByText("Saved in VS Code's secret storage").waitFor();
    await workbench.quickPick.type(key);
    await workbench.quickPick.accept();
    await workbench.page.getByText('Key saved').first().waitFor();
    await workbench.openFile('greeter.http');
    await lens('Send').first().waitFor();
    await workbench.runCommand('Problems: Focus on Problems View');
    await workbench.page
      .getByText(/nobody isn't defined/)
      .first()
      .waitFor();
    await lens('Select HTTP Environment…').click();
    await workbench.quickPick.choose(/^dev/);
    await lens('Variables: dev').waitFor();
    await workbench.shot('140-http-file');
  });

  it('is sent with its variables and its key, and answers in the panel', async () => {
    await lens('Send').first().click();
    const frame = await panel();
    await frame.getByText('200 OK').waitFor({ timeout: 60_000 });
    await frame.getByRole('tab', { name: 'Raw' }).click();
    await frame.getByText('"allowed": true').waitFor();
    // It came, and is masked where the server repeats it.
    await frame.getByText(`"pass": "${'*'.repeat(pass.length)}"`).waitFor();
    await frame.getByText(String.raw`{\"name\": \"Ada\"}`).waitFor();
    await workbench.shot('141-answer-to-file');
  });
});

describe('the history', () => {
  it('lists what was sent, with status in words, and sends it again', async () => {
    const row = workbench.quickPick.option(/200 OK\s+POST \/hello/).first();
    await poll(
      async () => {
        await workbench.runCommand('Show Request History');
        // The panel, which gets the focus back from the palette in its own time, may close a list that is open by then.
        await row.waitFor({ timeout: 3000 });
        await workbench.shot('142-history');
        const text = await row.innerText({ timeout: 3000 });
        await row.hover({ timeout: 3000 });
        await row.getByRole('button', { name: 'Send Again' }).click({ timeout: 3000 });
        return text.includes('greeter · main') || undefined;
      },
      { what: 'the history' },
    );
    await workbench.quickPick.widget.waitFor({ state: 'hidden' });
    const frame = await panel();
    await frame.getByText('200 OK').waitFor();
    await frame.getByRole('tab', { name: 'Raw' }).click();
    await frame.getByText('"calls": 2').waitFor();
  });

  it('compares an answer with the one before in the editor', async () => {
    await workbench.runCommand('Compare Response with Previous');
    await workbench.page.getByRole('tab', { name: /greeter \/hello: .+ ↔ / }).waitFor();
    const line = (side: string, text: string) =>
      workbench.page.locator(`.editor.${side} .view-line`).filter({ hasText: text });
    await line('modified', 'Status 200 both').waitFor();
    await line('original', '"calls": 1').waitFor();
    await line('modified', '"calls": 2').waitFor();
    await workbench.shot('143-compare');
    await workbench.runCommand('View: Close Editor');
  });
});

describe('the request panel', () => {
  it('copies its request as code whose key is a variable', async () => {
    await workbench.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await (await panel()).getByRole('button', { name: 'Copy As…' }).click();
    await workbench.quickPick.option(/^Python: httpx/).waitFor();
    await workbench.shot('144-copy-as');
    await workbench.quickPick.choose(/^curl/);
    await workbench.page
      .getByText(/Copied as curl\. Set MODAL_API_KEY(?: and \w+)* to run it\./)
      .first()
      .waitFor();
    const copied = await workbench.page.evaluate('navigator.clipboard.readText()');
    expect(copied).toContain('-H "Authorization: Bearer $MODAL_API_KEY"');
    expect(copied).not.toContain(key);
  });

  it('saves its request below the others, without the key', async () => {
    await workbench.runCommand('Save Request…');
    await workbench.page.getByText('Name of the request.').waitFor();
    await workbench.quickPick.type('Say hello again');
    // Whoever looks at the request meanwhile loses nothing.
    await (await panel()).getByText('"calls": 2').click();
    await workbench.quickPick.accept();
    await workbench.notification('Saved "Say hello again" in .modal/requests/greeter.http.').waitFor();
    const text = await readFile(file(saved), 'utf8');
    expect(text).toContain('# Greetings.\n');
    expect(text).toContain('{"name": "{{who}}"}\n\n### Broken\nGET {{baseUrl}}/{{nobody}}\n');
    expect(text).toMatch(
      /### Say hello again\n# @name say_hello_again\nPOST \{\{baseUrl\}\}\/hello\n(?:.+\n)*Authorization: Bearer \{\{MODAL_API_KEY\}\}\n\n\{"name": "Ada"\}\n$/,
    );
    expect(text).toMatch(/### Say hello again\n(?:.+\n)*X-Pass: \{\{PASS\}\}\n/);
    expect(text).not.toContain(key);
    expect(text).not.toContain(pass);
    await workbench.clearNotifications();
    const again = workbench.quickPick.option(/^Say hello again/);
    await poll(
      async () => {
        await workbench.runCommand('Open Saved Request…');
        // As above.
        await again.waitFor({ timeout: 3000 });
        return true;
      },
      { what: 'the saved requests' },
    );
    await workbench.shot('145-saved-requests');
    await workbench.quickPick.choose(/^Say hello again/);
    await workbench.quickPick.widget.waitFor({ state: 'hidden' });
  });
});

describe('saved requests', () => {
  it('stand below their endpoint like samples, and go with one click', async () => {
    await workbench.openView('Apps');
    await workbench.treeRow('Apps', /^App greeter/).expand();
    await workbench.treeRow('Apps', /^Web endpoint web/).expand();
    await workbench.treeRow('Apps', /^Saved request Say hello again, POST \/hello/).waitFor();
    await writeFile(file('.modal/requests/later.http'), `### Say it later\nGET ${url}/later\n`);
    const later = workbench.treeRow('Apps', /^Saved request Say it later, GET \/later/);
    await later.waitFor();
    await workbench.shot('146-saved-below-endpoint');
    await later.inlineAction('Send Test Request…');
    const frame = await panel();
    await frame.locator('option', { hasText: 'GET /later' }).waitFor({ state: 'attached' });
    await frame.getByText('200 OK').waitFor();
  });
});

describe('a file outside of the workspace', () => {
  it('is sent only after a question, which names the server that then gets it', async () => {
    await workbench.openFile('outside.http');
    const calls = async () => ((await (await fetch(url)).json()) as { calls: number }).calls;
    const before = await calls();
    await lens('Send').first().click();
    expect(await workbench.modalDialog.text()).toMatch(
      new RegExp(`^Send .*outside\\.txt to ${new URL(url).host}\\?\\s+This file is outside`),
    );
    await workbench.shot('147-file-outside');
    await workbench.modalDialog.press('Cancel');
    await lens('Send').first().click();
    await workbench.modalDialog.press('Send File');
    const frame = await panel();
    await frame.getByRole('tab', { name: 'Raw' }).click();
    await frame.getByText('"you": "from outside"').waitFor();
    // Of the first click, nothing was sent.
    await frame.getByText(`"calls": ${before + 1},`).waitFor();
    expect(await calls()).toBe(before + 2);
  });
});
