import type { ShownRow } from '../messages.ts';

/** Where the line of a row came from; '' = unknown. */
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

/** The filter for a cell that was pressed: `function`, `container` or `call`. */
export function onlyThis(what: string, row: ShownRow): Partial<Origin> {
  const { functionId, containerId, callId } = originOf(row);
  if (what === 'function') return { functionId };
  if (what === 'container') return { containerId };
  return what === 'call' ? { callId } : {};
}
