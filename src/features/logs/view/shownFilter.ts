import type { LogFilter } from '../../../domain/logFilter.ts';
import { noFilter } from '../../../domain/logFilter.ts';
import { post, saveFilter, savedFilter } from './vscodeApi.ts';

/**
 * The filter of the log that is shown. The host filters by it; the view remembers it. Actions between a change of the
 * filter and the host's response wait for the response, because they are about its rows.
 */
export class ShownFilter {
  #current = noFilter;
  #asked = 0;
  #answered = 0;
  #waiting: (() => void)[] = [];
  /** Number of the row that a change of the filter must not lose. */
  looking: number | undefined;

  get current(): LogFilter {
    return this.#current;
  }

  /** Asks the host for other rows. @param lookedAt number of the row that the user is at, if any */
  change(session: string, change: Partial<LogFilter>, lookedAt: number | undefined): void {
    this.take(session, { ...this.#current, ...change });
    // The row that the user is at is found again after the change, even after filters that hid it.
    this.looking = lookedAt ?? this.looking;
    const reveal = this.looking === undefined ? {} : { reveal: this.looking };
    post({ type: 'filter', session, filter: this.#current, number: ++this.#asked, ...reveal });
  }

  /** The host filters by this already. */
  take(session: string, filter: LogFilter): void {
    this.#current = filter;
    saveFilter(session, filter);
  }

  /** The host has not seen this log filtered; perhaps the window was reloaded. */
  restore(session: string): void {
    this.#current = noFilter;
    const saved = savedFilter(session);
    if (saved) this.change(session, saved, undefined);
  }

  /** Runs at once, or when the rows of the filter that was asked for are there. */
  run(act: () => void): void {
    if (this.#answered >= this.#asked) act();
    else this.#waiting.push(act);
  }

  /** @param number of the filter that all rows are filtered with now */
  answered(number: number): void {
    this.#answered = Math.max(this.#answered, number);
    if (this.#answered < this.#asked) return;
    for (const act of this.#waiting.splice(0)) act();
  }

  /** Another log is shown. */
  forget(): void {
    this.#answered = this.#asked;
    this.#waiting = [];
    this.looking = undefined;
  }
}
