import * as vscode from 'vscode';
import { views } from '../../contributions.ts';
import type { Disposable } from '../../domain/emitter.ts';
import { DisposableStore } from '../../domain/emitter.ts';
import type { LogEntry } from '../../domain/logEntry.ts';
import type { Logger } from '../../domain/logger.ts';
import type { LogSession } from '../../logs/session.ts';
import { webviewHtml, webviewRoots } from '../webviewHtml.ts';
import type { ToHost, ToView } from './protocol.ts';

interface LogsViewActions {
  readonly chooseApp: () => void;
  readonly openDocument: () => void;
}

/** At most 30 messages a second go to the view, however fast lines come. */
const sendEveryMs = 34;
/** The view gets this many of the newest entries when it is shown; the host keeps the rest. */
const mostSentAtOnce = 20_000;

/** The webview of the Logs panel. It is refilled whenever it becomes visible, because hidden views lose messages. */
export class LogsView implements vscode.WebviewViewProvider, vscode.Disposable {
  readonly #extensionUri: vscode.Uri;
  readonly #logger: Logger;
  readonly #actions: LogsViewActions;
  readonly #disposables = new DisposableStore();
  readonly #sessions: LogSession[] = [];
  #view: vscode.WebviewView | undefined;
  #selected: LogSession | undefined;
  #subscription: Disposable | undefined;
  #callId = '';
  #sent = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(extensionUri: vscode.Uri, logger: Logger, actions: LogsViewActions) {
    this.#extensionUri = extensionUri;
    this.#logger = logger;
    this.#actions = actions;
    this.#disposables.add(vscode.window.registerWebviewViewProvider(views.logs, this));
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
    else this.#selected = undefined;
  }

  /** Shows a session, from its beginning as far as it is held. */
  select(session: LogSession, callId: string): void {
    this.#subscription?.dispose();
    this.#selected = session;
    this.#callId = callId;
    this.#subscription = session.onDidChange((what) => {
      if (what === 'status') this.#sendSessions();
      else this.#plan();
    });
    this.repaint();
  }

  /** Sends everything anew. */
  repaint(): void {
    this.#sendSessions();
    const session = this.#selected;
    if (!session || !this.#view?.visible) return;
    this.#sent = Math.max(session.entries.first, session.entries.end - mostSentAtOnce);
    this.#sendEntries(true);
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.#view = view;
    view.webview.options = { enableScripts: true, localResourceRoots: webviewRoots(this.#extensionUri) };
    const store = new DisposableStore();
    store.add(view.webview.onDidReceiveMessage((message) => void this.#received(message)));
    store.add(view.onDidChangeVisibility(() => view.visible && this.repaint()));
    store.add(
      view.onDidDispose(() => {
        this.#view = undefined;
        store.dispose();
      }),
    );
    view.webview.html = webviewHtml(view.webview, this.#extensionUri, 'logs', 'modal-logs', 'Modal Logs');
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscription?.dispose();
    this.#disposables.dispose();
  }

  async #received(raw: unknown): Promise<void> {
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
        this.#selected?.entries.clear();
        this.repaint();
        return;
      case 'openDocument':
        this.#actions.openDocument();
        return;
    }
  }

  #plan(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#sendEntries(false);
    }, sendEveryMs);
  }

  #sendEntries(reset: boolean): void {
    const session = this.#selected;
    if (!session || !this.#view?.visible) return;
    const from = Math.max(this.#sent, session.entries.end - mostSentAtOnce);
    const entries = [...skippedMark(from - this.#sent), ...session.entries.since(from)];
    this.#sent = session.entries.end;
    if (reset || entries.length > 0) this.#post({ type: 'entries', session: session.id, reset, entries });
  }

  #sendSessions(): void {
    const { status } = this.#selected ?? {};
    this.#post({
      type: 'sessions',
      sessions: this.#sessions.map(({ id, title }) => ({ id, title })),
      selected: this.#selected?.id ?? '',
      callId: this.#callId,
      ...(status ? { status } : {}),
    });
  }

  #post(message: ToView): void {
    if (this.#view?.visible) void this.#view.webview.postMessage(message);
  }
}

/** Lines that came faster than they can be shown are not lost, and the view must not pretend otherwise. */
function skippedMark(count: number): LogEntry[] {
  if (count <= 0) return [];
  const text = `${count} lines came too fast to be shown here. "Open Logs as Document" has them.`;
  return [{ kind: 'mark', time: Date.now(), text, bad: false }];
}
