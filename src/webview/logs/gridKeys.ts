import type { LogList } from './logList.ts';
import type { LogRows } from './logRows.ts';

/** What keys do with. */
export interface KeyTarget {
  readonly rows: LogRows;
  readonly list: LogList | undefined;
  readonly active: number | undefined;
  readonly filter: { readonly text: string };
  moveTo(place: number, extend?: boolean): void;
  step(by: number): void;
  unfold(place: number, on?: boolean): boolean;
  act(what: string, place: number, start: number): void;
  selectAllRows(): void;
  copySelected(format: 'text' | 'json'): void;
  changeFilter(change: { text: string }): void;
  focusFilter(): void;
  focusList(): void;
}

/** The keyboard of the log viewer: one row is active, and keys move it, unfold it, and copy what is selected. */
export class GridKeys {
  readonly #target: KeyTarget;

  constructor(target: KeyTarget) {
    this.#target = target;
  }

  /** Wherever the focus is. */
  readonly global = (event: KeyboardEvent): void => {
    const target = this.#target;
    const inField = isInField(event);
    if (event.key === 'f' && isControl(event)) target.focusFilter();
    else if (event.key === 'F3') target.step(event.shiftKey ? -1 : 1);
    else if (event.key === 'Enter' && inField) target.step(event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape' && (inField || isInGrid(event))) {
      // First it clears, then it leaves.
      if (target.filter.text) target.changeFilter({ text: '' });
      else if (inField) target.focusList();
      else return;
    } else if (event.key === 'End' && isControl(event) && !inField) target.list?.follow(true);
    else return;
    event.preventDefault();
  };

  readonly grid = (event: KeyboardEvent): void => {
    if (event.altKey) return;
    if (isControl(event) ? this.#withControl(event) : this.#plain(event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };

  #withControl(event: KeyboardEvent): boolean {
    const target = this.#target;
    const { rows } = target;
    switch (event.key) {
      case 'a':
        target.selectAllRows();
        return true;
      case 'c':
        // A part of a line that is selected is copied as it is.
        if ((getSelection()?.toString() ?? '') !== '') return false;
        target.copySelected('text');
        return true;
      case 'Home':
        target.moveTo(rows.first, event.shiftKey);
        return true;
      case 'End':
        this.#toEnd(event.shiftKey);
        return true;
      default:
        return false;
    }
  }

  #plain(event: KeyboardEvent): boolean {
    const target = this.#target;
    const { rows } = target;
    const page = target.list?.pageRows ?? 1;
    const from = target.active ?? rows.end;
    const to = {
      ArrowDown: from + 1,
      ArrowUp: from - 1,
      PageDown: from + page,
      PageUp: from - page,
      Home: rows.first,
    }[event.key];
    if (to !== undefined) {
      target.moveTo(to, event.shiftKey);
      return true;
    }
    if (event.key === 'End') {
      this.#toEnd(event.shiftKey);
      return true;
    }
    return this.#ofRow(event);
  }

  #toEnd(extend: boolean): void {
    this.#target.moveTo(this.#target.rows.end - 1, extend);
    this.#target.list?.follow(true);
  }

  /** Keys of the active row, and of the controls in it. */
  #ofRow(event: KeyboardEvent): boolean {
    const target = this.#target;
    const place = target.active;
    if (place === undefined) return false;
    if (event.key === 'ArrowRight') return target.unfold(place, true);
    if (event.key === 'ArrowLeft') return target.unfold(place, false);
    if (event.key !== 'Enter' && event.key !== ' ') return false;
    const [inner] = event.composedPath();
    const control = inner instanceof HTMLElement ? inner.dataset : {};
    if (control['do'] === undefined) return target.unfold(place);
    target.act(control['do'], place, Number(control['start']));
    return true;
  }
}

function isControl(event: KeyboardEvent): boolean {
  return event.ctrlKey || event.metaKey;
}

function isInField(event: KeyboardEvent): boolean {
  return event.composedPath().some((each) => each instanceof HTMLElement && each.id === 'filter');
}

function isInGrid(event: KeyboardEvent): boolean {
  return event.composedPath().some((each) => each instanceof HTMLElement && each.id === 'list');
}
