import type { LogEntry } from '../../domain/logEntry.ts';
import { levelOf } from '../../domain/logEntry.ts';
import { announcement } from './words.ts';

const everyMs = 5000;

/** A screen reader hears how much came, errors first, and not every line. */
export class Announcer {
  readonly #say: (words: string) => void;
  #lines = 0;
  #errors = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(say: (words: string) => void) {
    this.#say = say;
  }

  /** @param count all that came; of them, only some were sent */
  add(count: number, entries: readonly LogEntry[]): void {
    if (count === 0) return;
    this.#lines += count;
    this.#errors += entries.filter((entry) => levelOf(entry) === 'error').length;
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
