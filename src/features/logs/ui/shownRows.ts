import type { LogEntry } from '../../../domain/logEntry.ts';
import type { Disposable } from '../../../shared/emitter.ts';
import type { FeedMessage, FeedRow } from '../core/entryFeed.ts';
import { EntryFeed } from '../core/entryFeed.ts';
import type { ShownRow, ToHost, ToView } from '../messages.ts';
import type { LogTab } from './logTab.ts';

type FilterMessage = Extract<ToHost, { type: 'filter' }>;

/** Sends the view the rows of the tab that is shown, as its filter leaves them. */
export class ShownRows implements Disposable {
  readonly #tab: LogTab;
  readonly #post: (message: ToView) => void;
  readonly #feed: EntryFeed;
  /** Of the last filter that the view asked for, which what is sent now answers. */
  #filterNumber = 0;
  /** A row that is to be found again when the filter has been applied. */
  #reveal: number | undefined;

  constructor(tab: LogTab, post: (message: ToView) => void) {
    this.#tab = tab;
    this.#post = post;
    this.#feed = new EntryFeed(
      tab.session.buffer,
      { send: (message) => this.#send(message) },
      tab.activeFilter,
    );
  }

  /** The tab has another filter. @param asked what the view asked for, if it was the view */
  applyFilter(asked?: FilterMessage): void {
    if (asked) {
      this.#reveal = asked.reveal;
      this.#filterNumber = asked.number;
    }
    this.#feed.setFilter(this.#tab.activeFilter);
  }

  /** The view is hidden. */
  pause(): void {
    this.#feed.pause();
  }

  /** Sends everything again. @param isNewPage the view has been loaded, and counts its filters from the start */
  resume(isNewPage: boolean): void {
    if (isNewPage) this.#filterNumber = 0;
    this.#feed.resume(true);
  }

  acknowledge(number: number): void {
    this.#feed.acknowledge(number);
  }

  /** Shows the first matching row of that time or later. */
  revealTime(time: number): void {
    const place = this.#feed.placeOfTime(time);
    if (place !== undefined) this.#post({ type: 'revealed', session: this.#tab.id, place });
  }

  sendRange(from: number, to: number): void {
    const feed = this.#feed;
    const rows = feed.range(from, to).map(this.#shown);
    // Some of them may have been dropped since: what is left begins later.
    const at = (rows[0] && feed.placeOf(rows[0].row)) ?? Math.max(from, feed.first);
    this.#post({ type: 'rows', session: this.#tab.id, first: feed.first, from: at, rows });
  }

  *entries(ranges: readonly (readonly [number, number])[]): Generator<LogEntry> {
    for (const [from, to] of ranges) yield* this.#feed.entries(from, to);
  }

  dispose(): void {
    this.#feed.dispose();
  }

  #send(message: FeedMessage): void {
    const { number, reset, first, end, from, rows, updates, dropped, problem, isFiltering } = message;
    this.#post({
      type: 'entries',
      session: this.#tab.id,
      ...{ number, reset, first, end, from, dropped, problem, isFiltering },
      rows: rows.map(this.#shown),
      updates: updates.map(({ place, row }) => ({ place, row: this.#shown(row) })),
      filterNumber: this.#filterNumber,
      ...(isFiltering ? {} : this.#takeRevealed(end)),
      total: this.#tab.session.buffer.size,
    });
  }

  #takeRevealed(end: number): { readonly revealed?: number } {
    if (this.#reveal === undefined) return {};
    const place = this.#feed.placeOf(this.#reveal);
    this.#reveal = undefined;
    return place === undefined || place >= end ? {} : { revealed: place };
  }

  /** In a merged log, a row says which of the logs it came from. */
  readonly #shown = (row: FeedRow): ShownRow => {
    const stream = this.#tab.session.traits.streamOf?.(row.row);
    return stream === undefined ? row : { ...row, stream };
  };
}
