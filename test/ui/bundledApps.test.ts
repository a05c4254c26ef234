/** The other bundled apps as a person meets them: deployed by a click, answered, read in a browser, and copied. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/root.ts';
import type { Demo } from '../host/demo.ts';
import { startDemo } from '../host/demo.ts';
import type { Workbench } from './kit/workbench.ts';
import { openWorkbench } from './kit/workbench.ts';

let demo: Demo;
let workbench: Workbench;

beforeAll(async () => {
  demo = await startDemo();
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

const requestFrame = () =>
  workbench.webviewFrame(async (frame) => (await frame.locator('modal-request').count()) > 0);

async function deploy(row: RegExp, name: string): Promise<string> {
  await workbench.treeRow('Catalogue', row).inlineAction(/^Deploy/);
  await workbench.quickPick.option(/^Deploy, /).waitFor();
  await workbench.quickPick.accept();
  const question = await workbench.modalDialog.text();
  await workbench.modalDialog.press('Deploy');
  await workbench.notification(`Deployed ${name}`).waitFor(120_000);
  return question;
}

async function sendSample(name: string): Promise<string> {
  await workbench.notification(`Deployed ${name}`).press('Send Sample');
  const panel = await requestFrame();
  await panel.getByText('200 OK').waitFor({ timeout: 120_000 });
  const cards = await panel.locator('dl.cards').innerText();
  await workbench.clearNotifications();
  return cards;
}

describe('the bundled apps', () => {
  it('are all in the Catalogue, read from their manifests', async () => {
    for (const title of ['Document reader', 'Embeddings', 'FinBERT analyst', 'SAE inference', 'vLLM server'])
      await workbench.treeRow('Catalogue', title).waitFor();
  });

  it('make the proxy token that an endpoint behind the proxy needs, and say so before', async () => {
    const question = await deploy(/^Embeddings, GPU A10/, 'embeddings');
    expect(question).toContain('Proxy token: will be created for your requests');
    expect(await sendSample('embeddings')).toMatch(/Dimensions\s+768/);
    await workbench.shot('50-embeddings');
  });

  it('read a document', async () => {
    await deploy(/^Document reader, GPU L40S/, 'documents-ocr');
    expect(await sendSample('documents-ocr')).toMatch(/Words\s+\d+/);
    await workbench.shot('51-documents');
  });

  it('have a page for people, behind the key', async () => {
    await deploy(/^FinBERT analyst/, 'finbert-analyst');
    await workbench.clearNotifications();
    const web = await apiUrl('finbert-analyst');
    const page = await workbench.page.context().newPage();
    try {
      await page.goto(`${web}/ui`);
      await page.getByText('the password is the app').waitFor({ timeout: 120_000 });
      await page.getByLabel('username', { exact: false }).fill('anybody');
      await page.getByLabel('password', { exact: false }).fill('not the key of this app');
      await page.getByRole('button', { name: 'Login' }).click();
      await page.getByText('Incorrect Credentials', { exact: false }).waitFor();
      await page.screenshot({ path: path.join(import.meta.dirname, 'shots/52-page-login.png') });
    } finally {
      await page.close();
    }
  });

  it('can be copied into the workspace, with what they need', async () => {
    await workbench.treeRow('Catalogue', /^SAE inference/).menu('Copy into Workspace');
    await workbench.notification('modal deploy modal_apps/interp/app.py').waitFor();
    await workbench.webviewFrame(
      async (frame) => (await frame.getByRole('heading', { name: /^SAE inference/ }).count()) > 0,
    );
    await workbench.shot('53-copied');
    const copied = (folder: string) => readdir(path.join(demo.workspace, 'modal_apps', folder));
    expect((await readdir(path.join(demo.workspace, 'modal_apps'))).sort()).toEqual(['appkit', 'interp']);
    const original = (await readdir(path.join(root, 'modal_apps/interp'))).filter(
      (name) => name !== 'app.json' && name !== '__pycache__',
    );
    expect((await copied('interp')).sort()).toEqual(original.sort());
    await workbench.clearNotifications();
    await workbench.treeRow('Catalogue', /^SAE inference/).menu('Copy into Workspace');
    await workbench.notification('is there already').waitFor();
  });
});

/** Address of an app's API, as its row speaks it. */
async function apiUrl(app: string): Promise<string> {
  const row = await workbench.treeRow('Apps', new RegExp(`^App ${app}`)).waitFor();
  await row.expand();
  const endpoint = await workbench.treeRow('Apps', /^Web endpoint web,/).waitFor();
  return `http://${(await endpoint.spoken()).split(', ')[1]}`;
}
