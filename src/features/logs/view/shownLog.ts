import type { EntriesMessage, LogLook, RowsMessage } from '../messages.ts';
import type { LogFilter } from '../../../domain/logFilter.ts';
import { Emitter } from '../../../shared/emitter.ts';
import type { TabsMessage } from '../messages.ts';
import { defaultLook } from '../messages.ts';
import { Announcer } from './announcer.ts';
import type { DrawnRow } from './logList.ts';
import { LogList } from './logList.ts';
import { LogRows } from './logRows.ts';
import type { PlaceRange, RowSelection } from './rowSelection.ts';
import {
  extendTo,
  isSelected,
  keepRows,
  noSelection,
  selectAll,
  selectOnly,
  toggle,
} from './rowSelection.ts';
import { onlyThis, originOf } from './rowOrigin.ts';
import { canUnfold, rowLook } from './rowView.ts';
import { ShownFilter } from './shownFilter.ts';
import { post } from './vscodeApi.ts';

/** Rows that match, rows that are held, rows that arrived since the end was left, and rows that were dropped. */
export interface RowCounts {
  readonly shown: number;
  readonly total: number;
  readonly unseen: number;
  readonly dropped: number;
}

const noCounts: RowCounts = { shown: 0, total: 0, unseen: 0, dropped: 0 };
/** Files that the host is asked about at once. */
const mostFiles = 100;

/** The log that is shown: its rows, as far as the host has sent them, in their list, and what the user does with them. */
export class ShownLog {
  readonly rows = new LogRows();
  readonly #filter = new ShownFilter();
  readonly #changed = new Emitter<undefined>();
  readonly #announced = new Emitter<string>();
  readonly #announcer = new Announcer((words) => this.#announced.fire(words));
  readonly #files = new KnownFiles();
  readonly #unfolded = new Set<number>();
  readonly #withLibraries = new Set<number>();
  #list: LogList | undefined;
  #tabs: TabsMessage | undefined;
  #calls: ReadonlySet<string> = new Set();
  #look = defaultLook;
  #selection = noSelection;
  #following = true;
  #counts = noCounts;
  #problem = '';
  #isFiltering = false;
  /** Where the log ended when its end was last seen. */
  #seenEnd = 0;

  /** Fires when something besides the rows has to be redrawn. */
  readonly onDidChange = this.#changed.event;
  /** Fires with what a screen reader is to say. */
  readonly onDidAnnounce = this.#announced.event;

  /** Undefined = none. */
  get session(): string | undefined {
    return this.#tabs?.selected;
  }

  /** Undefined until the page has been drawn. */
  get list(): LogList | undefined {
    return this.#list;
  }

