import * as vscode from 'vscode';
import { commands, contextKeys } from '../../../../contributions.ts';
import { toModalError } from '../../../../domain/errors.ts';
import type { Disposable } from '../../../../shared/emitter.ts';
import { DisposableStore } from '../../../../shared/emitter.ts';
import type { TimeRange } from '../../../../domain/log.ts';
import type { LogFilter } from '../../../../domain/logFilter.ts';
import { noFilter } from '../../../../domain/logFilter.ts';
import type { Logger } from '../../../../shared/logger.ts';
import { checkRange } from '../../../../domain/timeRange.ts';
import type { RangeLimits } from '../../../../domain/timeRange.ts';
import { countHistogram } from '../../core/histogram.ts';
import { lastDeploy } from '../../core/lastDeploy.ts';
import type { LiveLog } from '../../core/liveLog.ts';
import { OlderLines } from '../../core/olderLines.ts';
import { PastLog } from '../../core/pastLog.ts';
import { serverQuery } from '../../core/fetchLogs.ts';
import { longestKeptDays } from '../../core/history.ts';
import { LogSession } from '../../core/session.ts';
import type { ControlPlane } from '../../../../modal/controlPlane.ts';
import { ContextKeys } from '../../../../editor/contextKeys.ts';
import type { LogTarget } from '../logsController.ts';
import type { FromPast, ToPast } from '../../pastMessages.ts';
import type { HistogramState } from './histogramFeed.ts';
import { HistogramFeed } from './histogramFeed.ts';
import { notCounted, pastStatus, tooManyWords } from './pastWords.ts';
import type { PastSource, ShownLog } from './pastSource.ts';
import { queryOf } from './pastSource.ts';
import { firstTimeIn } from './rowsInTime.ts';

export interface PastActions {
  /** Sends to the view, if it is shown. */
  readonly post: (message: ToPast) => void;
  /** Adds a session to the panel, and shows it with a filter. */
  readonly add: (session: LogSession, filter: LogFilter) => void;
  readonly follow: (target: LogTarget) => void;
}

interface Attached extends PastSource {
  filter: LogFilter;
  note: string;
  readonly disposables: DisposableStore;
  /** Ends what is asked for it when it is closed. */
  readonly closed: AbortSignal;
}

/** The way to Modal for the account that an app's log is of. */
interface PlaneOfApp {
  get(signal?: AbortSignal): Promise<ControlPlane>;
}

/** The histogram of a live log reaches back so far. */
const liveSpanMs = 3_600_000;
/** An old line, or a clock that was wrong, does not make it count for months. */
const mostSpanMs = 7 * 24 * liveSpanMs;

/** The past of the logs in the panel: what is older, histogram, ranges in sessions of their own. */
export class PastHost implements Disposable {
  readonly #planesOf: (appId: string) => PlaneOfApp;
  readonly #logger: Logger;
  readonly #actions: PastActions;
  readonly #records = new Map<string, Attached>();
  readonly #histogram: HistogramFeed;
  readonly #contextKeys = new ContextKeys();
  #selected = '';
  #isVisible = false;
  #isReady = false;
  #isHistogramOpen = false;
  /** The view was not there yet when it was to open the picker. */
  #mustOpenPicker = false;
  #count = 0;

