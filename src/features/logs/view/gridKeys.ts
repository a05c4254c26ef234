import type { ShownLog } from './shownLog.ts';

/** Keyboard actions of the log viewer: one row is active; keys move to another, unfold it, and copy the selection. */
export class GridKeys {
  readonly #log: ShownLog;
  readonly #focusFilter: () => void;

  constructor(log: ShownLog, focusFilter: () => void) {
    this.#log = log;
    this.#focusFilter = focusFilter;
  }

  /** Keys that work wherever the focus is. */
  readonly global = (event: KeyboardEvent): void => {
    const log = this.#log;
    const inField = isInField(event);
    if (event.key === 'f' && isControl(event)) this.#focusFilter();
    else if (event.key === 'F3') log.step(event.shiftKey ? -1 : 1);
    else if (event.key === 'Enter' && inField) log.step(event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape' && (inField || isInGrid(event))) {
      // The first press clears the filter, the next one leaves the field.
      if (log.filter.text) log.changeFilter({ text: '' });
      else if (inField) log.list?.focus();
      else return;
    } else if (event.key === 'End' && isControl(event) && !inField) log.list?.follow(true);
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
    const log = this.#log;
    switch (event.key) {
      case 'a':
        log.selectAllRows();
        return true;
      case 'c':
        // Selected text within a line is left to the browser to copy.
        if ((getSelection()?.toString() ?? '') !== '') return false;
        log.copySelected('text');
        return true;
      case 'Home':
        log.moveTo(log.rows.first, event.shiftKey);
        return true;
      case 'End':
        this.#toEnd(event.shiftKey);
        return true;
      default:
        return false;
    }
  }

  #plain(event: KeyboardEvent): boolean {
    const log = this.#log;
    const { rows, list } = log;
    const page = list?.pageRows ?? 1;
    const from = log.active ?? rows.end;
    const to = {
      ArrowDown: from + 1,
      ArrowUp: from - 1,
      PageDown: from + page,
      PageUp: from - page,
      Home: rows.first,
    }[event.key];
    if (to !== undefined) {
      log.moveTo(to, event.shiftKey);
      return true;
    }
    if (event.key === 'End') {
      this.#toEnd(event.shiftKey);
      return true;
    }
    return this.#ofRow(event);
  }

  #toEnd(extend: boolean): void {
    const log = this.#log;
    const { rows, list } = log;
    log.moveTo(rows.end - 1, extend);
    list?.follow(true);
  }

  /** Keys of the active row, and of the controls in it. */
  #ofRow(event: KeyboardEvent): boolean {
    const log = this.#log;
    const place = log.active;
    if (place === undefined) return false;
    if (event.key === 'ArrowRight') return log.unfold(place, true);
    if (event.key === 'ArrowLeft') return log.unfold(place, false);
    if (event.key !== 'Enter' && event.key !== ' ') return false;
    const [inner] = event.composedPath();
    const control = inner instanceof HTMLElement ? inner.dataset : {};
    if (control['do'] === undefined) return log.unfold(place);
    log.act(control['do'], place, Number(control['start']));
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
