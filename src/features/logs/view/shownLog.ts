import type { EntriesMessage, LogLook, RowsMessage, SessionsMessage, ShownRow } from '../messages.ts';
import { Announcer } from './announcer.ts';
import { KnownFiles } from './knownFiles.ts';
import type { ListOwner, RowLook } from './logList.ts';
import { LogList } from './logList.ts';
import { LogRows } from './logRows.ts';
import type { RowActionsOwner } from './rowActions.ts';
import { RowActions } from './rowActions.ts';
import { rowLook } from './rowView.ts';
import type { FilterOwner } from './shownFilter.ts';
import { ShownFilter } from './shownFilter.ts';
import { post } from './vscodeApi.ts';

/** The page around the rows. */
export interface LogPage {
  readonly sessions: SessionsMessage | undefined;
  readonly viewLook: LogLook;
  readonly dataset: DOMStringMap;
  announce(words: string): void;
  requestUpdate(): void;
}

/** Rows that match, rows that are held, rows that came since the end was left, and rows that were dropped. */
export interface RowCounts {
  readonly shown: number;
  readonly total: number;
  readonly unseen: number;
  readonly dropped: number;
}

const noCounts: RowCounts = { shown: 0, total: 0, unseen: 0, dropped: 0 };

/** The log that is shown: its rows, as far as the host has sent them, in their list. */
export class ShownLog implements ListOwner, FilterOwner, RowActionsOwner {
  readonly rows = new LogRows();
  readonly filter: ShownFilter = new ShownFilter(this);
  readonly actions: RowActions = new RowActions(this);
  readonly #page: LogPage;
  readonly #announcer: Announcer;
  readonly #files = new KnownFiles();
  #scroller: HTMLElement | undefined;
  #list: LogList | undefined;
  #following = true;
  #counts = noCounts;
  #problem = '';
  #isFiltering = false;
  #calls: ReadonlySet<string> = new Set();
  /** Where the log ended when its end was last seen. */
  #seenEnd = 0;

  constructor(page: LogPage) {
    this.#page = page;
    this.#announcer = new Announcer((words) => page.announce(words));
  }

  get session(): string | undefined {
    return this.#page.sessions?.selected;
  }

  get list(): LogList | undefined {
    return this.#list;
  }

  get following(): boolean {
    return this.#following;
  }

  get counts(): RowCounts {
    return this.#counts;
  }

  /** Why the filter does not work; '' = it does. */
  get problem(): string {
    return this.#problem;
  }

  get isFiltering(): boolean {
    return this.#isFiltering;
  }

  get calls(): ReadonlySet<string> {
    return this.#calls;
  }

  get active(): number | undefined {
    return this.actions.active;
  }

  get lookedAt(): number | undefined {
    const { active } = this;
    return this.#following || active === undefined ? undefined : this.rows.get(active)?.row;
  }

  /** The page has been drawn for the first time. */
  attach(scroller: HTMLElement, body: HTMLElement): void {
    this.#scroller = scroller;
    this.#list = new LogList(scroller, body, this);
    this.#list.repaint();
  }

  dispose(): void {
    this.#list?.dispose();
  }

  requestUpdate(): void {
    this.#page.requestUpdate();
  }

  setMenu(context: string): void {
    this.#page.dataset['vscodeContext'] = context;
  }

  focusList(): void {
    this.#scroller?.focus();
  }

  // What the list asks.

  look(place: number, row: ShownRow): RowLook {
    const { sessions, viewLook } = this.#page;
    const { functions = {}, streams = [] } = sessions ?? {};
    return rowLook(row, {
      look: viewLook,
      functions,
      streams,
      calls: this.#calls,
      unfolded: this.actions.unfolded,
      withLibraries: this.actions.withLibraries,
      hasFile: this.#files.has,
      isActive: place === this.active,
      before: viewLook.time === 'relative' ? this.rows.get(place - 1) : undefined,
    });
  }

  isSelected(place: number): boolean {
    return this.actions.isSelected(place);
  }

  ask(from: number, to: number): void {
    const { session } = this;
    const range = session ? this.rows.ask(from, to) : undefined;
    if (session && range) post({ type: 'rows', session, from: range[0], to: range[1] });
  }

  followChanged(following: boolean): void {
    this.#following = following;
    this.#seenEnd = this.rows.end;
    this.requestUpdate();
    if (!following) return;
    this.filter.looking = undefined;
    this.#counts = { ...this.#counts, unseen: 0 };
  }

  painted(): void {
    const { active, session } = this;
    if (active !== undefined && this.#list?.element(active))
      this.#scroller?.setAttribute('aria-activedescendant', `row-${active}`);
    else this.#scroller?.removeAttribute('aria-activedescendant');
    const files = session ? this.#files.takeWanted(100) : [];
    if (session && files.length > 0) post({ type: 'locate', session, files });
  }

  // What the host says.

  /** @param isOther another log is shown than before */
  takeSessions({ calls }: SessionsMessage, isOther: boolean): void {
    this.#calls = new Set(calls);
    if (isOther) this.#showOther();
  }

  takeRange(message: RowsMessage): void {
    this.#list?.change(() => this.rows.takeRange(message));
  }

  takeFiles(files: Readonly<Record<string, boolean>>): void {
    this.#files.learn(files);
    this.#list?.repaint();
  }

  takeEntries(message: EntriesMessage): void {
    post({ type: 'seen', session: message.session, number: message.number });
    const { rows, filter } = this;
    const before = rows.end;
    let kept: number | undefined;
    const moved = rows.movedBy(message);
    this.#list?.change(() => {
      kept = rows.take(message);
      this.#list?.forgetFrom(kept);
    });
    if (kept === undefined) this.#showOtherRows();
    else this.actions.keepSelected(kept, moved);
    const shown = rows.end - rows.first;
    const unseen = this.#following ? 0 : Math.max(0, rows.end - Math.max(this.#seenEnd, rows.first));
    this.#counts = { shown, total: message.total, unseen, dropped: message.dropped };
    this.#problem = message.problem;
    this.#isFiltering = message.isFiltering;
    this.requestUpdate();
    this.#announcer.add(message.reset ? 0 : Math.max(0, rows.end - before), message.rows);
    if (message.revealed !== undefined) this.actions.reveal(message.revealed);
    if (!message.isFiltering) filter.answered(message.filterNumber);
  }

  #showOther(): void {
    this.rows.clear();
    this.#files.clear();
    this.#announcer.reset();
    this.actions.forget();
    this.#problem = '';
    this.#isFiltering = false;
    this.#counts = noCounts;
    this.#seenEnd = 0;
    this.#list?.forgetFrom(undefined);
    this.#list?.follow(true);
    this.filter.forget();
    this.#list?.repaint();
    this.requestUpdate();
  }

  /** No place means what it meant: the log is followed again, and still leads back to the row that was looked at. */
  #showOtherRows(): void {
    const { looking } = this.filter;
    this.actions.selectNothing();
    this.#seenEnd = this.rows.first;
    this.#list?.follow(true);
    this.filter.looking = looking;
  }
}
