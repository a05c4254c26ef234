import '../shared/icons.ts';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import '@vscode-elements/elements/dist/vscode-toolbar-button/index.js';
import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import type { LogFilter } from '../../domain/logFilter.ts';
import { noFilter } from '../../domain/logFilter.ts';
import type {
  EntriesMessage,
  LogLook,
  SessionTab,
  SessionsMessage,
  ShownRow,
  ToView,
} from '../../ui/logs/protocol.ts';
import { defaultLook, toView } from '../../ui/logs/protocol.ts';
import { AfterFilter } from './afterFilter.ts';
import { Announcer } from './announcer.ts';
import { chipsView } from './chips.ts';
import { emptyView, nothingShown } from './emptyView.ts';
import { GridKeys } from './gridKeys.ts';
import { KnownFiles } from './knownFiles.ts';
import type { ListOwner, RowLook } from './logList.ts';
import { LogList } from './logList.ts';
import { LogRows } from './logRows.ts';
import './menu.ts';
import { droppedView, unseenPill } from './overlays.ts';
import './past/main.ts';
import type { PastElement } from './past/main.ts';
import type { RowSelection } from './rowSelection.ts';
import {
  extendTo,
  isSelected,
  keepRows,
  noSelection,
  selectAll,
  selectOnly,
  toggle,
} from './rowSelection.ts';
import { controlOf, hasSelectedText, menuContext, onlyThis, originOf, placeOf } from './rowEvents.ts';
import { canUnfold, rowLook } from './rowView.ts';
import { styles } from './styles.ts';
import { tabsView } from './tabs.ts';
import type { ToolbarActions } from './toolbar.ts';
import { toolbarView } from './toolbar.ts';
import { chipsOf } from './words.ts';
import { isPast, keepFilter, keptFilter, post, postAny } from './vscodeApi.ts';

/** The log viewer: logs as tabs, state, filter, and virtual rows. The host holds the truth, and filters. */
class LogsElement extends LitElement implements ListOwner {
  static override readonly styles = styles;
  static override readonly properties = {
    sessions: { state: true },
    filter: { state: true },
    viewLook: { state: true },
    following: { state: true },
    counts: { state: true },
    problem: { state: true },
    isFiltering: { state: true },
    selection: { state: true },
    now: { state: true },
    announcement: { state: true },
  };

  declare sessions: SessionsMessage | undefined;
  declare filter: LogFilter;
  declare viewLook: LogLook;
  declare following: boolean;
  /** Rows that match, rows that are held, rows that came since the end was left, and rows that were dropped. */
  declare counts: { shown: number; total: number; unseen: number; dropped: number };
  declare problem: string;
  declare isFiltering: boolean;
  declare selection: RowSelection;
  declare now: number;
  declare announcement: string;

  readonly rows = new LogRows();
  readonly #announcer = new Announcer((words) => (this.announcement = words));
  readonly #keys = new GridKeys(this);
  readonly #afterFilter = new AfterFilter();
  #list: LogList | undefined;
  #clock: ReturnType<typeof setInterval> | undefined;
  /** Where the log ended when its end was last seen. */
  #seenEnd = 0;
  /** The row, by its number, that a change of the filter is not to lose. */
  #looking: number | undefined;
  #calls: ReadonlySet<string> = new Set();
  readonly #unfolded = new Set<number>();
  readonly #withLibraries = new Set<number>();
  readonly #files = new KnownFiles();

  constructor() {
    super();
    this.filter = noFilter;
    this.viewLook = defaultLook;
    this.following = true;
    this.counts = { shown: 0, total: 0, unseen: 0, dropped: 0 };
    this.problem = '';
    this.isFiltering = false;
    this.selection = noSelection;
    this.now = Date.now();
    this.announcement = '';
  }

  get list(): LogList | undefined {
    return this.#list;
  }

