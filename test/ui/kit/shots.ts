import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';

export const shotsFolder = path.join(path.dirname(import.meta.dirname), 'shots');

/** Writes a picture of the page. @returns its path */
export async function takeShot(page: Page, name: string): Promise<string> {
  await mkdir(shotsFolder, { recursive: true });
  const file = path.join(shotsFolder, `${name}.png`);
  await page.screenshot({ path: file, animations: 'disabled', caret: 'hide' });
  return file;
}
