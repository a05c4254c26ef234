import type { Locator, Page } from 'playwright-core';

/** A message at the lower right. */
export class Notification {
  readonly locator: Locator;

  /** @param text part of the message, or a pattern */
  constructor(page: Page, text: string | RegExp) {
    this.locator = page
      .locator('.notifications-toasts')
      .getByRole('dialog')
      .filter({ hasText: text })
      .first();
  }

  async waitFor(timeoutMs = 20_000): Promise<this> {
    await this.locator.waitFor({ state: 'visible', timeout: timeoutMs });
    return this;
  }

  async gone(timeoutMs = 20_000): Promise<void> {
    await this.locator.waitFor({ state: 'hidden', timeout: timeoutMs });
  }

  async text(): Promise<string> {
    return (await this.locator.locator('.notification-list-item-message').innerText()).trim();
  }

  async press(button: string): Promise<void> {
    await this.locator.getByRole('button', { name: button, exact: true }).click();
  }

  async close(): Promise<void> {
    await this.locator.hover();
    await this.locator.getByRole('button', { name: /^Clear Notification/ }).click();
    await this.gone();
  }
}

/** The question in the middle that must be answered first. */
export class ModalDialog {
  readonly locator: Locator;

  constructor(page: Page) {
    this.locator = page.locator('.monaco-dialog-box[role=dialog][aria-modal=true]');
  }

  async waitFor(timeoutMs = 20_000): Promise<this> {
    await this.locator.waitFor({ state: 'visible', timeout: timeoutMs });
    return this;
  }

  /** Question and detail, one after the other. */
  async text(): Promise<string> {
    await this.waitFor();
    return (await this.locator.locator('.dialog-message-container').innerText()).trim();
  }

  async press(button: string): Promise<void> {
    await this.locator.getByRole('button', { name: button, exact: true }).click();
    await this.locator.waitFor({ state: 'hidden' });
  }
}