  get active(): number | undefined {
    return this.selection.active;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('message', this.#received);
    window.addEventListener('keydown', this.#keys.global);
    this.#clock = setInterval(() => (this.now = Date.now()), 1000);
    post({ type: 'ready' });
  }

  override disconnectedCallback(): void {
    window.removeEventListener('message', this.#received);
    window.removeEventListener('keydown', this.#keys.global);
    clearInterval(this.#clock);
    this.#list?.dispose();
    super.disconnectedCallback();
  }

  protected override firstUpdated(): void {
    const root = this.renderRoot as ShadowRoot;
    const find = (id: string) => root.getElementById(id) as HTMLElement;
    this.#list = new LogList(find('list'), find('rows'), this);
    this.#list.repaint();
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('viewLook') || changed.has('selection') || changed.has('sessions')) this.#list?.repaint();
  }

  protected override render(): TemplateResult {
    const { sessions = [], selected = '', functions = {} } = this.sessions ?? {};
    const session = this.session;
    return html`${
        sessions.length > 0
          ? tabsView(sessions, selected, {
              select: (id) => post({ type: 'select', session: id }),
              close: (id) => post({ type: 'close', session: id }),
              follow: () => post({ type: 'follow' }),
              merge: () => post({ type: 'merge' }),
            })
          : nothing
      }
      ${session ? this.#toolbar(session) : nothing}
      ${session ? chipsView(chipsOf(this.filter, functions), (change) => this.changeFilter(change)) : nothing}
      <modal-log-past
        .post=${postAny}
        .session=${selected}
        .filter=${this.filter}
        .zone=${this.viewLook.time === 'utc' ? 'utc' : 'local'}
        @modal-logs-reveal=${(event: CustomEvent<{ time: number }>) => this.#goToTime(event.detail.time)}
      ></modal-log-past>
      <div class="frame" id="log" @modal-logs-top=${() => this.#past?.reachedTop()}>
        ${session ? nothing : emptyView(() => post({ type: 'follow' }))}
        ${
          session && this.counts.shown === 0
            ? nothingShown(session, this.isFiltering, this.counts.total, () => this.changeFilter(noFilter))
            : nothing
        }
        ${session ? droppedView(this.counts.dropped, this.#list?.isAtTop ?? false) : nothing}
        <div
          id="list"
          class="list ${this.viewLook.wrap ? 'wrap' : ''}"
          role="grid"
          aria-label="Log lines"
          aria-multiselectable="true"
          aria-rowcount=${this.counts.shown}
          tabindex="0"
          ?hidden=${!session || this.counts.shown === 0}
          @keydown=${this.#keys.grid}
          @click=${this.#clicked}
          @mousedown=${this.#pressed}
          @contextmenu=${this.#askedMenu}
        >
          <div id="rows" class="rows" role="rowgroup"></div>
        </div>
        ${unseenPill(this.counts.unseen, () => this.#list?.follow(true))}
      </div>
      <span role="status" aria-live="polite" class="announcement">${this.announcement}</span>`;
  }

  get session(): SessionTab | undefined {
    return this.sessions?.sessions.find(({ id }) => id === this.sessions?.selected);
  }

  #toolbar(session: SessionTab): TemplateResult {
    const { active } = this.selection;
    return toolbarView(
      {
        session,
        filter: this.filter,
        look: this.viewLook,
        isMerged: (this.sessions?.streams.length ?? 0) > 0,
        following: this.following,
        problem: this.problem,
        isFiltering: this.isFiltering,
        shown: this.counts.shown,
        total: this.counts.total,
        at: active === undefined ? undefined : active - this.rows.first + 1,
        now: this.now,
      },
      this.#toolbarActions(session.id),
    );
  }

  #toolbarActions(session: string): ToolbarActions {
    return {
      changeFilter: (change) => this.changeFilter(change),
      pickFilter: (what) => post({ type: 'pickFilter', session, what }),
      changeLook: (change) => {
        this.viewLook = { ...this.viewLook, ...change };
        if ('wrap' in change) this.#list?.change(() => this.#list?.forgetFrom(this.rows.first));
        post({ type: 'look', look: this.viewLook });
      },
      follow: (on) => this.#list?.follow(on),
      step: (by) => this.step(by),
      tryNow: () => post({ type: 'tryNow', session }),
      followAgain: () => post({ type: 'followAgain', session }),
      remove: () => post({ type: 'close', session }),
      copyAll: (format) =>
        post({ type: 'copy', session, ranges: [[this.rows.first, this.rows.end]], format }),
      openDocument: () => post({ type: 'openDocument' }),
    };
  }

  // What the list asks.

  look(place: number, row: ShownRow): RowLook {
    const { functions = {}, streams = [] } = this.sessions ?? {};
    return rowLook(row, {
      look: this.viewLook,
      functions,
      streams,
      calls: this.#calls,
      unfolded: this.#unfolded,
      withLibraries: this.#withLibraries,
      hasFile: this.#files.has,
      isActive: place === this.active,
      before: this.viewLook.time === 'relative' ? this.rows.get(place - 1) : undefined,
    });
  }

  isSelected(place: number): boolean {
    return isSelected(this.selection, place);
  }

  ask(from: number, to: number): void {
    const session = this.sessions?.selected;
    const range = session ? this.rows.ask(from, to) : undefined;
    if (session && range) post({ type: 'rows', session, from: range[0], to: range[1] });
  }

  followChanged(following: boolean): void {
    this.following = following;
    this.#seenEnd = this.rows.end;
    if (!following) return;
    this.#looking = undefined;
    this.counts = { ...this.counts, unseen: 0 };
  }

  painted(): void {
    const { active } = this;
    const list = this.renderRoot.querySelector('#list');
    if (active !== undefined && this.#list?.element(active))
      list?.setAttribute('aria-activedescendant', `row-${active}`);
    else list?.removeAttribute('aria-activedescendant');
    const session = this.sessions?.selected;
    const files = session ? this.#files.takeWanted(100) : [];
    if (session && files.length > 0) post({ type: 'locate', session, files });
  }

  // What the user does.

  changeFilter(change: Partial<LogFilter>): void {
    const session = this.sessions?.selected;
    if (!session) return;
    this.filter = { ...this.filter, ...change };
    keepFilter(session, this.filter);
    // The row that is being looked at is found again in what is shown then, also by way of filters that hide it.
    if (!this.following && this.active !== undefined)
      this.#looking = this.rows.get(this.active)?.row ?? this.#looking;
    const reveal = this.#looking === undefined ? {} : { reveal: this.#looking };
    post({ type: 'filter', session, filter: this.filter, number: this.#afterFilter.ask(), ...reveal });
  }

  /** The next or previous row; of a filtered log, that is the next match. */
  step(by: number): void {
    this.#afterFilter.run(() => this.#step(by));
  }

  #step(by: number): void {
    const { first, end } = this.rows;
    if (end <= first) return;
    const from = this.active ?? (by > 0 ? first - 1 : end);
    const place = from + by >= end ? first : from + by < first ? end - 1 : from + by;
    this.moveTo(place);
    this.#list?.follow(false);
  }

  moveTo(place: number, extend = false): void {
    const { first, end } = this.rows;
    if (end <= first) return;
    const to = Math.max(first, Math.min(place, end - 1));
    this.selection = extend ? extendTo(this.selection, to) : selectOnly(to);
    this.#list?.reveal(to);
  }

  selectAllRows(): void {
    const { rows } = this;
    this.#afterFilter.run(() => (this.selection = selectAll(this.selection, rows.first, rows.end)));
  }

  copySelected(format: 'text' | 'json'): void {
    this.#afterFilter.run(() => this.#copySelected(format));
  }

  #copySelected(format: 'text' | 'json'): void {
    const session = this.sessions?.selected;
    const { ranges } = this.selection;
    if (session && ranges.length > 0)
      post({ type: 'copy', session, ranges: ranges.map(([from, to]) => [from, to]), format });
  }

  /** @returns false when the row has nothing to unfold */
  unfold(place: number, on?: boolean): boolean {
    const row = this.rows.get(place);
    if (!row || !canUnfold(row)) return false;
    const isOn = on ?? !this.#unfolded.has(row.row);
    if (isOn) this.#unfolded.add(row.row);
    else this.#unfolded.delete(row.row);
    this.#list?.change(() => undefined);
    return true;
  }

  focusFilter(): void {
    this.renderRoot.querySelector<HTMLElement>('#filter')?.focus();
  }

  focusList(): void {
    this.renderRoot.querySelector<HTMLElement>('#list')?.focus();
  }

  readonly #pressed = (event: MouseEvent): void => {
    // Shift would select text over many rows.
    if (event.shiftKey && placeOf(event) !== undefined) event.preventDefault();
  };

  readonly #clicked = (event: MouseEvent): void => {
    const place = placeOf(event);
    if (place === undefined) return;
    if (event.shiftKey) this.selection = extendTo(this.selection, place);
    else if (event.ctrlKey || event.metaKey) this.selection = toggle(this.selection, place);
    else this.selection = selectOnly(place);
    this.focusList();
    const control = controlOf(event);
    if (control && !hasSelectedText()) this.act(control['do'] ?? '', place, Number(control['start']));
  };

  /** The editor asks the element that fills the page what its menu is about. */
  readonly #askedMenu = (event: MouseEvent): void => {
    const place = placeOf(event) ?? this.active;
    const row = place === undefined ? undefined : this.rows.get(place);
    if (place === undefined || !row) return;
    if (!this.isSelected(place)) this.selection = selectOnly(place);
    this.dataset['vscodeContext'] = menuContext(row, this.#calls);
  };

  /** What a control of a row asks for. */
  act(what: string, place: number, start: number): void {
    const row = this.rows.get(place);
    const session = this.sessions?.selected;
    if (!row || !session) return;
    if (what === 'fold') this.unfold(place);
    else if (what === 'libraries') {
      this.#withLibraries.add(row.row);
      this.#list?.change(() => undefined);
    } else if (what === 'link') post({ type: 'open', session, row: row.row, start });
    else if (what === 'request') post({ type: 'showRequest', callId: originOf(row).callId });
    else this.changeFilter(onlyThis(what, row));
  }

  #goToTime(time: number): void {
    if (this.sessions) post({ type: 'goToTime', session: this.sessions.selected, time });
  }

