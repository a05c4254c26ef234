/** The FinBERT page in a real browser: what somebody sees of figures, warnings and reasons, and that it stays text. */
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

const image = `<img src=x onerror="document.documentElement.setAttribute('ran', '1')">`;
/** Equity that does not fit, a quarter beside a year, and a label of somebody who would like to be markup. */
const statement = [
  'in USD thousands,FY2024,FY2023,Q4 2024',
  `"Revenue (${image.replaceAll('"', '""')})",1000,900,300`,
  'Net income,50,40,10',
  'Total assets,800,700,800',
  'Total liabilities,300,250,300',
  'Total equity,100,450,100',
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
  await page.getByText('Revenue (<img').first().waitFor();
});
afterAll(async () => {
  await browser?.close();
  served?.stdin.end();
  served?.kill();
  await rm(folder, { recursive: true, force: true });
});

/** The texts of a row of a table, which has two copies of each: one is measured and never seen. */
async function row(start: string): Promise<string> {
  const rows = page.locator('tr:visible').filter({ hasText: start });
  return (await rows.allInnerTexts()).join('\n').replaceAll(/\s+/g, ' ');
}

describe('the page of an analysis', () => {
  it('says where a figure stands, how it is written there and what it was multiplied by', async () => {
    const revenue = await row('Revenue (<img');
    expect(revenue).toContain('1,000,000');
    expect(revenue).toContain('1000 x1,000');
    expect(revenue).toContain('a.csv, B2');
  });

  it('has a reason beside each ratio that is withheld, and the failed check among the warnings', async () => {
    expect(await row('Return on equity')).toMatch(/withheld.*FY2024: /);
    expect(await page.getByText('Check failed').count()).toBeGreaterThan(0);
  });

  it('marks flows of a part of a year', async () => {
    expect(await row('Asset turnover')).toContain('(flows x4)');
  });

  it('makes no markup of what a file says', async () => {
    expect(await page.locator('img[src=x]').count()).toBe(0);
    expect(await page.locator('html').getAttribute('ran')).toBeNull();
  });

  it('keeps its tables within the page', async () => {
    const wide = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
    expect(wide).toBeLessThanOrEqual(0);
  });
});
