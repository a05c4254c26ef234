import type * as vscode from 'vscode';
import { plainText } from '../../../shared/ansi.ts';
import type { Disposable } from '../../../shared/emitter.ts';
import { DisposableStore } from '../../../shared/emitter.ts';
import { entryText } from '../../../domain/logEntry.ts';
import type { LogEntry } from '../../../domain/logEntry.ts';
import type { LogFilter } from '../../../domain/logFilter.ts';
import { noFilter } from '../../../domain/logFilter.ts';
import type { TextLink } from '../../../domain/logLinks.ts';
import { linkAt } from '../../../domain/logLinks.ts';
import type { FeedMessage, FeedRow } from '../core/entryFeed.ts';
import { EntryFeed } from '../core/entryFeed.ts';
import type { LogSession } from '../core/session.ts';
import { webviewHtml, webviewOptions } from '../../../editor/webviewHtml.ts';
import type { ToPast } from '../pastMessages.ts';
import type { LogLook, ShownRow, ToHost, ToView } from '../messages.ts';

/** What the view asks the panel to do. */
export interface LogsViewActions {
  readonly follow: () => void;
  readonly merge: () => void;
  readonly openDocument: () => void;
  readonly close: (session: LogSession) => void;
  readonly followAgain: (session: LogSession) => void;
  readonly showRequest: (callId: string) => void;
  readonly openLink: (session: LogSession, link: TextLink) => void;
  /** @returns which of the files, as a log names them, are in the workspace */
  readonly locate: (session: LogSession, files: readonly string[]) => Promise<Record<string, boolean>>;
  readonly copy: (entries: Iterable<LogEntry>, format: 'text' | 'json') => void;
  readonly pickFilter: (session: LogSession, what: 'function' | 'container' | 'call') => void;
  readonly functionsOf: (session: LogSession) => Readonly<Record<string, string>>;
  readonly calls: () => readonly string[];
  /** As the user left it. */
  readonly look: LogLook;
  readonly saveLook: (look: LogLook) => void;
  /** Takes what else the view says: it is about the past. */
  readonly past: (message: unknown) => void;
  /** Another session is shown, '' = none, or the panel was shown or hidden. */
  readonly shown: (session: string, isVisible: boolean) => void;
}

/** How many lines came to the sessions that are not shown is told this seldom. */
const unreadEveryMs = 1000;

/** The webview of the Logs panel. It is refilled whenever it becomes visible, because hidden views lose messages. */
export class LogsView implements vscode.Disposable {
  readonly #extensionUri: vscode.Uri;
  readonly #actions: LogsViewActions;
  readonly #sessions = new Map<LogSession, Disposable>();
  readonly #filters = new Map<string, LogFilter>();
  /** Where each buffer ended when its session was last shown. */
  readonly #seenEnds = new Map<string, number>();
  #view: vscode.WebviewView | undefined;
  #selected: LogSession | undefined;
  #feed: EntryFeed | undefined;
  #filterChange = 0;
  /** Of the last filter that the view asked for. */
  #filterNumber = 0;
  /** A row that is to be found again when the filter has been applied. */
  #reveal: number | undefined;
  #unreadTimer: NodeJS.Timeout | undefined;
  #look: LogLook;

  constructor(extensionUri: vscode.Uri, actions: LogsViewActions) {
    this.#extensionUri = extensionUri;
    this.#actions = actions;
    this.#look = actions.look;
  }

  get selected(): LogSession | undefined {
    return this.#selected;
  }

  get filter(): LogFilter {
    return this.#filters.get(this.#selected?.id ?? '') ?? noFilter;
  }

  /** Undefined = none was chosen here; the view may remember one from before the window was loaded. */
  filterOf({ id }: LogSession): LogFilter | undefined {
    return this.#filters.get(id);
  }

