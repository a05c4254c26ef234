import type { Locator, Page } from 'playwright-core';
import { openContextMenu, takeFromMenu } from './contextMenu.ts';
import { exactly } from './names.ts';
import { poll } from './poll.ts';

/** A row of a tree view, found by the view's name and what the row shows or speaks. */
export class TreeRow {
  readonly locator: Locator;
  readonly #page: Page;

  /** @param name the label that is seen, or a pattern of the spoken sentence */
  constructor(page: Page, view: string, name: string | RegExp) {
    this.#page = page;
    const tree = page.getByRole('tree', { name: view, exact: true });
    this.locator =
      typeof name === 'string'
        ? tree.getByRole('treeitem').filter({ has: page.locator('.label-name', { hasText: exactly(name) }) })
        : tree.getByRole('treeitem', { name });
  }

  async waitFor(timeoutMs = 20_000): Promise<this> {
    await this.locator.waitFor({ state: 'visible', timeout: timeoutMs });
    return this;
  }

  /** The sentence that a screen reader speaks. */
  async spoken(): Promise<string> {
    return (await this.locator.getAttribute('aria-label')) ?? '';
  }

  /** The text that is seen: label and description. */
  async text(): Promise<string> {
    return (await this.locator.innerText()).trim();
  }

  async click(): Promise<void> {
    await this.locator.click();
  }

  async expand(): Promise<void> {
    await this.#setExpanded(true);
  }

  async collapse(): Promise<void> {
    await this.#setExpanded(false);
  }

  /** Names of the buttons that appear on the row under the mouse. */
  async inlineActions(): Promise<string[]> {
    await this.locator.hover();
    const buttons = await this.locator.getByRole('button').all();
    return Promise.all(buttons.map(async (button) => (await button.getAttribute('aria-label')) ?? ''));
  }

  /** Presses a button that appears on the row under the mouse. */
  async inlineAction(name: string | RegExp): Promise<void> {
    await this.locator.hover();
    await this.locator.getByRole('button', { name, exact: true }).click();
  }

  /** Opens the row's menu and takes an entry. */
  async menu(item: string | RegExp): Promise<void> {
    await takeFromMenu(await openContextMenu(this.#page, this.locator, item));
  }

  async #setExpanded(wanted: boolean): Promise<void> {
    await this.waitFor();
    const isWanted = async () => (await this.locator.getAttribute('aria-expanded')) === String(wanted);
    // What is below may be read only now.
    await poll(async () => (await this.locator.getAttribute('aria-expanded')) ?? undefined, {
      what: 'the row to have others below it',
    });
    if (await isWanted()) return;
    // The arrow, because a click on the row may also run the row's command.
    await this.locator.locator('.monaco-tl-twistie').click();
    await poll(async () => (await isWanted()) || undefined, { what: 'the row to open or close' });
  }
}
