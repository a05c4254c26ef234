/** The FinBERT page in a real browser: what somebody sees of figures, warnings and reasons. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensurePython } from '../../scripts/python.ts';
import { chromiumFlags, ensureChromium } from '../host/chromium.ts';

let served: ChildProcessWithoutNullStreams;
let folder: string;
let browser: Browser;
let page: Page;

/** Equity that does not fit in one of two years. */
const statement = [
  '"Income statement, in USD thousands",,',
  'Item,FY2024,FY2023',
  'Cost of sales,600,500',
  'Net income,50,40',
  '',
  '"Balance sheet, in USD thousands",,',
  'Item,FY2024,FY2023',
  'Total assets,800,700',
  'Total liabilities,300,250',
  'Total equity,100,450',
].join('\n');

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'page-'));
  const script = path.join(import.meta.dirname, '../../modal_apps/tests/finance/serve_page.py');
  served = spawn(await ensurePython(), ['-B', script], { env: { ...process.env, GRADIO_TEMP_DIR: folder } });
  const [first] = (await once(createInterface({ input: served.stdout }), 'line')) as [string];
  const [own = '', key = ''] = first.split(' ');
  browser = await chromium.launch({ executablePath: ensureChromium(), args: chromiumFlags });
  page = await browser.newPage({ viewport: { width: 1500, height: 1900 } });
  await page.goto(`${own}/ui/`);
  await page.getByLabel('username').fill('a');
  await page.getByLabel('password').fill(key);
  await page.getByRole('button', { name: 'Login' }).click();
  await page
    .locator('input[type=file]')
    .first() // tables have one too
    .setInputFiles({ name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from(statement) });
  await page.getByText('a.csv').first().waitFor();
  await page.getByLabel('Question').fill('Margins and debt');
  await page.getByRole('button', { name: 'Analyze' }).click();
  await page.getByText('Cost of sales').first().waitFor();
});
afterAll(async () => {
  await browser?.close();
  served?.stdin.end();
  served?.kill();
  await rm(folder, { recursive: true, force: true });
});

/** The texts of a row of a table, which has two copies of each: one is measured and never seen. */
async function row(start: string): Promise<string> {
  const rows = page.locator('[role=row]:visible').filter({ hasText: start });
  return (await rows.allInnerTexts()).join('\n').replaceAll(/\s+/g, ' ');
}

describe('the page of an analysis', () => {
  it('says where a figure stands, how it is written there and what it was multiplied by', async () => {
    const cost = await row('Cost of sales');
    expect(cost).toContain('600,000');
    expect(cost).toContain('600 x1,000');
    expect(cost).toContain('a.csv, B3');
  });

  it('has a reason beside each ratio that is withheld', async () => {
    expect(await row('Return on equity')).toMatch(/withheld .*FY2024: .*does not hold/);
  });

  it('has the failed check beside the figure that is not used, and among the warnings', async () => {
    expect(await row('Total assets')).toMatch(/withheld .*does not hold/);
    expect(await page.getByText('Check failed').count()).toBeGreaterThan(0);
  });

  it('keeps its tables within the page', async () => {
    const wide = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
    expect(wide).toBeLessThanOrEqual(0);
  });
});
