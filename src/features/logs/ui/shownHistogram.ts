import type { TimeRange } from '../../../domain/log.ts';
import type { LogFilter } from '../../../domain/logFilter.ts';
import type { Disposable } from '../../../shared/emitter.ts';
import type { CountLogs } from '../core/fetchLogs.ts';
import { serverQuery } from '../core/fetchLogs.ts';
import type { LogBuffer } from '../core/logBuffer.ts';
import type { ToView } from '../messages.ts';
import type { LogTab } from './logTab.ts';
import type { HistogramState } from './histogramFeed.ts';
import { HistogramFeed } from './histogramFeed.ts';

/** The histogram of a live log reaches back so far. */
const liveSpanMs = 3_600_000;
/** An old line, or a clock that was wrong, does not make it count for months. */
const longestSpanMs = 7 * 24 * liveSpanMs;

/** Counts the lines of the tab that is shown over time, and sends the view the counts. */
export class ShownHistogram implements Disposable {
  readonly #post: (message: ToView) => void;
  readonly #feed: HistogramFeed;
  #tab: LogTab | undefined;
  /** What the counts depend on, as text. */
  #counted = '';

  constructor(count: CountLogs, post: (message: ToView) => void) {
    this.#post = post;
    this.#feed = new HistogramFeed(count, (id, state) => this.#show(id, state));
  }

  /** Counts when this is another tab than before, or its filter changes the counts or what they ignore. */
  update(tab: LogTab | undefined): void {
    const counted = tab ? JSON.stringify(dependsOn(tab)) : '';
    if (counted === this.#counted) return;
    this.#counted = counted;
    this.#tab = tab;
    this.countAgain();
  }

  /** The view has forgotten the counts. */
  countAgain(): void {
    const tab = this.#tab;
    if (!tab?.earlier) {
      this.#feed.setTarget(undefined);
      return;
    }
    const { query, range } = tab.earlier;
    this.#feed.setTarget({
      id: tab.id,
      query: serverQuery(query, tab.activeFilter),
      range: () => range?.range ?? liveRange(tab.session.buffer),
      isLive: !range,
    });
  }

  /** Nothing is asked of the server while the histogram cannot be seen. */
  setSeen(isSeen: boolean): void {
    this.#feed.setSeen(isSeen);
  }

  dispose(): void {
    this.#feed.dispose();
  }

  #show(id: string, state: HistogramState): void {
    const { bucketSeconds, buckets } =
      state.kind === 'ready' ? state.histogram : { bucketSeconds: 1, buckets: [] };
    this.#post({
      type: 'histogram',
      session: id,
      kind: state.kind,
      text: this.#textOf(state),
      bucketSeconds,
      buckets: [...buckets],
    });
  }

  #textOf(state: HistogramState): string {
    if (state.kind === 'failed') return state.text;
    if (state.kind === 'unsupported')
      return 'This Modal server does not count log lines, so there is no histogram.';
    return this.#tab && isPartlyIgnored(this.#tab.activeFilter)
      ? 'Counts ignore the text and level filters.'
      : '';
  }
}

function dependsOn({ id, earlier, activeFilter }: LogTab): readonly unknown[] {
  return earlier ? [id, serverQuery(earlier.query, activeFilter), isPartlyIgnored(activeFilter)] : [id];
}

/** The server does not count by text and level. */
function isPartlyIgnored({ text, level }: LogFilter): boolean {
  return text !== '' || level !== 'debug';
}

/** The last hour, or more when more is held; further where the server's clock is ahead of this one. */
function liveRange(buffer: LogBuffer): TimeRange {
  const now = Date.now();
  if (buffer.size === 0) return { since: now - liveSpanMs, until: now };
  const until = Math.max(now, buffer.timeAt(buffer.end - 1) + 1);
  const since = Math.max(until - longestSpanMs, Math.min(until - liveSpanMs, buffer.timeAt(buffer.first)));
  return { since, until };
}
