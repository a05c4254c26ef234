import type { Locator, Page } from 'playwright-core';
import { poll } from './poll.ts';

/** Opens the editor's menu of an element by mouse. @returns its entry of that name, which is seen */
export async function openContextMenu(page: Page, target: Locator, item: string | RegExp): Promise<Locator> {
  const entry = page.getByRole('menuitem', { name: item }).first();
  await poll(
    async () => {
      await target.click({ button: 'right' });
      const shown = await entry.waitFor({ timeout: 2000 }).then(
        () => true,
        () => undefined,
      );
      // Rows that come and go move the others: then it is the menu of a neighbour.
      if (!shown) await page.keyboard.press('Escape');
      return shown;
    },
    { what: `the menu with ${String(item)}` },
  );
  return entry;
}

/** Takes an entry of the menu that is open. */
export async function takeFromMenu(entry: Locator): Promise<void> {
  // A menu takes no clicks in its first moments, so that the opening click does not choose.
  await poll(
    async () => {
      if (await entry.isHidden()) return true;
      await entry.click({ timeout: 1000 });
      return undefined;
    },
    { what: 'the menu entry to be taken' },
  );
}
