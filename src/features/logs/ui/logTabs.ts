import type { Disposable } from '../../../shared/emitter.ts';
import { DisposableStore, Emitter } from '../../../shared/emitter.ts';
import type { LogTab } from './logTab.ts';

/** More tabs than this are not worth keeping. */
const mostTabs = 8;
/** How many lines arrived in the tabs that are not shown is reported this seldom, in milliseconds. */
const unreadEveryMs = 1000;

/** The tabs of the Logs panel, oldest first, and which of them is shown. */
export class LogTabs implements Disposable {
  readonly #tabs = new Map<LogTab, DisposableStore>();
  readonly #changed = new Emitter<undefined>();
  readonly #shownChanged = new Emitter<LogTab | undefined>();
  readonly #earlierChanged = new Emitter<LogTab>();
  #shown: LogTab | undefined;
  #unreadTimer: NodeJS.Timeout | undefined;

  /** Fires when a tab was added or removed, or has another status or more unread lines. */
  readonly onDidChange = this.#changed.event;
  /** Fires when another tab is shown; undefined = none. */
  readonly onDidShow = this.#shownChanged.event;
  /** Fires when there is something else to say about what can be loaded of a log. */
  readonly onDidChangeEarlier = this.#earlierChanged.event;

  get all(): readonly LogTab[] {
    return [...this.#tabs.keys()];
  }

  get shown(): LogTab | undefined {
    return this.#shown;
  }

  get(id: string): LogTab | undefined {
    return this.all.find((tab) => tab.id === id);
  }

  /** Adds a tab; it is not shown yet. */
  add(tab: LogTab): LogTab {
    const { session, earlier } = tab;
    const subscriptions = new DisposableStore();
    subscriptions.add(session.onDidChangeStatus(() => this.#changed.fire(undefined)));
    subscriptions.add(session.buffer.onDidChange(() => this.#noteUnread(tab)));
    if (earlier) subscriptions.add(earlier.onDidChange(() => this.#earlierChanged.fire(tab)));
    this.#tabs.set(tab, subscriptions);
    return tab;
  }

  show(tab: LogTab | undefined): void {
    if (tab === this.#shown) return;
    if (this.#shown) this.#shown.seenEnd = this.#shown.session.buffer.end;
    this.#shown = tab;
    this.#shownChanged.fire(tab);
  }

  /** Closes a tab. If it was shown, its neighbour is shown, as in a row of editors. */
  remove(tab: LogTab): void {
    const all = this.all;
    const at = all.indexOf(tab);
    this.#tabs.get(tab)?.dispose();
    this.#tabs.delete(tab);
    if (tab === this.#shown) this.show(all[at + 1] ?? all[at - 1]);
    else this.#changed.fire(undefined);
    tab.dispose();
  }

  /** Closes tabs while there are too many. @param shown the one that is about to be shown */
  makeRoomFor(shown: LogTab): void {
    for (let old = tabToClose(this.all, shown); old; old = tabToClose(this.all, shown)) this.remove(old);
  }

  /** Lines that arrived since the tab was last shown. */
  unreadOf(tab: LogTab): number {
    return tab === this.#shown ? 0 : Math.max(0, tab.session.buffer.end - tab.seenEnd);
  }

  dispose(): void {
    clearTimeout(this.#unreadTimer);
    for (const emitter of [this.#changed, this.#shownChanged, this.#earlierChanged]) emitter.dispose();
    for (const [tab, subscriptions] of this.#tabs) {
      subscriptions.dispose();
      tab.dispose();
    }
  }

  #noteUnread(tab: LogTab): void {
    if (tab === this.#shown || this.#unreadTimer) return;
    this.#unreadTimer = setTimeout(() => {
      this.#unreadTimer = undefined;
      this.#changed.fire(undefined);
    }, unreadEveryMs);
  }
}

/**
 * What is closed when there are too many: the oldest that has ended, else the oldest app that is followed, which can be
 * followed again. Never the one that is to be shown, one that a merged log is made of, or the output of a command that
 * is still running.
 * @param tabs oldest first
 * @param shown the one that was asked for just now
 */
export function tabToClose<Tab extends { readonly session: Pick<LogTab['session'], 'status' | 'traits'> }>(
  tabs: readonly Tab[],
  shown: Tab,
): Tab | undefined {
  if (tabs.length <= mostTabs) return undefined;
  const merged = new Set<unknown>(tabs.flatMap(({ session }) => session.traits.streams ?? []));
  const others = tabs.filter((tab) => tab !== shown && !merged.has(tab.session));
  return (
    others.find(({ session }) => session.status.ended) ??
    others.find(({ session }) => session.traits.kind === 'followed')
  );
}
