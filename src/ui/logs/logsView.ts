import type * as vscode from 'vscode';
import type { Disposable } from '../../domain/emitter.ts';
import { DisposableStore } from '../../domain/emitter.ts';
import type { Logger } from '../../domain/logger.ts';
import type { FeedMessage } from '../../logs/entryFeed.ts';
import { EntryFeed } from '../../logs/entryFeed.ts';
import type { LogSession } from '../../logs/session.ts';
import { webviewHtml, webviewRoots } from '../webviewHtml.ts';
import type { ToPast } from './pastProtocol.ts';
import type { ToHost, ToView } from './protocol.ts';

interface LogsViewActions {
  readonly chooseApp: () => void;
  readonly openDocument: () => void;
  /** Takes what the view says about the past; its types begin with `past/`. */
  readonly past: (message: unknown) => void;
  /** Another session is shown, '' = none, or the panel was shown or hidden. */
  readonly shown: (session: string, isVisible: boolean) => void;
}

/** The view gets this many of the newest entries when it is shown; the host keeps the rest. */
const mostRows = 20_000;
const mostCharacters = 4 << 20;

/** The webview of the Logs panel. It is refilled whenever it becomes visible, because hidden views lose messages. */
export class LogsView implements vscode.Disposable {
  readonly #extensionUri: vscode.Uri;
  readonly #logger: Logger;
  readonly #actions: LogsViewActions;
  readonly #sessions: LogSession[] = [];
  #view: vscode.WebviewView | undefined;
  #selected: LogSession | undefined;
  #subscription: Disposable | undefined;
  #feed: EntryFeed | undefined;
  #callId = '';

  constructor(extensionUri: vscode.Uri, logger: Logger, actions: LogsViewActions) {
    this.#extensionUri = extensionUri;
    this.#logger = logger;
    this.#actions = actions;
  }

  get selected(): LogSession | undefined {
    return this.#selected;
  }

  add(session: LogSession): void {
    this.#sessions.push(session);
  }

  remove(session: LogSession): void {
    this.#sessions.splice(this.#sessions.indexOf(session), 1);
    if (this.#selected !== session) this.#sendSessions();
    else if (this.#sessions[0]) this.select(this.#sessions[0], '');
    else {
      this.#feed?.dispose();
      this.#feed = undefined;
      this.#selected = undefined;
      this.#tellShown();
    }
  }

  /** Shows a session, from its beginning as far as it is held. */
  select(session: LogSession, callId: string): void {
    this.#subscription?.dispose();
    this.#feed?.dispose();
    this.#selected = session;
    this.#callId = callId;
    this.#subscription = session.onDidChangeStatus(() => this.#sendSessions());
    this.#sendSessions();
    this.#tellShown();
    this.#feed = new EntryFeed(session.buffer, {
      mostRows,
      mostCharacters,
      send: (message) => this.#sendEntries(session, message),
    });
    if (!this.#view?.visible) this.#feed.pause();
  }

  /** Sends everything anew. */
  repaint(): void {
    this.#tellShown();
    this.#sendSessions();
    this.#feed?.resume(true);
  }

  resolve(view: vscode.WebviewView): void {
    this.#view = view;
    view.webview.options = { enableScripts: true, localResourceRoots: webviewRoots(this.#extensionUri) };
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
    view.webview.html = webviewHtml(view.webview, this.#extensionUri, 'logs', 'modal-logs', 'Modal Logs');
  }

  /** Sends a message, unless the view is hidden: it will be sent everything when it is shown. */
  post(message: ToView | ToPast): void {
    if (this.#view?.visible) void this.#view.webview.postMessage(message);
  }

  dispose(): void {
    this.#feed?.dispose();
    this.#subscription?.dispose();
  }

  async #received(raw: unknown): Promise<void> {
    if (isPast(raw)) {
      this.#actions.past(raw);
      return;
    }
    const { toHost } = await import('./protocol.ts');
    const parsed = toHost.safeParse(raw);
    if (parsed.success) this.#handle(parsed.data);
    else this.#logger.warn('The log viewer sent a message that is not understood.');
  }

  #handle(message: ToHost): void {
    switch (message.type) {
      case 'ready':
        this.repaint();
        return;
      case 'select': {
        const session = this.#sessions.find((candidate) => candidate.id === message.id);
        if (session) this.select(session, '');
        return;
      }
      case 'chooseApp':
        this.#actions.chooseApp();
        return;
      case 'clear':
        this.#selected?.buffer.clear();
        return;
      case 'seen':
        if (message.session === this.#selected?.id) this.#feed?.acknowledge(message.number);
        return;
      case 'openDocument':
        this.#actions.openDocument();
        return;
    }
  }

  #sendEntries(
    session: LogSession,
    { number, reset, first, from, rowsFrom, rows, updates }: FeedMessage,
  ): void {
    this.post({
      type: 'entries',
      session: session.id,
      ...{ number, reset, first, from, rowsFrom },
      entries: rows.map(({ entry }) => entry),
      updates: updates.map(({ place, row }) => ({ place, entry: row.entry })),
    });
  }

  #sendSessions(): void {
    const { status } = this.#selected ?? {};
    this.post({
      type: 'sessions',
      sessions: this.#sessions.map(({ id, title }) => ({ id, title })),
      selected: this.#selected?.id ?? '',
      callId: this.#callId,
      ...(status ? { status } : {}),
    });
  }

  #tellShown(): void {
    this.#actions.shown(this.#selected?.id ?? '', this.#view?.visible === true);
  }
}

function isPast(raw: unknown): boolean {
  const type = (raw as { type?: unknown } | null)?.type;
  return typeof type === 'string' && type.startsWith('past/');
}
