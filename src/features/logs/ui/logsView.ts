import type * as vscode from 'vscode';
import type { Disposable } from '../../../shared/emitter.ts';
import { DisposableStore, Emitter } from '../../../shared/emitter.ts';
import type { Logger } from '../../../shared/logger.ts';
import type { CallRegistry } from '../../../store/callRegistry.ts';
import { webviewHtml, webviewOptions } from '../../../editor/webviewHtml.ts';
import { longestKeptDays } from '../core/history.ts';
import type { LogLook, ToHost, ToView } from '../messages.ts';
import { toHost } from '../messages.ts';
import type { EarlierLogs, LogTab } from './logTab.ts';
import type { LogTabs } from './logTabs.ts';
import { ShownRows } from './shownRows.ts';

/**
 * Paints the tabs in the webview of the Logs panel, and passes on what the user does there. The webview is refilled
 * whenever it becomes visible, because hidden ones lose messages.
 */
export class LogsView implements Disposable {
  readonly #extensionUri: vscode.Uri;
  readonly #tabs: LogTabs;
  readonly #calls: CallRegistry;
  readonly #logger: Logger;
  readonly #disposables = new DisposableStore();
  readonly #received = this.#disposables.add(new Emitter<ToHost>());
  readonly #visibility = this.#disposables.add(new Emitter<boolean>());
  #view: vscode.WebviewView | undefined;
  #rows: ShownRows | undefined;
  /** The page has been loaded, and takes messages. */
  #isReady = false;
  /** The page was not there yet when it was to open the picker. */
  #mustOpenPicker = false;
  #isHistogramOpen = false;

  look: LogLook;

  readonly onDidReceive = this.#received.event;
  readonly onDidChangeVisibility = this.#visibility.event;

  /** @param look as the user left it */
  constructor(extensionUri: vscode.Uri, tabs: LogTabs, calls: CallRegistry, look: LogLook, logger: Logger) {
    this.#extensionUri = extensionUri;
    this.#tabs = tabs;
    this.#calls = calls;
    this.#logger = logger;
    this.look = look;
    this.#disposables.add(calls.onDidChange(() => this.paintTabs()));
    this.#disposables.add(tabs.onDidChange(() => this.paintTabs()));
    this.#disposables.add(tabs.onDidShow((tab) => this.#show(tab)));
    this.#disposables.add(
      tabs.onDidChangeEarlier((tab) => {
        if (tab === tabs.shown) this.#paintEarlier();
      }),
    );
  }

  get isVisible(): boolean {
    return this.#view?.visible === true;
  }

  get isHistogramOpen(): boolean {
    return this.#isHistogramOpen;
  }

  /** The rows of a tab, if it is the one that is shown. */
  rowsOf(tab: LogTab): ShownRows | undefined {
    return tab === this.#tabs.shown ? this.#rows : undefined;
  }

  /** @param title of the page, for screen readers */
  resolve(view: vscode.WebviewView, title: string): void {
    this.#view = view;
    view.webview.options = webviewOptions(this.#extensionUri);
    const store = new DisposableStore();
    store.add(view.webview.onDidReceiveMessage((message) => this.#receive(message)));
    store.add(view.onDidChangeVisibility(() => (view.visible ? this.#shownAgain() : this.#hidden())));
    store.add(
      view.onDidDispose(() => {
        this.#view = undefined;
        this.#hidden();
        store.dispose();
      }),
    );
    view.webview.html = webviewHtml(view.webview, this.#extensionUri, 'logs', 'modal-logs', title);
  }

  /** The page has been loaded. */
  start(): void {
    this.#isReady = true;
    this.#paint(true);
    if (this.#mustOpenPicker) this.openRangePicker();
  }

  /** @param withFilter the view is to take the filter of the tab that is shown */
  paintTabs(withFilter = false): void {
    const { shown, all } = this.#tabs;
    this.post({
      type: 'tabs',
      tabs: all.map((tab) => ({
        ...tab.session.status,
        id: tab.id,
        title: tab.session.title,
        kind: tab.session.traits.kind ?? 'output',
        unread: this.#tabs.unreadOf(tab),
      })),
      selected: shown?.id ?? '',
      ...(withFilter && shown?.filter ? { filter: shown.filter } : {}),
      functions: shown?.functions ?? {},
      streams: shown?.session.traits.streams?.map(({ title }) => title) ?? [],
      calls: [...this.#calls.ids],
    });
  }

  openHistogram(isOpen: boolean): void {
    this.#isHistogramOpen = isOpen;
    this.#paintEarlier();
  }

  openRangePicker(): void {
    this.#mustOpenPicker = !this.#isReady;
    if (this.#isReady) this.post({ type: 'openRangePicker' });
  }

  /** Asks the view to copy what is selected in it. */
  copySelected(format: 'text' | 'json'): void {
    this.post({ type: 'copy', format });
  }

  /** Sends a message, unless the view is hidden: it will be sent everything when it is shown. */
  post(message: ToView): void {
    if (this.#view?.visible) void this.#view.webview.postMessage(message);
  }

  dispose(): void {
    this.#rows?.dispose();
    this.#disposables.dispose();
  }

  #receive(raw: unknown): void {
    const parsed = toHost.safeParse(raw);
    if (parsed.success) this.#received.fire(parsed.data);
    else this.#logger.warn('The log viewer sent a message that is not understood.');
  }

  #show(tab: LogTab | undefined): void {
    this.#rows?.dispose();
    this.paintTabs(true);
    this.#paintEarlier();
    this.#rows = tab && new ShownRows(tab, (message) => this.post(message));
    if (!this.isVisible) this.#rows?.pause();
  }

  #shownAgain(): void {
    this.#paint(false);
    this.#visibility.fire(true);
  }

  /** A hidden page is taken down. */
  #hidden(): void {
    this.#isReady = false;
    this.#rows?.pause();
    this.#visibility.fire(false);
  }

  /** Sends everything again. */
  #paint(isNewPage: boolean): void {
    this.post({ type: 'look', look: this.look });
    this.paintTabs(true);
    this.#paintEarlier();
    this.#rows?.resume(isNewPage);
  }

  #paintEarlier(): void {
    const { shown } = this.#tabs;
    this.post({
      type: 'earlier',
      session: shown?.id ?? '',
      ...(shown?.earlier ? { logs: earlierOf(shown.earlier) } : {}),
      isHistogramOpen: this.#isHistogramOpen,
      mostDays: longestKeptDays,
    });
  }
}

function earlierOf({ range, older, note }: EarlierLogs) {
  const { keptDays, state } = older;
  return {
    older: state,
    note,
    ...(range ? { range: range.range } : {}),
    ...(keptDays === undefined ? {} : { keptDays }),
  };
}
