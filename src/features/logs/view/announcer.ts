import { levelOf } from '../../../domain/logEntry.ts';
import type { ShownRow } from '../messages.ts';
import { announcement } from './words.ts';

const everyMs = 5000;

/** Announces to screen readers how many lines arrived, errors first, instead of every line. */
export class Announcer {
  readonly #say: (words: string) => void;
  #lines = 0;
  #errors = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(say: (words: string) => void) {
    this.#say = say;
  }

  /**
   * @param count lines that arrived
   * @param rows the last of these are those of them that were sent
   */
  add(count: number, rows: readonly Pick<ShownRow, 'entry'>[]): void {
    if (count === 0) return;
    this.#lines += count;
    this.#errors += rows.slice(-count).filter(({ entry }) => levelOf(entry) === 'error').length;
    this.#timer ??= setTimeout(() => this.#tell(), everyMs);
  }

  /** Another log is shown. */
  reset(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#lines = 0;
    this.#errors = 0;
  }

  #tell(): void {
    this.#say(announcement(this.#lines, this.#errors));
    this.reset();
  }
}