  get #past(): PastElement | null {
    return this.renderRoot.querySelector<PastElement>('modal-log-past');
  }

  // What the host says.

  readonly #received = (event: MessageEvent): void => {
    if (isPast(event.data)) {
      this.#past?.receive(event.data);
      return;
    }
    const parsed = toView.safeParse(event.data);
    if (parsed.success) this.#take(parsed.data);
  };

  #take(message: ToView): void {
    if ('session' in message && message.session !== this.sessions?.selected) return;
    switch (message.type) {
      case 'sessions':
        this.#showSessions(message);
        return;
      case 'look':
        this.viewLook = message.look;
        return;
      case 'copy':
        this.copySelected(message.format);
        return;
      case 'entries':
        this.#takeEntries(message);
        return;
      case 'rows':
        this.#list?.change(() => this.rows.takeRange(message));
        return;
      case 'located':
        this.#files.learn(message.files);
        this.#list?.repaint();
        return;
      case 'revealed':
        this.#reveal(message.place);
        return;
    }
  }

  #reveal(place: number): void {
    this.selection = selectOnly(place);
    this.#list?.revealInMiddle(place);
  }

  #showSessions(message: SessionsMessage): void {
    const isOther = message.selected !== this.sessions?.selected;
    const isChanged = message.filterChange !== this.sessions?.filterChange;
    this.sessions = message;
    this.#calls = new Set(message.calls);
    if (isOther) this.#showOther();
    if (message.filter && (isOther || isChanged)) {
      this.filter = message.filter;
      keepFilter(message.selected, message.filter);
    } else if (isOther) {
      // The host has not seen this log filtered; perhaps the window was loaded again.
      this.filter = noFilter;
      const kept = keptFilter(message.selected);
      if (kept) this.changeFilter(kept);
    }
  }

  #showOther(): void {
    this.rows.clear();
    this.#unfolded.clear();
    this.#withLibraries.clear();
    this.#files.clear();
    this.#announcer.reset();
    this.#afterFilter.forget();
    this.selection = noSelection;
    this.problem = '';
    this.isFiltering = false;
    this.counts = { shown: 0, total: 0, unseen: 0, dropped: 0 };
    this.#seenEnd = 0;
    this.#list?.forgetFrom(undefined);
    this.#list?.follow(true);
    this.#looking = undefined;
    this.#list?.repaint();
  }

  #takeEntries(message: EntriesMessage): void {
    post({ type: 'seen', session: message.session, number: message.number });
    const { rows } = this;
    const before = rows.end;
    let kept: number | undefined;
    const moved = rows.movedBy(message);
    this.#list?.change(() => {
      kept = rows.take(message);
      this.#list?.forgetFrom(kept);
    });
    if (kept === undefined) {
      this.selection = noSelection;
      this.#seenEnd = rows.first;
      const looking = this.#looking;
      this.#list?.follow(true);
      this.#looking = looking;
    } else if (this.selection !== noSelection)
      this.selection = keepRows(this.selection, rows.first, kept, moved);
    const shown = rows.end - rows.first;
    const unseen = this.following ? 0 : Math.max(0, rows.end - Math.max(this.#seenEnd, rows.first));
    this.counts = { shown, total: message.total, unseen, dropped: message.dropped };
    this.problem = message.problem;
    this.isFiltering = message.isFiltering;
    this.#announcer.add(message.reset ? 0 : Math.max(0, rows.end - before), message.rows);
    if (message.revealed !== undefined) this.#reveal(message.revealed);
    if (!message.isFiltering) this.#afterFilter.answer(message.filterNumber);
  }
}

customElements.define('modal-logs', LogsElement);
