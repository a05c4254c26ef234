import type { ShownRow } from '../messages.ts';

export interface Origin {
  readonly containerId: string;
  readonly functionId: string;
  readonly callId: string;
}

export function originOf({ entry }: ShownRow): Origin {
  if (entry.kind === 'mark') return { containerId: '', functionId: '', callId: '' };
  const { containerId, functionId, callId } = entry;
  return { containerId, functionId, callId };
}

/** The filter of a cell that was pressed: `function`, `container` or `call`. */
export function onlyThis(what: string, row: ShownRow): Partial<Origin> {
  const { functionId, containerId, callId } = originOf(row);
  if (what === 'function') return { functionId };
  if (what === 'container') return { containerId };
  return what === 'call' ? { callId } : {};
}

/** What the editor's context menu knows of a row: its commands are shown by it, and get it. */
export function menuContext(row: ShownRow, calls: ReadonlySet<string>): string {
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
export function placeOf(event: Event): number | undefined {
  const place = datasetOf(event, 'place')?.['place'];
  return place === undefined ? undefined : Number(place);
}

/** The control of a row that an event is about, by its data. */
export function controlOf(event: Event): DOMStringMap | undefined {
  return datasetOf(event, 'do');
}

function datasetOf(event: Event, name: string): DOMStringMap | undefined {
  for (const each of event.composedPath())
    if (each instanceof HTMLElement && each.dataset[name] !== undefined) return each.dataset;
  return undefined;
}

/** The user is selecting text, and did not mean to press what lies below it. */
export function hasSelectedText(): boolean {
  return (getSelection()?.toString() ?? '') !== '';
}
