import type { LogFilter } from '../../../domain/logFilter.ts';
import type { ToHost } from '../messages.ts';

/** What the view remembers by itself, also when the window is loaded again. */
export interface KeptState {
  /** Filters by session, the one that was changed last at the end. */
  readonly filters: Readonly<Record<string, LogFilter>>;
}

declare function acquireVsCodeApi(): {
  postMessage(message: unknown): void;
  getState(): Partial<KeptState> | undefined;
  setState(state: KeptState): void;
};

const api = acquireVsCodeApi();
const mostFilters = 20;

export const post = (message: ToHost): void => api.postMessage(message);
/** For parts that have messages of their own. */
export const postAny = (message: unknown): void => api.postMessage(message);

export function keptFilter(session: string): LogFilter | undefined {
  return api.getState()?.filters?.[session];
}

export function keepFilter(session: string, filter: LogFilter): void {
  const others = Object.entries(api.getState()?.filters ?? {}).filter(([id]) => id !== session);
  const filters = [...others, [session, filter] as const].slice(-mostFilters);
  api.setState({ filters: Object.fromEntries(filters) });
}

/** Messages of the part that shows the past. */
export function isPast(message: unknown): boolean {
  const type = (message as { type?: unknown } | null)?.type;
  return typeof type === 'string' && type.startsWith('past/');
}
