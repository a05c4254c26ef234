import type { LogFilter } from '../../../domain/logFilter.ts';
import type { ToHost } from '../messages.ts';

/** What the view remembers by itself, also when the window is reloaded. */
export interface SavedState {
  /** Filters by session, the one that was changed last at the end. */
  readonly filters: Readonly<Record<string, LogFilter>>;
}

declare function acquireVsCodeApi(): {
  postMessage(message: unknown): void;
  getState(): Partial<SavedState> | undefined;
  setState(state: SavedState): void;
};

const api = acquireVsCodeApi();
const mostFilters = 20;

export const post = (message: ToHost): void => api.postMessage(message);

export function savedFilter(session: string): LogFilter | undefined {
  return api.getState()?.filters?.[session];
}

export function saveFilter(session: string, filter: LogFilter): void {
  const others = Object.entries(api.getState()?.filters ?? {}).filter(([id]) => id !== session);
  const filters = [...others, [session, filter] as const].slice(-mostFilters);
  api.setState({ filters: Object.fromEntries(filters) });
}