  constructor(planesOf: (appId: string) => PlaneOfApp, logger: Logger, actions: PastActions) {
    this.#planesOf = planesOf;
    this.#logger = logger;
    this.#actions = actions;
    this.#histogram = new HistogramFeed(
      async (query, range, seconds, signal) =>
        (await planesOf(query.appId).get(signal)).countLogs(query, range, seconds, signal),
      (id, state) => this.#postHistogram(id, state),
    );
  }

  /**
   * A log that is followed: what is before it can be loaded.
   * @param isConnected whether its first lines have come, if there are any: what is older ends there
   */
  attach(session: LogSession, target: LogTarget, log: LiveLog, isConnected: () => boolean): void {
    const older = new OlderLines(() => (isConnected() ? log.history : undefined));
    this.#add({ session, target, query: queryOf(target), older });
  }

  /** The session is gone. */
  detach(id: string): void {
    this.#records.get(id)?.disposables.dispose();
    this.#records.delete(id);
  }

  /** Tells which session is shown. @param isVisible whether the panel can be seen */
  show(id: string, isVisible: boolean): void {
    const isOther = id !== this.#selected;
    this.#selected = id;
    this.#isVisible = isVisible;
    // A hidden view is taken down, and says when it is there again.
    if (!isVisible) this.#isReady = false;
    if (!isVisible) this.#contextKeys.set(contextKeys.logsFocused, false);
    if (isOther) this.#countSelected();
    this.#histogram.setSeen(isVisible && this.#isHistogramOpen);
    this.#postState();
  }

  /** What is shown now; undefined for the output of a command, or nothing. */
  get shown(): ShownLog | undefined {
    const record = this.#records.get(this.#selected);
    if (!record) return undefined;
    const { target, filter, past } = record;
    return { target, filter, ...(past ? { range: past.range } : {}) };
  }

  openPicker(): void {
    this.#mustOpenPicker = !this.#isReady;
    if (this.#isReady) this.#actions.post({ type: 'past/openPicker' });
  }

  sourceOf(id: string): PastSource | undefined {
    return this.#records.get(id);
  }

  async receive(raw: unknown): Promise<void> {
    const { fromPast } = await import('../../pastMessages.ts');
    const parsed = fromPast.safeParse(raw);
    if (parsed.success) this.#handle(parsed.data);
    else this.#logger.warn('The log viewer sent a message that is not understood.');
  }

  dispose(): void {
    for (const id of [...this.#records.keys()]) this.detach(id);
    this.#histogram.dispose();
  }

  #handle(message: FromPast): void {
    if (message.type === 'past/ready') {
      this.#isReady = true;
      this.#postState();
      this.#countSelected();
      if (this.#mustOpenPicker) this.openPicker();
      return;
    }
    if (message.type === 'past/focus') {
      this.#contextKeys.set(contextKeys.logsFocused, message.has);
      return;
    }
    if (message.type === 'past/histogram') {
      this.#isHistogramOpen = message.isOpen;
      this.#histogram.setSeen(this.#isVisible && message.isOpen);
      this.#postState();
      return;
    }
    const record = this.#records.get(message.session);
    if (record) this.#handleFor(record, message);
  }

  #handleFor(record: Attached, message: Extract<FromPast, { session: string }>): void {
    switch (message.type) {
      case 'past/filter':
        this.#setFilter(record, message.filter);
        return;
      case 'past/older':
        void record.older.load();
        return;
      case 'past/cancel':
        record.older.cancel();
        return;
      case 'past/open':
        this.#open(record, message, message.words, message.filter);
        return;
      case 'past/goTo':
        this.#goTo(record, message, message.words, message.filter);
        return;
      case 'past/askDeploy':
        void this.#tellDeploy(record);
        return;
      case 'past/live':
        this.#actions.follow(record.target);
        return;
      case 'past/download':
        void vscode.commands.executeCommand(commands.downloadLogs);
        return;
    }
  }

  #add(source: PastSource, filter = noFilter): Attached {
    const disposables = new DisposableStore();
    const closing = new AbortController();
    disposables.add({ dispose: () => closing.abort() });
    const record: Attached = { ...source, filter, note: '', disposables, closed: closing.signal };
    const { session, older } = source;
    this.#records.set(session.id, record);
    disposables.add(older);
    disposables.add(older.onDidChange(() => this.#changed(record)));
    return record;
  }

  #changed(record: Attached): void {
    const { past, session, older } = record;
    if (past) session.setStatus(pastStatus(older.state, past.buffer.size));
    if (session.id === this.#selected) this.#postState();
  }

  #setFilter(record: Attached, filter: LogFilter): void {
    const before = JSON.stringify(serverQuery(record.query, record.filter));
    const hadText = Boolean(record.filter.text);
    record.filter = filter;
    void record.past?.setFilter(filter);
    const isOther = JSON.stringify(serverQuery(record.query, filter)) !== before;
    if (record.session.id === this.#selected && (isOther || hadText !== Boolean(filter.text)))
      this.#countSelected();
  }

  #limits(record: Attached): RangeLimits {
    const { keptDays } = record.older;
    return { now: Date.now(), mostDays: longestKeptDays, ...(keptDays === undefined ? {} : { keptDays }) };
  }

  #open(record: Attached, wanted: TimeRange, words: string, filter: LogFilter): void {
    // The view has checked this too, but the clocks of the two may differ.
    const range = checkRange(wanted, this.#limits(record));
    if ('problem' in range) {
      this.#actions.post({ type: 'past/problem', session: record.session.id, ...range });
      return;
    }
    const { target, query } = record;
    const planes = this.#planesOf(target.appId);
    const past = new PastLog({
      query,
      range,
      filter,
      fetch: async (...call) => (await planes.get(call[3])).fetchLogs(...call),
    });
    const id = `past/${++this.#count}`;
    const status = pastStatus({ kind: 'loading', text: '' }, 0);
    const title = `${target.appName} ${words}`;
    const session = new LogSession(id, title, status, () => past.dispose(), past.buffer, {
      kind: 'past',
      clear: () => past.clear(),
      app: { id: target.appId, name: target.appName },
    });
    const opened = this.#add({ session, target, query, older: past.older, past }, filter);
    this.#actions.add(session, filter);
    void past.load();
    void this.#noteSize(opened, past);
  }

  /** Says beforehand that a range has more lines than there is room for. */
  async #noteSize(record: Attached, { range }: PastLog): Promise<void> {
    try {
      const plane = await this.#planesOf(record.target.appId).get(record.closed);
      const { buckets } = await countHistogram(
        (...call) => plane.countLogs(...call),
        serverQuery(record.query, record.filter),
        range,
        record.closed,
      );
      const total = buckets.reduce((sum, [, a, b, c]) => sum + a + b + c, 0);
      record.note = tooManyWords(total);
      this.#changed(record);
    } catch (error) {
      this.#logger.debug(`The lines of a range cannot be counted: ${toModalError(error).message}`);
    }
  }

  #goTo(record: Attached, range: TimeRange, words: string, filter: LogFilter): void {
    const isWhole = record.older.state.kind === 'start';
    const held = firstTimeIn(record.session.buffer, range, isWhole);
    if (held === undefined) this.#open(record, range, words, filter);
    else this.#actions.post({ type: 'past/reveal', session: record.session.id, time: held });
  }

  async #tellDeploy({ session, target, closed }: Attached): Promise<void> {
    const tell = (at: number | undefined, problem: string) =>
      this.#actions.post({
        type: 'past/deployed',
        session: session.id,
        problem,
        ...(at === undefined ? {} : { at }),
      });
    try {
      const at = await lastDeploy(this.#planesOf(target.appId), target, closed);
      tell(at, at === undefined ? notCounted.noDeploy : '');
    } catch (error) {
      if (!closed.aborted) tell(undefined, toModalError(error).message);
    }
  }

  #countSelected(): void {
    const record = this.#records.get(this.#selected);
    if (!record) {
      this.#histogram.setTarget(undefined);
      return;
    }
    const { session, query, filter, past } = record;
    this.#histogram.setTarget({
      id: session.id,
      query: serverQuery(query, filter),
      range: () => past?.range ?? liveRange(session),
      isLive: !past,
    });
  }

  #postState(): void {
    const record = this.#records.get(this.#selected);
    const range = record?.past?.range;
    const keptDays = record?.older.keptDays;
    this.#actions.post({
      type: 'past/state',
      session: record?.session.id ?? '',
      older: record?.older.state ?? { kind: 'start', text: '' },
      held: record?.session.buffer.size ?? 0,
      note: record?.note ?? '',
      isHistogramOpen: this.#isHistogramOpen,
      mostDays: longestKeptDays,
      ...(range ? { range } : {}),
      ...(keptDays === undefined ? {} : { keptDays }),
    });
  }

  #postHistogram(session: string, state: HistogramState): void {
    const filter = this.#records.get(session)?.filter ?? noFilter;
    const isPartial = Boolean(filter.text) || filter.level !== 'debug';
    const { bucketSeconds, buckets } =
      state.kind === 'ready' ? state.histogram : { bucketSeconds: 1, buckets: [] };
    const leavesOut = isPartial ? notCounted.filter : '';
    const why = state.kind === 'unsupported' ? notCounted.unsupported : leavesOut;
    const text = state.kind === 'failed' ? state.text : why;
    this.#actions.post({
      type: 'past/histogram',
      session,
      kind: state.kind,
      text,
      bucketSeconds,
      buckets: [...buckets],
    });
  }
}

/** The last hour, or more when more is held; further where the server's clock is ahead of this one. */
function liveRange({ buffer }: LogSession): TimeRange {
  const now = Date.now();
  if (buffer.size === 0) return { since: now - liveSpanMs, until: now };
  const until = Math.max(now, buffer.timeAt(buffer.end - 1) + 1);
  const since = Math.max(until - mostSpanMs, Math.min(until - liveSpanMs, buffer.timeAt(buffer.first)));
  return { since, until };
}
