/** Forms from FastAPI's own description, and the reason of its refusals. */
import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Frame } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Demo } from '../host/demo.ts';
import { startDemo } from '../host/demo.ts';
import { poll } from './kit/poll.ts';
import type { Workbench } from './kit/workbench.ts';
import { openWorkbench } from './kit/workbench.ts';

let demo: Demo;
let workbench: Workbench;
let panel: Frame;

beforeAll(async () => {
  demo = await startDemo();
  const script = path.join(demo.workspace, 'forms_app.py');
  await cp(path.join(import.meta.dirname, '../integration/fixtures/forms_app.py'), script);
  await promisify(execFile)(path.join(demo.simulator.binDir, 'modal'), ['deploy', script], {
    env: { ...process.env, ...demo.env },
  });
  workbench = await openWorkbench({ host: demo.host, folder: demo.workspace });
  await workbench.openView('Apps');
  await workbench.treeRow('Apps', /^App forms-app/).expand();
  await workbench.treeRow('Apps', /^Web endpoint web/).inlineAction('Send Test Request…');
  panel = await workbench.webviewFrame(
    async (frame) => (await frame.locator('modal-draft .tabs').count()) > 0,
  );
  await workbench.runCommand('View: Toggle Primary Side Bar Visibility');
});
afterAll(async () => {
  await workbench?.close();
  await demo?.stop();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await workbench.shot(`failed ${task.name}`);
});

/** On a busy machine the container may start too late for the first reading of its description. */
async function choose(begins: string): Promise<void> {
  const option = panel.locator('select.entry option').filter({ hasText: begins }).first();
  const ask = panel.getByRole('button', { name: /^(?:Load API Description|Try Again)$/ });
  await poll(
    async () => {
      if (await ask.isVisible()) await ask.click();
      return (await option.count()) > 0 ? true : undefined;
    },
    { what: `the operation ${begins}`, timeoutMs: 60_000 },
  );
  await panel
    .getByRole('combobox', { name: 'Request', exact: true })
    .selectOption((await option.getAttribute('value')) ?? '');
}

describe('the form of an endpoint of FastAPI', () => {
  it('has lines for lists, choices of enums, choosers for optional files, and cookies', async () => {
    await choose('POST /print');
    await panel.getByRole('tab', { name: /^Body/ }).click();
    await panel.getByRole('button', { name: 'page: Choose File…' }).waitFor();
    await panel.getByRole('button', { name: 'pictures: Choose File…' }).waitFor();
    const colors = panel.getByRole('combobox', { name: 'Value (colors)' });
    expect(await colors.locator('option').allInnerTexts()).toEqual(['red', 'blue']);
    await panel.getByRole('button', { name: 'Add to colors' }).click();
    await colors.nth(1).selectOption('blue');
    await workbench.shot('128-form-lists');
    await panel.getByRole('tab', { name: /^Query/ }).click();
    await panel.getByRole('textbox', { name: 'Value (tags)' }).fill('one');
    await panel.getByRole('button', { name: 'Add to tags' }).click();
    await panel.getByRole('textbox', { name: 'Value (tags)' }).nth(1).fill('two');
    await panel.getByRole('combobox', { name: 'Value (mode)' }).selectOption('red');
    await workbench.shot('129-query-lists');
    await panel.getByRole('tab', { name: /^Headers/ }).click();
    await panel.getByText('Counts visits.').waitFor();
    expect(await panel.getByRole('textbox', { name: 'Value (Cookie)' }).inputValue()).toBe('visit=1');
    expect(await workbench.axe(panel)).toEqual([]);
  });

  it('says field and reason of a refusal, and shows digits as they came', async () => {
    await choose('POST /order');
    await panel.getByRole('tab', { name: /^Query/ }).click();
    await panel.getByRole('textbox', { name: 'Value (limit)' }).fill('99');
    await panel.getByRole('button', { name: 'Send', exact: true }).click();
    await panel
      .getByText(/couldn't process the request\. query limit: Input should be less than or equal to 10/)
      .waitFor();
    await workbench.shot('130-reason');
    await panel.getByRole('textbox', { name: 'Value (limit)' }).fill('9');
    await panel.getByRole('button', { name: 'Send', exact: true }).click();
    await panel.getByText('200 OK').waitFor();
    const cards = panel.locator('dl.cards');
    expect(await cards.innerText()).toMatch(/Year\s+2025\s+Seed\s+9007199254740993\s+Price\s+1\.0/);
    await workbench.shot('131-digits');
  });
});
