import type { LogList } from './logList.ts';
import type { LogRows } from './logRows.ts';
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
import { controlOf, hasSelectedText, menuContext, onlyThis, originOf, placeOf } from './rowEvents.ts';
import { canUnfold } from './rowView.ts';
import type { ShownFilter } from './shownFilter.ts';
import { post } from './vscodeApi.ts';

export interface RowActionsOwner {
  /** The log that is shown; undefined = none. */
  readonly session: string | undefined;
  readonly rows: LogRows;
  readonly list: LogList | undefined;
  readonly filter: ShownFilter;
  /** Calls whose request can be shown. */
  readonly calls: ReadonlySet<string>;
  focusList(): void;
  /** Tells the editor what its context menu is about. */
  setMenu(context: string): void;
  requestUpdate(): void;
}

/** What the user does with rows, by mouse and keyboard: selects, copies, unfolds them, and presses what is in them. */
export class RowActions {
  readonly #owner: RowActionsOwner;
  readonly #unfolded = new Set<number>();
  readonly #withLibraries = new Set<number>();
  #selection = noSelection;

  constructor(owner: RowActionsOwner) {
    this.#owner = owner;
  }

  get active(): number | undefined {
    return this.#selection.active;
  }

  /** Rows that are unfolded, and those whose library frames are too. */
  get unfolded(): ReadonlySet<number> {
    return this.#unfolded;
  }

  get withLibraries(): ReadonlySet<number> {
    return this.#withLibraries;
  }

  isSelected(place: number): boolean {
    return isSelected(this.#selection, place);
  }

  /** Another log is shown. */
  forget(): void {
    this.#unfolded.clear();
    this.#withLibraries.clear();
    this.selectNothing();
  }

  selectNothing(): void {
    this.#select(noSelection);
  }

  /** Rows from one place on have moved. @param moved new places by former ones */
  keepSelected(from: number, moved: ReadonlyMap<number, number>): void {
    if (this.#selection !== noSelection)
      this.#select(keepRows(this.#selection, this.#owner.rows.first, from, moved));
  }

  reveal(place: number): void {
    this.#select(selectOnly(place));
    this.#owner.list?.revealInMiddle(place);
  }

  /** The next or previous row; of a filtered log, that is the next match. */
  step(by: number): void {
    this.#owner.filter.run(() => this.#step(by));
  }

  #step(by: number): void {
    const { first, end } = this.#owner.rows;
    if (end <= first) return;
    const from = this.active ?? (by > 0 ? first - 1 : end);
    const place = from + by >= end ? first : from + by < first ? end - 1 : from + by;
    this.moveTo(place);
    this.#owner.list?.follow(false);
  }

  moveTo(place: number, extend = false): void {
    const { first, end } = this.#owner.rows;
    if (end <= first) return;
    const to = Math.max(first, Math.min(place, end - 1));
    this.#select(extend ? extendTo(this.#selection, to) : selectOnly(to));
    this.#owner.list?.reveal(to);
  }

  selectAllRows(): void {
    const { filter, rows } = this.#owner;
    filter.run(() => this.#select(selectAll(this.#selection, rows.first, rows.end)));
  }

  copySelected(format: 'text' | 'json'): void {
    this.#owner.filter.run(() => this.#copy(this.#selection.ranges, format));
  }

  copyAll(format: 'text' | 'json'): void {
    const { first, end } = this.#owner.rows;
    this.#copy([[first, end]], format);
  }

  #copy(ranges: readonly PlaceRange[], format: 'text' | 'json'): void {
    const { session } = this.#owner;
    if (session && ranges.length > 0)
      post({ type: 'copy', session, ranges: ranges.map(([from, to]) => [from, to]), format });
  }

  /** @returns false when the row has nothing to unfold */
  unfold(place: number, on?: boolean): boolean {
    const row = this.#owner.rows.get(place);
    if (!row || !canUnfold(row)) return false;
    const isOn = on ?? !this.#unfolded.has(row.row);
    if (isOn) this.#unfolded.add(row.row);
    else this.#unfolded.delete(row.row);
    this.#owner.list?.change(() => undefined);
    return true;
  }

  /** What a control of a row asks for. */
  act(what: string, place: number, start: number): void {
    const { session, rows, list, filter } = this.#owner;
    const row = rows.get(place);
    if (!row || !session) return;
    if (what === 'fold') this.unfold(place);
    else if (what === 'libraries') {
      this.#withLibraries.add(row.row);
      list?.change(() => undefined);
    } else if (what === 'link') post({ type: 'open', session, row: row.row, start });
    else if (what === 'request') post({ type: 'showRequest', callId: originOf(row).callId });
    else filter.change(onlyThis(what, row));
  }

  readonly pressed = (event: MouseEvent): void => {
    // Shift would select text over many rows.
    if (event.shiftKey && placeOf(event) !== undefined) event.preventDefault();
  };

  readonly clicked = (event: MouseEvent): void => {
    const place = placeOf(event);
    if (place === undefined) return;
    if (event.shiftKey) this.#select(extendTo(this.#selection, place));
    else if (event.ctrlKey || event.metaKey) this.#select(toggle(this.#selection, place));
    else this.#select(selectOnly(place));
    this.#owner.focusList();
    const control = controlOf(event);
    if (control && !hasSelectedText()) this.act(control['do'] ?? '', place, Number(control['start']));
  };

  readonly askedMenu = (event: MouseEvent): void => {
    const { rows, calls } = this.#owner;
    const place = placeOf(event) ?? this.active;
    const row = place === undefined ? undefined : rows.get(place);
    if (place === undefined || !row) return;
    if (!this.isSelected(place)) this.#select(selectOnly(place));
    this.#owner.setMenu(menuContext(row, calls));
  };

  #select(selection: RowSelection): void {
    if (selection === this.#selection) return;
    this.#selection = selection;
    this.#owner.list?.repaint();
    this.#owner.requestUpdate();
  }
}
