/** From the endpoint in the sidebar to a request that is ready: samples, forms, JSON with help, files, drafts that stay. */
import { copyFile, readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Frame } from 'playwright-core';
import { root } from '../../scripts/root.ts';
import type { Demo } from '../host/demo.ts';
import { startDemo } from '../host/demo.ts';
import { poll } from './kit/poll.ts';
import type { Workbench } from './kit/workbench.ts';
import { openWorkbench } from './kit/workbench.ts';

let demo: Demo;
let workbench: Workbench;

beforeAll(async () => {
  demo = await startDemo();
  await copyFile(
    path.join(root, 'modal_apps/documents/samples/page.png'),
    path.join(demo.workspace, 'page.png'),
  );
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

const panel = () =>
  workbench.webviewFrame(async (frame) => (await frame.locator('modal-draft .tabs').count()) > 0);
const sample = (name: string) => workbench.treeRow('Apps', new RegExp(`^Sample request ${name}`));

async function deploy(row: RegExp, name: string): Promise<void> {
  await workbench.treeRow('Catalogue', row).inlineAction(/^Deploy/);
  await workbench.quickPick.option(/^Deploy, /).waitFor();
  await workbench.quickPick.accept();
  await workbench.modalDialog.press('Deploy');
  await workbench.notification(`Deployed ${name}`).waitFor(120_000);
  await workbench.clearNotifications();
}

/** Chooses the request by the beginning of its line. */
async function chooseEntry(frame: Frame, begins: string): Promise<void> {
  const picker = frame.getByRole('combobox', { name: 'Request', exact: true });
  const option = picker
    .locator('option')
    .filter({ hasText: new RegExp(`^\\s*${begins}`) })
    .first();
  await option.waitFor({ state: 'attached' });
  await picker.selectOption((await option.getAttribute('value')) ?? '');
}

/** Waits until the panel shows the request with this method. */
async function showsMethod(frame: Frame, wanted: string): Promise<void> {
  const method = frame.getByRole('combobox', { name: 'Method' });
  await poll(async () => ((await method.inputValue()) === wanted ? true : undefined), {
    what: `a request with ${wanted}`,
  });
}

describe('the samples of an endpoint', () => {
  it('hang below it, and are sent with one click', async () => {
    await deploy(/^Embeddings, GPU A10/, 'embeddings');
    await workbench.treeRow('Apps', /^App embeddings/).expand();
    await workbench.treeRow('Apps', /^Web endpoint Embedder.web/).expand();
    expect(await sample('Three sentences').inlineActions()).toEqual(['Send Test Request…']);
    await sample('Three sentences').inlineAction('Send Test Request…');
    const frame = await panel();
    await frame.getByText('200 OK').waitFor({ timeout: 120_000 });
    expect(await frame.locator('dl.cards').innerText()).toMatch(/Dimensions\s+768/);
    await workbench.shot('120-samples');
  });
});

describe('the form', () => {
  it('has the fields of the operation, with what the schema says of them', async () => {
    const frame = await panel();
    await chooseEntry(frame, 'POST /embed');
    await frame.getByText('Two sentences that mean the same').waitFor({ state: 'hidden' }); // of the sample
    await frame.getByRole('group', { name: 'texts' }).first().waitFor();
    await frame.getByRole('combobox', { name: 'task' }).selectOption('"query"');
    await frame.getByRole('button', { name: 'Add to texts' }).click();
    await frame.getByRole('textbox', { name: /^texts\[3\]/ }).fill('from the form');
    await workbench.shot('121-form');
    await frame.getByRole('button', { name: 'JSON', exact: true }).click();
    const body = frame.getByRole('textbox', { name: 'Request body' });
    await body.getByText('"from the form"').waitFor();
    await body.getByText('"query"').waitFor();
  });

  it('completes JSON from the schema', async () => {
    const frame = await panel();
    const body = frame.getByRole('textbox', { name: 'Request body' });
    await body.click();
    await workbench.page.keyboard.press('ControlOrMeta+Home');
    await workbench.page.keyboard.press('ArrowRight');
    await workbench.page.keyboard.press('Enter');
    await workbench.page.keyboard.type('"');
    const option = frame.getByRole('option', { name: /truncate/ });
    await option.waitFor();
    await workbench.shot('122-completion');
    await workbench.page.keyboard.type('tru');
    await frame.getByRole('option', { name: /normalize/ }).waitFor({ state: 'detached' });
    await option.click();
    await body.getByText('"truncate": true').waitFor();
    await workbench.page.keyboard.type(',');
  });

  it('says what does not fit at the field, and sends it anyway if the user wants', async () => {
    const frame = await panel();
    await frame.getByRole('button', { name: 'Form', exact: true }).click();
    await frame.getByRole('textbox', { name: 'instruction' }).fill('word '.repeat(401));
    await frame.getByText('May have at most 2,000 characters.').waitFor();
    await frame.getByRole('button', { name: 'JSON', exact: true }).click();
    await frame.getByRole('textbox', { name: 'Request body' }).click();
    await workbench.page.keyboard.press('ControlOrMeta+Enter');
    await frame.getByText('1 problem with this request:').waitFor();
    await frame.getByRole('button', { name: 'Form', exact: true }).click();
    await frame.getByText('instruction: May have at most 2,000 characters.').waitFor();
    await workbench.shot('123-validation');
    await frame.getByRole('button', { name: 'Send Anyway' }).click();
    await frame.getByText(/couldn't process the request/).waitFor();
    await frame.getByRole('textbox', { name: 'instruction' }).fill('');
  });

  it('shows the choices of the request that is open, whatever was chosen for another', async () => {
    const frame = await panel();
    const method = frame.getByRole('combobox', { name: 'Method' });
    await method.selectOption('PUT');
    await chooseEntry(frame, 'Custom request');
    await showsMethod(frame, 'GET');
    await chooseEntry(frame, 'POST /embed');
    await showsMethod(frame, 'PUT');
    await method.selectOption('POST');
  });

  it.each(['light', 'highContrast', 'highContrastLight', 'dark'] as const)(
    'can be read by everybody: %s',
    async (theme) => {
      await workbench.switchTheme(theme);
      expect(await workbench.axe(await panel())).toEqual([]);
    },
  );

  it('is walked by keyboard', async () => {
    const request = (await panel()).locator('modal-draft');
    await request.getByRole('tab', { name: 'Body' }).focus();
    await workbench.page.keyboard.press('ArrowRight');
    await request.getByRole('tab', { name: 'Query', selected: true }).waitFor();
    await workbench.page.keyboard.press('ArrowRight');
    await request.getByRole('tab', { name: 'Headers', selected: true }).waitFor();
    await request.getByRole('textbox', { name: 'Add: Name' }).focus();
    await workbench.page.keyboard.type('X-Request-ID');
    await workbench.page.keyboard.press('Tab');
    await workbench.page.keyboard.type('ten\u20ac');
    await request.getByText("characters that aren't allowed in a header").first().waitFor();
    await workbench.page.keyboard.press('ControlOrMeta+A');
    await workbench.page.keyboard.type('form-1');
    await request.getByRole('tab', { name: 'Headers (1)' }).waitFor();
    await poll(
      async () => {
        // The editor may give the focus back to the field that had it.
        await request.getByRole('tab', { name: 'Headers (1)' }).focus();
        await workbench.page.keyboard.press('ArrowRight');
        const auth = request.getByRole('tab', { name: 'Auth', selected: true });
        return auth.waitFor({ timeout: 2000 }).then(
          () => true,
          () => undefined,
        );
      },
      { what: 'the tab of the key' },
    );
    await request.getByText('Proxy token saved.', { exact: false }).waitFor();
    await workbench.shot('124-auth');
    await workbench.page.keyboard.press('ArrowRight');
    await request.getByRole('tab', { name: 'Body', selected: true }).waitFor();
  });
});

describe('the token', () => {
  it('is in no draft and nowhere in the panel', async () => {
    await workbench.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await workbench.treeRow('Apps', /^Web endpoint Embedder.web/).menu('Copy Endpoint API Key');
    await workbench.page.getByText('Copied the API key of embeddings').first().waitFor();
    const token = await workbench.page.evaluate<string>('navigator.clipboard.readText()');
    expect(token).toMatch(/^wk-.+\.ws-.+$/);
    expect(await (await panel()).content()).not.toContain(token);
    const kept = await keptDrafts();
    expect(kept).toContain('"kind":"proxy"');
    for (const part of token.split('.')) expect(kept).not.toContain(part);
  });
});

describe('a draft', () => {
  it('is there again after a reload of the window', async () => {
    const before = await panel();
    await before.getByRole('textbox', { name: /^texts\[3\]/ }).fill('still here');
    await poll(async () => ((await keptDrafts()).includes('still here') ? true : undefined), {
      what: 'the draft on disk',
    });
    await workbench.open(demo.workspace);
    const frame = await panel();
    // Which tab was in front is kept by the editor in its own time; the draft is ours.
    await frame.getByRole('tab', { name: 'Body', exact: true }).click();
    await frame.getByRole('textbox', { name: /^texts\[3\]/ }).waitFor();
    expect(await frame.getByRole('textbox', { name: /^texts\[3\]/ }).inputValue()).toBe('still here');
    expect(await frame.getByRole('tab', { name: 'Headers (1)' }).count()).toBe(1);
    await workbench.shot('125-draft-after-reload');
  });
});

describe('a file', () => {
  it('goes from the explorer into the field that takes it', async () => {
    await workbench.openView('Catalogue');
    await deploy(/^Document reader, GPU L40S/, 'documents-ocr');
    await workbench.runCommand('View: Show Explorer');
    await workbench.treeRow('Files Explorer', 'page.png').menu('Send to Modal Endpoint…');
    await workbench.quickPick.choose(/^documents-ocr: web/);
    const frame = await panel();
    await frame.locator('.chosen').filter({ hasText: 'page.png' }).waitFor();
    await frame.getByRole('button', { name: /Choose File/ }).waitFor();
    await workbench.shot('126-file');
    await frame.getByRole('button', { name: 'Send', exact: true }).click();
    await frame.getByText('200 OK').waitFor({ timeout: 120_000 });
  });
});

describe('a parameter with choices', () => {
  it('shows the value that is sent, also after several choices', async () => {
    const frame = await panel();
    await chooseEntry(frame, 'Custom request');
    await showsMethod(frame, 'GET');
    await frame.getByRole('textbox', { name: 'Path' }).fill('/status');
    await frame.getByRole('tab', { name: 'Query' }).click();
    await frame.getByRole('textbox', { name: 'Add: Name' }).fill('wake');
    const value = frame.getByRole('combobox', { name: 'Value (wake)' });
    for (const [choice, kept] of [
      ['true', '"value":"true","on":true'],
      ['false', '"value":"false","on":true'],
      ['true', '"value":"true","on":true'],
      ['', '"value":"","on":false'],
    ] as const) {
      await value.selectOption(choice);
      await poll(async () => ((await keptDrafts()).includes(`"name":"wake",${kept}`) ? true : undefined), {
        what: `the draft with ${kept}`,
      });
      expect(await value.inputValue()).toBe(choice);
    }
    await workbench.page.setViewportSize({ width: 860, height: 900 });
    await workbench.shot('127-narrow');
  });
});

async function keptDrafts(): Promise<string> {
  const files = await readdir(demo.host.dataDir, { recursive: true });
  const drafts = files.filter(
    (file) => file.includes(`${path.sep}drafts${path.sep}`) && file.endsWith('.json'),
  );
  return (await Promise.all(drafts.map((file) => readFile(path.join(demo.host.dataDir, file), 'utf8')))).join(
    '\n',
  );
}
