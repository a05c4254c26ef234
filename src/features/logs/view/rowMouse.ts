import type { ShownRow } from '../messages.ts';
import { originOf } from './rowOrigin.ts';
import type { ShownLog } from './shownLog.ts';

/** Mouse actions in the list of rows: selecting, and pressing the controls in a row. */
export class RowMouse {
  readonly #log: ShownLog;

  constructor(log: ShownLog) {
    this.#log = log;
  }

  readonly pressed = (event: MouseEvent): void => {
    // Shift would select text over many rows.
    if (event.shiftKey && placeOf(event) !== undefined) event.preventDefault();
  };

  readonly clicked = (event: MouseEvent): void => {
    const log = this.#log;
    const place = placeOf(event);
    if (place === undefined) return;
    if (event.shiftKey) log.extendSelection(place);
    else if (event.ctrlKey || event.metaKey) log.toggleSelected(place);
    else log.selectRow(place);
    log.list?.focus();
    const control = datasetOf(event, 'do');
    if (control && !hasSelectedText()) log.act(control['do'] ?? '', place, Number(control['start']));
  };

  /**
   * Selects the row whose context menu is asked for.
   * @returns the context for the editor's menu; undefined when there is no row
   */
  menuContext(event: MouseEvent): string | undefined {
    const log = this.#log;
    const place = placeOf(event) ?? log.active;
    const row = place === undefined ? undefined : log.rows.get(place);
    if (place === undefined || !row) return undefined;
    if (!log.isSelected(place)) log.selectRow(place);
    return menuContext(row, log.calls);
  }
}

/** The context of a row: it decides which commands the editor's menu shows, and is their argument. */
function menuContext(row: ShownRow, calls: ReadonlySet<string>): string {
  const origin = originOf(row);
  return JSON.stringify({
    webviewSection: 'logRow',
    preventDefaultContextMenuItems: true,
    ...origin,
    hasContainer: origin.containerId !== '',
    hasFunction: origin.functionId !== '',
    hasCall: origin.callId !== '',
    hasRequest: calls.has(origin.callId),
  });
}

/** The place of the row that an event is about. */
function placeOf(event: Event): number | undefined {
  const place = datasetOf(event, 'place')?.['place'];
  return place === undefined ? undefined : Number(place);
}

function datasetOf(event: Event, name: string): DOMStringMap | undefined {
  for (const each of event.composedPath())
    if (each instanceof HTMLElement && each.dataset[name] !== undefined) return each.dataset;
  return undefined;
}

/** The user is selecting text, and did not mean to press the control below it. */
function hasSelectedText(): boolean {
  return (getSelection()?.toString() ?? '') !== '';
}
