import type { LogFilter } from '../../../domain/logFilter.ts';
import type { LogList } from './logList.ts';
import type { LogRows } from './logRows.ts';
import type { RowActions } from './rowActions.ts';

/** What keys do with. */
export interface KeyTarget {
  readonly rows: LogRows;
  readonly list: LogList | undefined;
  readonly filter: { readonly current: LogFilter; change(change: Partial<LogFilter>): void };
  readonly actions: Pick<
    RowActions,
    'active' | 'moveTo' | 'step' | 'unfold' | 'act' | 'selectAllRows' | 'copySelected'
  >;
  focusList(): void;
}

/** The keyboard of the log viewer: one row is active, and keys move it, unfold it, and copy what is selected. */
export class GridKeys {
  readonly #target: KeyTarget;
  readonly #focusFilter: () => void;

  constructor(target: KeyTarget, focusFilter: () => void) {
    this.#target = target;
    this.#focusFilter = focusFilter;
  }

  /** Wherever the focus is. */
  readonly global = (event: KeyboardEvent): void => {
    const target = this.#target;
    const { actions, filter } = target;
    const inField = isInField(event);
    if (event.key === 'f' && isControl(event)) this.#focusFilter();
    else if (event.key === 'F3') actions.step(event.shiftKey ? -1 : 1);
    else if (event.key === 'Enter' && inField) actions.step(event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape' && (inField || isInGrid(event))) {
      // First it clears, then it leaves.
      if (filter.current.text) filter.change({ text: '' });
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
    const { rows, actions } = this.#target;
    switch (event.key) {
      case 'a':
        actions.selectAllRows();
        return true;
      case 'c':
        // A part of a line that is selected is copied as it is.
        if ((getSelection()?.toString() ?? '') !== '') return false;
        actions.copySelected('text');
        return true;
      case 'Home':
        actions.moveTo(rows.first, event.shiftKey);
        return true;
      case 'End':
        this.#toEnd(event.shiftKey);
        return true;
      default:
        return false;
    }
  }

  #plain(event: KeyboardEvent): boolean {
    const { rows, actions, list } = this.#target;
    const page = list?.pageRows ?? 1;
    const from = actions.active ?? rows.end;
    const to = {
      ArrowDown: from + 1,
      ArrowUp: from - 1,
      PageDown: from + page,
      PageUp: from - page,
      Home: rows.first,
    }[event.key];
    if (to !== undefined) {
      actions.moveTo(to, event.shiftKey);
      return true;
    }
    if (event.key === 'End') {
      this.#toEnd(event.shiftKey);
      return true;
    }
    return this.#ofRow(event);
  }

  #toEnd(extend: boolean): void {
    const { rows, actions, list } = this.#target;
    actions.moveTo(rows.end - 1, extend);
    list?.follow(true);
  }

  /** Keys of the active row, and of the controls in it. */
  #ofRow(event: KeyboardEvent): boolean {
    const { actions } = this.#target;
    const place = actions.active;
    if (place === undefined) return false;
    if (event.key === 'ArrowRight') return actions.unfold(place, true);
    if (event.key === 'ArrowLeft') return actions.unfold(place, false);
    if (event.key !== 'Enter' && event.key !== ' ') return false;
    const [inner] = event.composedPath();
    const control = inner instanceof HTMLElement ? inner.dataset : {};
    if (control['do'] === undefined) return actions.unfold(place);
    actions.act(control['do'], place, Number(control['start']));
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
