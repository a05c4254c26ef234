import type { HistogramMessage } from '../../pastMessages.ts';

/** The counts that are shown. While the user drags over them, newer ones of the same log wait. */
export class HeldCounts {
  #shown: HistogramMessage | undefined;
  #isHeld = false;

  get shown(): HistogramMessage | undefined {
    return this.#shown;
  }

  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
  }

  take(message: HistogramMessage | undefined): void {
    if (!this.#isHeld || message?.session !== this.#shown?.session) this.#shown = message;
  }
}
