import type { LogQuery } from '../../../domain/log.ts';
import type { LogFilter } from '../../../domain/logFilter.ts';
import { noFilter } from '../../../domain/logFilter.ts';
import type { Disposable } from '../../../shared/emitter.ts';
import { Emitter } from '../../../shared/emitter.ts';
import type { LogTarget } from '../core/logTarget.ts';
import { queryOf } from '../core/logTarget.ts';
import type { OlderLines } from '../core/olderLines.ts';
import type { RangeLog } from '../core/rangeLog.ts';
import type { LogSession } from '../core/session.ts';
import type { LogApp } from './logApps.ts';

/** What can be loaded of a log besides the lines that stream in. */
export class EarlierLogs implements Disposable {
  readonly target: LogTarget;
  readonly query: LogQuery;
  readonly older: OlderLines;
  /** The time range that the tab shows; absent = it is live. */
  readonly range: RangeLog | undefined;
  readonly #changed = new Emitter<undefined>();
  #note = '';

  /** Fires when there is something else to say about it. */
  readonly onDidChange = this.#changed.event;

  constructor(target: LogTarget, older: OlderLines, range?: RangeLog) {
    this.target = target;
    this.query = queryOf(target);
    this.older = older;
    this.range = range;
    older.onDidChange(() => this.#changed.fire(undefined));
  }

  /** Something that the user should know about what is shown; '' = nothing. */
  get note(): string {
    return this.#note;
  }

  set note(note: string) {
    this.#note = note;
    this.#changed.fire(undefined);
  }

  dispose(): void {
    this.#changed.dispose();
    this.older.dispose();
  }
}

export interface LogTabParts {
  readonly session: LogSession;
  /** Absent: it has none, as the output of a command or a merged log. */
  readonly earlier?: EarlierLogs;
  readonly apps?: readonly LogApp[];
  readonly filter?: LogFilter;
  /** Brings the status up to date when another account is in use. */
  readonly updateStatus?: () => void;
}

/** One tab of the Logs panel: its log, and everything that the panel knows about it. */
export class LogTab implements Disposable {
  readonly session: LogSession;
  readonly earlier: EarlierLogs | undefined;
  readonly updateStatus: (() => void) | undefined;
  /** Undefined = none was chosen yet; the view may remember one from before the window was reloaded. */
  filter: LogFilter | undefined;
  /** Where the log ended when it was last shown. */
  seenEnd = 0;
  readonly #apps: readonly LogApp[];
  readonly #closing = new AbortController();

  constructor({ session, earlier, apps = [], filter, updateStatus }: LogTabParts) {
    this.session = session;
    this.earlier = earlier;
    this.updateStatus = updateStatus;
    this.filter = filter;
    this.#apps = apps;
  }

  get id(): string {
    return this.session.id;
  }

  /** What the rows that are shown match. */
  get activeFilter(): LogFilter {
    return this.filter ?? noFilter;
  }

  get apps(): readonly LogApp[] {
    return this.#apps;
  }

  /** Names of functions by id. */
  get functions(): Readonly<Record<string, string>> {
    return Object.assign({}, ...this.#apps.map(({ functions }) => functions)) as Record<string, string>;
  }

  /** Ends what is asked of the server for it. */
  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  dispose(): void {
    this.#closing.abort();
    this.earlier?.dispose();
    this.session.dispose();
  }
}