  get filter(): LogFilter {
    return this.#filter.current;
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

  /** Calls whose request can be shown. */
  get calls(): ReadonlySet<string> {
    return this.#calls;
  }

  /** Place of the row that the keyboard is at. */
  get active(): number | undefined {
    return this.#selection.active;
  }

  /** The page has been drawn for the first time. */
  attach(scroller: HTMLElement, body: HTMLElement): void {
    const list = new LogList(scroller, body, this.rows, (place) => this.#draw(place));
    list.onDidNeed(([from, to]) => this.#ask(from, to));
    list.onDidFollow((following) => this.#followChanged(following));
    list.onDidPaint(() => this.#painted());
    list.repaint();
    this.#list = list;
  }

  dispose(): void {
    this.#list?.dispose();
  }

  showLook(look: LogLook): void {
    const isWrapChanged = look.wrap !== this.#look.wrap;
    this.#look = look;
    if (isWrapChanged) this.#list?.forgetHeights();
    else this.#list?.repaint();
  }

  // Messages of the host.

  showTabs(message: TabsMessage): void {
    const { selected, filter, calls } = message;
    const isOther = selected !== this.session;
    this.#tabs = message;
    this.#calls = new Set(calls);
    if (isOther) this.#showOther();
    if (filter) this.#filter.take(selected, filter);
    else if (isOther) this.#filter.restore(selected);
    this.#list?.repaint();
    this.#changed.fire(undefined);
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
    const { rows } = this;
    const before = rows.end;
    let kept: number | undefined;
    const moved = rows.movedBy(message);
    this.#list?.change(() => {
      kept = rows.take(message);
      this.#list?.forgetFrom(kept);
    });
    if (kept === undefined) this.#showOtherRows();
    else if (this.#selection !== noSelection)
      this.#select(keepRows(this.#selection, rows.first, kept, moved));
    const shown = rows.end - rows.first;
    const unseen = this.#following ? 0 : Math.max(0, rows.end - Math.max(this.#seenEnd, rows.first));
    this.#counts = { shown, total: message.total, unseen, dropped: message.dropped };
    this.#problem = message.problem;
    this.#isFiltering = message.isFiltering;
    this.#changed.fire(undefined);
    this.#announcer.add(message.reset ? 0 : Math.max(0, rows.end - before), message.rows);
    if (message.revealed !== undefined) this.reveal(message.revealed);
    if (!message.isFiltering) this.#filter.answered(message.filterNumber);
  }

  reveal(place: number): void {
    this.selectRow(place);
    this.#list?.revealInMiddle(place);
  }

  // Actions of the user.

  changeFilter(change: Partial<LogFilter>): void {
    const { session, active } = this;
    if (!session) return;
    const lookedAt = this.#following || active === undefined ? undefined : this.rows.get(active)?.row;
    this.#filter.change(session, change, lookedAt);
    this.#changed.fire(undefined);
  }

  isSelected(place: number): boolean {
    return isSelected(this.#selection, place);
  }

  selectRow(place: number): void {
    this.#select(selectOnly(place));
  }

  /** As with Shift. */
  extendSelection(place: number): void {
    this.#select(extendTo(this.#selection, place));
  }

  /** As with Ctrl. */
  toggleSelected(place: number): void {
    this.#select(toggle(this.#selection, place));
  }

  selectAllRows(): void {
    const { rows } = this;
    this.#filter.run(() => this.#select(selectAll(this.#selection, rows.first, rows.end)));
  }

  /** The next or previous row; of a filtered log, that is the next match. */
  step(by: number): void {
    this.#filter.run(() => this.#step(by));
  }

  moveTo(place: number, extend = false): void {
    const { first, end } = this.rows;
    if (end <= first) return;
    const to = Math.max(first, Math.min(place, end - 1));
    if (extend) this.extendSelection(to);
    else this.selectRow(to);
    this.#list?.reveal(to);
  }

  copySelected(format: 'text' | 'json'): void {
    this.#filter.run(() => this.#copy(this.#selection.ranges, format));
  }

  copyAll(format: 'text' | 'json'): void {
    this.#copy([[this.rows.first, this.rows.end]], format);
  }

  /** @returns false when the row has nothing to unfold */
  unfold(place: number, on?: boolean): boolean {
    const row = this.rows.get(place);
    if (!row || !canUnfold(row)) return false;
    const isOn = on ?? !this.#unfolded.has(row.row);
    if (isOn) this.#unfolded.add(row.row);
    else this.#unfolded.delete(row.row);
    this.#list?.repaintInPlace();
    return true;
  }

  /** Runs the action of a control in a row. */
  act(what: string, place: number, start: number): void {
    const { session } = this;
    const row = this.rows.get(place);
    if (!row || !session) return;
    if (what === 'fold') this.unfold(place);
    else if (what === 'libraries') {
      this.#withLibraries.add(row.row);
      this.#list?.repaintInPlace();
    } else if (what === 'link') post({ type: 'open', session, row: row.row, start });
    else if (what === 'request') post({ type: 'showRequest', callId: originOf(row).callId });
    else this.changeFilter(onlyThis(what, row));
  }

  #step(by: number): void {
    const { first, end } = this.rows;
    if (end <= first) return;
    const from = this.active ?? (by > 0 ? first - 1 : end);
    const place = from + by >= end ? first : from + by < first ? end - 1 : from + by;
    this.moveTo(place);
    this.#list?.follow(false);
  }

  #copy(ranges: readonly PlaceRange[], format: 'text' | 'json'): void {
    const { session } = this;
    if (session && ranges.length > 0)
      post({ type: 'copy', session, ranges: ranges.map(([from, to]) => [from, to]), format });
  }

  #select(selection: RowSelection): void {
    if (selection === this.#selection) return;
    this.#selection = selection;
    this.#list?.repaint();
    this.#changed.fire(undefined);
  }

  // Events and painting of the list.

  #draw(place: number): DrawnRow {
    const row = this.rows.get(place);
    const isActive = place === this.active;
    const { functions = {}, streams = [] } = this.#tabs ?? {};
    return {
      isSelected: this.isSelected(place),
      isActive,
      look:
        row &&
        rowLook(row, {
          look: this.#look,
          functions,
          streams,
          calls: this.#calls,
          unfolded: this.#unfolded,
          withLibraries: this.#withLibraries,
          hasFile: this.#files.has,
          isActive,
          before: this.#look.time === 'relative' ? this.rows.get(place - 1) : undefined,
        }),
    };
  }

  #ask(from: number, to: number): void {
    const { session } = this;
    const range = session ? this.rows.ask(from, to) : undefined;
    if (session && range) post({ type: 'rows', session, from: range[0], to: range[1] });
  }

  #followChanged(following: boolean): void {
    this.#following = following;
    this.#seenEnd = this.rows.end;
    if (following) {
      this.#filter.looking = undefined;
      this.#counts = { ...this.#counts, unseen: 0 };
    }
    this.#changed.fire(undefined);
  }

  #painted(): void {
    this.#list?.markActive(this.active);
    const { session } = this;
    const files = session ? this.#files.takeWanted(mostFiles) : [];
    if (session && files.length > 0) post({ type: 'locate', session, files });
  }

  #showOther(): void {
    this.rows.clear();
    this.#files.clear();
    this.#announcer.reset();
    this.#unfolded.clear();
    this.#withLibraries.clear();
    this.#select(noSelection);
    this.#problem = '';
    this.#isFiltering = false;
    this.#counts = noCounts;
    this.#seenEnd = 0;
    this.#list?.forgetFrom(undefined);
    this.#list?.follow(true);
    this.#filter.forget();
  }

  /** All places now mean other rows: follow the log again, but remember the row that was looked at. */
  #showOtherRows(): void {
    const { looking } = this.#filter;
    this.#select(noSelection);
    this.#seenEnd = this.rows.first;
    this.#list?.follow(true);
    this.#filter.looking = looking;
  }
}

/** Which files that a log names are in the workspace, as far as the host was asked. */
class KnownFiles {
  readonly #known = new Map<string, boolean>();
  readonly #wanted = new Set<string>();

  /** @returns false while it is not known; then it will be asked for */
  readonly has = (file: string): boolean => {
    const known = this.#known.get(file);
    if (known !== undefined) return known;
    this.#known.set(file, false);
    this.#wanted.add(file);
    return false;
  };

  learn(files: Readonly<Record<string, boolean>>): void {
    for (const [file, isThere] of Object.entries(files)) this.#known.set(file, isThere);
  }

  /** Files to ask about now; the others follow with the next call. */
  takeWanted(most: number): string[] {
    const wanted = [...this.#wanted].slice(0, most);
    for (const file of wanted) this.#wanted.delete(file);
    return wanted;
  }

  clear(): void {
    this.#known.clear();
    this.#wanted.clear();
  }
}