  add(session: LogSession): void {
    const status = session.onDidChangeStatus(() => this.sendSessions());
    const rows = session.buffer.onDidChange(() => this.#noteUnread(session));
    this.#sessions.set(session, {
      dispose: () => {
        status.dispose();
        rows.dispose();
      },
    });
  }

  remove(session: LogSession): void {
    const all = [...this.#sessions.keys()];
    this.#sessions.get(session)?.dispose();
    this.#sessions.delete(session);
    this.#filters.delete(session.id);
    this.#seenEnds.delete(session.id);
    if (this.#selected !== session) {
      this.sendSessions();
      return;
    }
    // The neighbour is shown, as in a row of editors.
    const at = all.indexOf(session);
    const next = all[at + 1] ?? all[at - 1];
    this.#feed?.dispose();
    this.#feed = undefined;
    this.#selected = undefined;
    if (next) {
      this.select(next);
      return;
    }
    this.#tellShown();
    this.sendSessions();
  }

  /** Shows a session, from its beginning as far as it is held. */
  select(session: LogSession, change?: Partial<LogFilter>): void {
    if (session === this.#selected && this.#feed) {
      if (change) this.changeFilter(change);
      return;
    }
    this.#leave();
    this.#selected = session;
    this.#reveal = undefined;
    if (change) {
      this.#filters.set(session.id, { ...(this.#filters.get(session.id) ?? noFilter), ...change });
      this.#filterChange++;
    }
    this.sendSessions();
    this.#tellShown();
    this.#feed = new EntryFeed(
      session.buffer,
      { send: (message) => this.#sendEntries(session, message) },
      this.filter,
    );
    if (!this.#view?.visible) this.#feed.pause();
  }

  /** Changes the filter of the session that is shown, and tells the view. */
  changeFilter(change: Partial<LogFilter>): void {
    const { filter } = this;
    const isSame = Object.entries(change).every(([name, value]) => filter[name as keyof LogFilter] === value);
    if (!this.#selected || isSame) return;
    this.#setFilter(this.#selected, { ...filter, ...change });
    this.#filterChange++;
    this.sendSessions();
  }

  /** Asks the view to copy what is selected in it. */
  copySelected(format: 'text' | 'json'): void {
    this.post({ type: 'copy', format });
  }

  /** Sends everything anew. */
  repaint(): void {
    this.post({ type: 'look', look: this.#look });
    this.#tellShown();
    this.sendSessions();
    this.#feed?.resume(true);
  }

  sendSessions(): void {
    const selected = this.#selected;
    const filter = this.#filters.get(selected?.id ?? '');
    this.post({
      type: 'sessions',
      sessions: [...this.#sessions.keys()].map((session) => ({
        ...session.status,
        id: session.id,
        title: session.title,
        kind: session.traits.kind ?? 'output',
        unread: this.#unreadOf(session),
      })),
      selected: selected?.id ?? '',
      ...(filter ? { filter } : {}),
      filterChange: this.#filterChange,
      functions: selected ? this.#actions.functionsOf(selected) : {},
      streams: selected?.traits.streams?.map(({ title }) => title) ?? [],
      calls: [...this.#actions.calls()],
    });
  }

  /** @param title of the page, for screen readers */
  resolve(view: vscode.WebviewView, title: string): void {
    this.#view = view;
    view.webview.options = webviewOptions(this.#extensionUri);
    const store = new DisposableStore();
    store.add(view.webview.onDidReceiveMessage((message) => this.#received(message)));
    store.add(
      view.onDidChangeVisibility(() => {
        if (view.visible) this.repaint();
        else {
          this.#feed?.pause();
          this.#tellShown();
        }
      }),
    );
    store.add(
      view.onDidDispose(() => {
        this.#view = undefined;
        this.#feed?.pause();
        this.#tellShown();
        store.dispose();
      }),
    );
    view.webview.html = webviewHtml(view.webview, this.#extensionUri, 'logs', 'modal-logs', title);
  }

  /** Sends a message, unless the view is hidden: it will be sent everything when it is shown. */
  post(message: ToView | ToPast): void {
    if (this.#view?.visible) void this.#view.webview.postMessage(message);
  }

  dispose(): void {
    clearTimeout(this.#unreadTimer);
    this.#feed?.dispose();
    for (const subscription of this.#sessions.values()) subscription.dispose();
  }

  async #received(raw: unknown): Promise<void> {
    const { toHost } = await import('../messages.ts');
    const parsed = toHost.safeParse(raw);
    if (parsed.success) this.#handle(parsed.data);
    else this.#actions.past(raw);
  }

  #handle(message: ToHost): void {
    switch (message.type) {
      case 'ready':
        this.#filterNumber = 0;
        this.repaint();
        return;
      case 'look':
        this.#look = message.look;
        this.#actions.saveLook(message.look);
        return;
      case 'follow':
        this.#actions.follow();
        return;
      case 'merge':
        this.#actions.merge();
        return;
      case 'openDocument':
        this.#actions.openDocument();
        return;
      case 'showRequest':
        this.#actions.showRequest(message.callId);
        return;
      default:
        this.#handleOf(message);
    }
  }

  /** Messages about one session. One that is gone meanwhile is asked nothing. */
  #handleOf(message: Extract<ToHost, { session: string }>): void {
    const session = [...this.#sessions.keys()].find(({ id }) => id === message.session);
    if (!session) return;
    switch (message.type) {
      case 'select':
        this.select(session);
        return;
      case 'close':
        this.#actions.close(session);
        return;
      case 'tryNow':
        session.traits.tryNow?.();
        return;
      case 'followAgain':
        this.#actions.followAgain(session);
        return;
      case 'open':
        this.#open(session, message.row, message.start);
        return;
      case 'locate':
        void this.#locate(session, message.files);
        return;
      case 'pickFilter':
        this.#actions.pickFilter(session, message.what);
        return;
      default:
        if (session === this.#selected) this.#handleOfFeed(session, message);
    }
  }

  #handleOfFeed(
    session: LogSession,
    message: Extract<ToHost, { type: 'seen' | 'filter' | 'rows' | 'copy' | 'goToTime' }>,
  ): void {
    const feed = this.#feed;
    if (!feed) return;
    switch (message.type) {
      case 'seen':
        feed.acknowledge(message.number);
        return;
      case 'filter':
        this.#reveal = message.reveal;
        this.#filterNumber = message.number;
        this.#setFilter(session, message.filter);
        return;
      case 'goToTime':
        this.#goToTime(session, feed, message.time);
        return;
      case 'rows':
        this.#sendRange(session, feed, message.from, message.to);
        return;
      case 'copy':
        this.#actions.copy(entriesOf(feed, message.ranges), message.format);
        return;
    }
  }

  #setFilter(session: LogSession, filter: LogFilter): void {
    this.#filters.set(session.id, filter);
    if (session === this.#selected) this.#feed?.setFilter(filter);
  }

  #leave(): void {
    this.#feed?.dispose();
    if (this.#selected) this.#seenEnds.set(this.#selected.id, this.#selected.buffer.end);
  }

  #unreadOf(session: LogSession): number {
    if (session === this.#selected) return 0;
    return Math.max(0, session.buffer.end - (this.#seenEnds.get(session.id) ?? 0));
  }

  #noteUnread(session: LogSession): void {
    if (session === this.#selected || this.#unreadTimer) return;
    this.#unreadTimer = setTimeout(() => {
      this.#unreadTimer = undefined;
      this.sendSessions();
    }, unreadEveryMs);
  }

  #open(session: LogSession, row: number, start: number): void {
    const entry = session.buffer.entry(row);
    const link = entry && linkAt(plainText(entryText(entry)), start);
    if (link) this.#actions.openLink(session, link);
  }

  async #locate(session: LogSession, files: readonly string[]): Promise<void> {
    const located = await this.#actions.locate(session, files);
    this.post({ type: 'located', session: session.id, files: located });
  }

  /** Shows the first matching row of that time or later. */
  #goToTime(session: LogSession, feed: EntryFeed, time: number): void {
    const place = feed.placeOfTime(time);
    if (place !== undefined) this.post({ type: 'revealed', session: session.id, place });
  }

  #sendRange(session: LogSession, feed: EntryFeed, from: number, to: number): void {
    const rows = feed.range(from, to).map(shownBy(session));
    // Some of them may have been dropped since: what is there begins later.
    const at = (rows[0] && feed.placeOf(rows[0].row)) ?? Math.max(from, feed.first);
    this.post({ type: 'rows', session: session.id, first: feed.first, from: at, rows });
  }

  #sendEntries(session: LogSession, message: FeedMessage): void {
    const { number, reset, first, end, from, rows, updates, dropped, problem, isFiltering } = message;
    const shown = shownBy(session);
    this.post({
      type: 'entries',
      session: session.id,
      ...{ number, reset, first, end, from, dropped, problem, isFiltering },
      rows: rows.map(shown),
      updates: updates.map(({ place, row }) => ({ place, row: shown(row) })),
      filterNumber: this.#filterNumber,
      ...(isFiltering ? {} : this.#takeRevealed(end)),
      total: session.buffer.size,
    });
  }

  #takeRevealed(end: number): { readonly revealed?: number } {
    if (this.#reveal === undefined) return {};
    const place = this.#feed?.placeOf(this.#reveal);
    this.#reveal = undefined;
    return place === undefined || place >= end ? {} : { revealed: place };
  }

  #tellShown(): void {
    this.#actions.shown(this.#selected?.id ?? '', this.#view?.visible === true);
  }
}

function shownBy({ traits: { streamOf } }: LogSession): (row: FeedRow) => ShownRow {
  if (!streamOf) return (row) => row;
  return (row) => {
    const stream = streamOf(row.row);
    return stream === undefined ? row : { ...row, stream };
  };
}

function* entriesOf(feed: EntryFeed, ranges: readonly (readonly [number, number])[]): Generator<LogEntry> {
  for (const [from, to] of ranges) yield* feed.entries(from, to);
}
