import type { LogFilter } from '../../../domain/logFilter.ts';
import { noFilter } from '../../../domain/logFilter.ts';
import { AfterFilter } from './afterFilter.ts';
import { keepFilter, keptFilter, post } from './vscodeApi.ts';

export interface FilterOwner {
  /** The log that is shown; undefined = none. */
  readonly session: string | undefined;
  /** Number of the row that the user is at; undefined = none, or the log is followed. */
  readonly lookedAt: number | undefined;
  requestUpdate(): void;
}

/** The filter of the log that is shown. The host filters by it; the view remembers it. */
export class ShownFilter {
  readonly #owner: FilterOwner;
  readonly #after = new AfterFilter();
  #current = noFilter;
  /** The row, by its number, that a change of the filter is not to lose. */
  looking: number | undefined;

  constructor(owner: FilterOwner) {
    this.#owner = owner;
  }

  get current(): LogFilter {
    return this.#current;
  }

  /** Asks the host for other rows. */
  change(change: Partial<LogFilter>): void {
    const { session, lookedAt } = this.#owner;
    if (!session) return;
    this.#set({ ...this.#current, ...change });
    keepFilter(session, this.#current);
    // The row that is being looked at is found again in what is shown then, also by way of filters that hide it.
    this.looking = lookedAt ?? this.looking;
    const reveal = this.looking === undefined ? {} : { reveal: this.looking };
    post({ type: 'filter', session, filter: this.#current, number: this.#after.ask(), ...reveal });
  }

  /** Runs at once, or when the rows of the filter that was asked for are there. */
  run(act: () => void): void {
    this.#after.run(act);
  }

  /** @param number of the filter that all rows are filtered with now */
  answered(number: number): void {
    this.#after.answer(number);
  }

  /** The host filters by this already. */
  take(session: string, filter: LogFilter): void {
    this.#set(filter);
    keepFilter(session, filter);
  }

  /** The host has not seen this log filtered; perhaps the window was loaded again. */
  restore(session: string): void {
    this.#set(noFilter);
    const kept = keptFilter(session);
    if (kept) this.change(kept);
  }

  /** Another log is shown. */
  forget(): void {
    this.#after.forget();
    this.looking = undefined;
  }

  #set(filter: LogFilter): void {
    this.#current = filter;
    this.#owner.requestUpdate();
  }
}
