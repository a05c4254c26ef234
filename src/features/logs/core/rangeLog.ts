import type { Disposable } from '../../../shared/emitter.ts';
import type { LogQuery, PastQuery, TimeRange } from '../../../domain/log.ts';
import type { LogFilter } from '../../../domain/logFilter.ts';
import { noFilter } from '../../../domain/logFilter.ts';
import type { FetchLogs } from './fetchLogs.ts';
import { serverQuery } from './fetchLogs.ts';
import { LogHistory } from './history.ts';
import { LogBuffer } from './logBuffer.ts';
import { OlderLines } from './olderLines.ts';

export interface RangeLogOptions {
  readonly query: LogQuery;
  readonly range: TimeRange;
  readonly fetch: FetchLogs;
  readonly filter?: LogFilter;
  readonly buffer?: LogBuffer;
  /** Entries of one page, about. */
  readonly pageEntries?: number;
}

/** So many entries are loaded without being asked for. */
const mostAtOnce = 20_000;
const defaultPageEntries = 5000;

/**
 * A time range of a log: its newest entries first, older ones page by page. Lines that the server can filter out are never sent;
 * the viewer applies the whole filter again, so it shows the same as if everything had been loaded.
 */
export class RangeLog implements Disposable {
  readonly buffer: LogBuffer;
  readonly older: OlderLines;
  readonly range: TimeRange;
  readonly #options: RangeLogOptions;
  #asked: PastQuery;
  #history: LogHistory;

  constructor(options: RangeLogOptions) {
    this.#options = options;
    this.range = options.range;
    this.buffer = options.buffer ?? new LogBuffer();
    this.#asked = serverQuery(options.query, options.filter ?? noFilter);
    this.#history = this.#newHistory();
    this.older = new OlderLines(() => this.#history);
  }

  /** Loads pages until the range is there, or enough of it to read. Never rejects; `older` has the outcome. */
  async load(): Promise<void> {
    const history = this.#history;
    do await this.older.load();
    while (
      history === this.#history &&
      this.older.state.kind === 'more' &&
      history.state.kind === 'more' &&
      history.state.loaded > 0 &&
      this.buffer.size < mostAtOnce &&
      !this.older.wasCancelled
    );
  }

  /** Loads again where the server can choose by the filter; otherwise nothing changes. */
  async setFilter(filter: LogFilter): Promise<void> {
    const asked = serverQuery(this.#options.query, filter);
    if (JSON.stringify(asked) === JSON.stringify(this.#asked)) return;
    this.#asked = asked;
    this.clear();
    await this.load();
  }

  /** Empties the buffer. It can be loaded again. */
  clear(): void {
    this.#history = this.#newHistory();
    this.older.reset();
    this.buffer.clear();
  }

  dispose(): void {
    this.older.dispose();
  }

  #newHistory(): LogHistory {
    const { range, fetch, pageEntries = defaultPageEntries } = this.#options;
    return new LogHistory({
      buffer: this.buffer,
      query: this.#asked,
      fetch,
      range,
      known: () => [],
      pageEntries,
    });
  }
}
