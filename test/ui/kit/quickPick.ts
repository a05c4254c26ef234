import type { Locator, Page } from 'playwright-core';
import { commandOf } from './names.ts';
import { poll } from './poll.ts';

/** The list at the top of the workbench: command palette, pickers and input boxes. */
export class QuickPick {
  readonly widget: Locator;
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
    this.widget = page.locator('.quick-input-widget');
  }

  /** The text field. Some pickers hide it; then use {@link choose} alone. */
  get input(): Locator {
    return this.widget.getByRole('textbox').or(this.widget.getByRole('combobox')).first();
  }

  /** @param text the option's label, or a pattern of its spoken name */
  option(text: string | RegExp): Locator {
    return this.widget.getByRole('option', { name: text });
  }

  async waitOpen(): Promise<void> {
    await this.widget.waitFor({ state: 'visible' });
  }

  /** Clicks an option once it is there. A text that fits several options takes the first. */
  async choose(text: string | RegExp): Promise<void> {
    await this.option(text).first().click();
  }

  /** Opens the palette and runs a command. @param title its title, with or without the category */
  async runCommand(title: string): Promise<void> {
    const command = this.option(commandOf(title)).first();
    await poll(
      async () => {
        await this.#openPalette();
        await this.input.fill(`>${title}`);
        if (await appears(command)) return true;
        // A palette that is open does not learn of commands that an extension adds meanwhile.
        await this.cancel();
        return undefined;
      },
      { what: `the command "${title}"`, timeoutMs: 30_000 },
    );
    await command.click();
  }

  /** Opens a file: the palette without its `>` is the picker of files. */
  async openFile(name: string): Promise<void> {
    await this.#openPalette();
    await this.input.fill(name);
    await this.choose(new RegExp(`^${name.replaceAll('.', '\\.')}`));
  }

  /** Types into the field without ending the step. */
  async type(text: string): Promise<void> {
    await this.waitOpen();
    await this.input.fill(text);
  }

  /** Ends an input box or a picker with what is typed or marked. */
  async accept(): Promise<void> {
    await this.input.press('Enter');
  }

  async cancel(): Promise<void> {
    await this.#page.keyboard.press('Escape');
    await this.widget.waitFor({ state: 'hidden' });
  }

  /** A key pressed while the workbench is busy can get lost, so it is pressed again. */
  async #openPalette(): Promise<void> {
    const palette = this.widget.getByPlaceholder(/name of a command/);
    await poll(
      async () => {
        if (await palette.isVisible()) return true;
        await this.#page.keyboard.press('F1');
        return (await appears(palette)) || undefined;
      },
      { what: 'the command palette' },
    );
  }
}

async function appears(locator: Locator): Promise<boolean> {
  return locator.waitFor({ state: 'visible', timeout: 2000 }).then(
    () => true,
    () => false,
  );
}
