/** The main job as a person does it: from the sidebar to ratios and sentiment, and to the stop, by clicking. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Demo } from '../host/demo.ts';
import { startDemo } from '../host/demo.ts';
import type { Workbench } from './kit/workbench.ts';
import { openWorkbench } from './kit/workbench.ts';

let demo: Demo;
let workbench: Workbench;

beforeAll(async () => {
  demo = await startDemo();
  workbench = await openWorkbench({ host: demo.host, folder: demo.workspace });
});
afterAll(async () => {
  await workbench?.close();
  await demo?.stop();
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await workbench.shot(`failed ${task.name}`);
});

/** The webviews by the element that fills them: their titles are the editor's business. */
const frameWith = (element: string) =>
  workbench.webviewFrame(async (frame) => (await frame.locator(element).count()) > 0);
const logsFrame = () => frameWith('modal-logs');
const requestFrame = () => frameWith('modal-request');

const app = /^App finbert-analyst, deployed/;
const catalogueRow = /^FinBERT analyst, GPU A10/;

describe('the main job', () => {
  it('begins with an empty sidebar that says what to do', async () => {
    await workbench.openView('Apps');
    await workbench.page.getByText('Nothing is deployed yet.').waitFor();
    await workbench.treeRow('Catalogue', catalogueRow).waitFor();
    await workbench.shot('01-empty');
  });

  it('asks once, naming app, environment, GPU, price and secret', async () => {
    await workbench.treeRow('Catalogue', catalogueRow).inlineAction(/^Deploy/);
    const preview = workbench.quickPick;
    await preview.option(/^Deploy, A10/).waitFor();
    for (const line of [
      /^Environment, main/,
      /^GPU, A10/,
      /^modal-apps-key, will be created/,
      /^Not deployed/,
    ])
      await preview.option(line).first().waitFor();
    await workbench.shot('02-preview');
    await preview.accept();
    const text = await workbench.modalDialog.text();
    expect(text).toContain('Deploy finbert-analyst to main?');
    expect(text).toContain('A10 (24 GB), $1.10/h while a container runs (live price');
    expect(text).toContain('modal-apps-key will be created with a new random key');
    expect(text).toContain('Starts one container for a health check');
    await workbench.shot('02-question');
  });

  it('deploys, with the build log in the panel and the stage in the row', async () => {
    await demo.simulator.admin('POST', '/faults', { buildSeconds: 4 });
    await workbench.modalDialog.press('Deploy');
    await workbench.treeRow('Catalogue', /building image/).waitFor(60_000);
    const logs = await logsFrame();
    await logs.getByText('Building image', { exact: false }).first().waitFor();
    await workbench.shot('03-deploying');
    await workbench.notification('Deployed finbert-analyst').waitFor(120_000);
    await demo.simulator.admin('DELETE', '/faults');
    await workbench.treeRow('Apps', app).waitFor();
    await workbench.shot('04-deployed');
  });

  it('sends the sample and shows ratios and sentiment', async () => {
    await workbench.notification('Deployed finbert-analyst').press('Send Sample');
    const panel = await requestFrame();
    await panel.getByText('200 OK').waitFor({ timeout: 120_000 });
    const cards = await panel.locator('dl.cards').innerText();
    expect(cards).toMatch(/Net margin, %\s+[\d.]+/);
    expect(cards).toMatch(/Sentiment\s+(positive|neutral|negative)/);
    await panel.getByRole('columnheader', { name: 'Formula' }).first().waitFor();
    await workbench.shot('05-answer');
  });

  it('follows the log of that very call', async () => {
    const panel = await requestFrame();
    await panel.getByRole('button', { name: 'Log Lines' }).click();
    const logs = await logsFrame();
    await logs.getByText(/^Call: fc-/).waitFor();
    await logs
      .getByText(/POST \/analyze_financials/)
      .first()
      .waitFor();
    await workbench.shot('06-logs-of-call');
    await logs.getByRole('button', { name: /^Remove Filter: Call fc-/ }).click();
    await logs
      .getByText(/is ready$/)
      .first()
      .waitFor();
    await workbench.shot('07-logs');
  });

  it('shows functions, endpoint and containers below the app', async () => {
    const row = await workbench.treeRow('Apps', app).waitFor();
    await row.expand();
    const endpoint = workbench.treeRow('Apps', /^Web endpoint web/);
    await endpoint.waitFor();
    expect(await endpoint.inlineActions()).toEqual(['Send Test Request…', 'Copy Endpoint URL']);
    await workbench
      .treeRow('Apps', /^Container ta-/)
      .locator.first()
      .waitFor();
    await workbench.clearNotifications();
    await workbench.shot('08-tree');
  });

  it('gives the key of the endpoint to the clipboard, and shows it nowhere', async () => {
    await workbench.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await workbench.treeRow('Apps', /^Web endpoint web/).menu('Copy Endpoint API Key');
    await workbench.page.getByText('Copied the API key of finbert-analyst').first().waitFor();
    const key = await workbench.page.evaluate('navigator.clipboard.readText()');
    expect(key).toMatch(/^[\w-]{43}$/);
    expect(await workbench.page.content()).not.toContain(key);
  });

  it.each(['light', 'highContrast', 'highContrastLight', 'dark'] as const)(
    'can be read by everybody: %s',
    async (theme) => {
      await workbench.switchTheme(theme);
      await workbench.shot(`40-theme-${theme}`);
      expect(await workbench.axe(await requestFrame())).toEqual([]);
      expect(await workbench.axe(await logsFrame())).toEqual([]);
    },
  );

  it('explains an endpoint that refuses the request', async () => {
    const panel = await requestFrame();
    await panel.getByRole('button', { name: 'JSON', exact: true }).click();
    const body = panel.getByRole('textbox', { name: 'Request body' });
    await body.click();
    await body.press('ControlOrMeta+a');
    await body.pressSequentially('{"files": []');
    await panel.getByRole('button', { name: 'Send', exact: true }).click();
    await panel.getByRole('button', { name: 'Send Anyway' }).click();
    await panel.getByText(/couldn't process the request/).waitFor();
    await workbench.shot('09-refused');
  });

  it('stops the app after a question that says what will be gone', async () => {
    await workbench.treeRow('Apps', app).inlineAction('Stop App…');
    expect(await workbench.modalDialog.text()).toContain("can't be restarted");
    await workbench.shot('10-stop');
    await workbench.modalDialog.press('Stop App');
    await workbench.page.getByText('Nothing is deployed yet.').waitFor();
    await workbench.shot('11-stopped');
  });

  it('leaves nothing behind when a deploy is cancelled', async () => {
    await demo.simulator.admin('POST', '/faults', { rpc: { FunctionCreate: { delaySeconds: 30 } } });
    await workbench.treeRow('Catalogue', catalogueRow).inlineAction(/^Deploy/);
    await workbench.quickPick.option(/^Deploy, A10/).waitFor();
    await workbench.quickPick.accept();
    expect(await workbench.modalDialog.text()).toContain('Secret: modal-apps-key exists');
    await workbench.modalDialog.press('Deploy');
    const row = await workbench
      .treeRow('Catalogue', /^FinBERT analyst.*(?:uploading|creating|building)/)
      .waitFor();
    await row.inlineAction('Cancel Deploy');
    await (await logsFrame()).getByText('Deploy cancelled').waitFor();
    await demo.simulator.admin('DELETE', '/faults');
    await workbench.page.getByText('Nothing is deployed yet.').waitFor();
    await workbench.shot('12-cancelled');
  });
});
